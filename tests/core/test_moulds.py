"""Moulds: a tree made anew by joining texts is the tree that renaming its nodes would make."""

from __future__ import annotations

import json
import re
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.core.creation import make_task_tree
from app.engine.core.moulds import cast, mould_of
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.services.ids import new_ids
from tests.core.test_properties import SLOW
from tests.drawing import flow
from tests.strategies import trees

_NEW = re.compile(r"<(?:node|line)\d+>")


def renamed(tree) -> str:
    """The tree as renaming makes it, its new ids numbered in the order in which they stand in it."""
    numbers = count()
    return numbered(make_task_tree(tree, exclude=(), constants={}, new_id=lambda p: f"<{p}{next(numbers)}>").document)


def moulded(tree) -> str:
    made = cast(mould_of(tree), lambda prefixes: [f"<{prefix}{i}>" for i, prefix in enumerate(prefixes)])
    return numbered(json.loads(made.text))


def numbered(tree) -> str:
    seen: dict[str, str] = {}
    return _NEW.sub(lambda found: seen.setdefault(found[0], f"<{len(seen)}>"), json.dumps(tree))


@settings(SLOW, max_examples=100)
@given(trees())
def test_a_cast_is_what_renaming_makes(tree):
    assert moulded(tree) == renamed(tree)


@settings(SLOW, max_examples=100)
@given(
    st.text() | st.sampled_from(["", '\\ue000"start"', "\x00\x01", "node0", "line1", "\ue000", "\uf8ff\ue000", "\\"])
)
def test_no_text_in_a_tree_is_taken_for_an_id(text):
    tree = flow("start > a > b > end", inputs={"a": {"message": text, "ids": ["a", "b", "l1", "start"]}})

    assert moulded(tree) == renamed(tree)


def test_each_cast_has_ids_of_its_own_and_tells_its_start():
    mould = mould_of(
        flow("start > par ; par > a > join ; par > sub > join ; join > end", pipelines={"sub": flow("start > x > end")})
    )
    first, second = cast(mould, new_ids), cast(mould, new_ids)

    for made in (first, second):
        tree = parse_tree(json.loads(made.text))
        assert problems_of(tree) == []
        assert tree.start.id == made.start
        assert re.fullmatch("node[0-9a-f]{28}", made.start)
    ids = [set(re.findall("(?:node|line)[0-9a-f]{28}", made.text)) for made in (first, second)]
    assert len(ids[0]) == len(ids[1]) > 15
    assert not ids[0] & ids[1]
