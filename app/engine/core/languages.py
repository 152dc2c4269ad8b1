"""The languages in which a tree's values may name variables; `Tree.language` says which one it is written in.

(none)      `${…}` with expressions, as bk-sops writes them
functions   objects with the one key `Ref` or `Fn::…`, as OOS writes them
names       `${name}`, where all between the braces is the name, as EnOS writes them
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.engine.core import functions, names, templating
from app.engine.core.expressions import Lookup
from app.engine.core.values import Json, key_of


@dataclass(frozen=True, slots=True)
class Language:
    """How values of a language are read and rendered.

    `references` returns the names that a value reads; `render` puts values in their place, leaves what has none as it is
    written, and may raise ExpressionError. `naming` writes a value that is nothing but a variable's.
    """

    references: Callable[[Json], frozenset[str]]
    render: Callable[[Json, Lookup], Json]
    naming: Callable[[str], Json]


EXPRESSIONS = Language(templating.references, templating.render, key_of)

LANGUAGES: Mapping[str, Language] = {
    "": EXPRESSIONS,
    "functions": Language(functions.references, functions.render, lambda name: {"Ref": name}),
    "names": Language(names.references, names.render, key_of),
}
