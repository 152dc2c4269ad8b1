"""The site of the documentation is whole: every page is in it and can be reached, every link leads somewhere."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
import yaml

from tests.docs.pages import DOCS, ROOT, hooks

_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    """Every page of the site with its text, by its path."""
    made = hooks()
    own = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.glob("**/*.md")}
    return {path: made.completed(path, text) for path, text in {**own, **made.generated_pages()}.items()}


def nav(entries) -> list[str]:
    """Return the paths of a navigation, in order."""
    if isinstance(entries, str):
        return [entries]
    inner = entries.values() if isinstance(entries, dict) else entries
    return [path for entry in inner for path in nav(entry)]


def settings() -> dict:
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def slugs(text: str) -> set[str]:
    """Return the anchors of a page's headings."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_every_page_is_in_the_navigation_but_the_decisions_which_their_index_lists(site):
    listed = nav(settings()["nav"])
    assert len(listed) == len(set(listed))
    decisions = {path for path in site if re.match(r"decisions/\d", path)}
    assert set(listed) == site.keys() - decisions, "add a new page to `nav` in mkdocs.yml"
    assert all(f"]({PurePosixPath(path).name})" in site["decisions/index.md"] for path in decisions)


def test_every_link_leads_to_a_page_a_file_or_a_heading(site):
    lost = []
    for path, text in site.items():
        for image, target in _LINK.findall(re.sub(r"`[^`\n]+`", "", text)):
            if re.match(r"\w+:", target):
                continue
            file, _, anchor = target.partition("#")
            found = _resolve(path, file) if file else path
            if found in site:
                if anchor and anchor not in slugs(site[found]):
                    lost.append(f"{path}: {target}")
            elif not (DOCS / found).is_file() and not (image and found.startswith("pictures/")):
                lost.append(f"{path}: {target}")
    assert lost == []


def test_nothing_is_fetched_from_elsewhere_when_a_page_is_read(site):
    assert settings()["theme"]["font"] is False
    for path, text in site.items():
        assert not re.search(r"!\[[^\]]*\]\(https?:", text), path
    for drawing in DOCS.glob("*.svg"):
        assert not re.search(r'(href|src)="https?:', drawing.read_text(encoding="utf-8")), drawing.name


def test_pictures_stand_where_the_tutorial_wants_them_once_they_are_taken(tmp_path, monkeypatch):
    made = hooks()
    monkeypatch.setattr(made, "PICTURES", tmp_path)
    page = "one\n\n<!-- picture: there | What is seen -->\n\n<!-- picture: not-there | Nothing -->\n"
    (tmp_path / "there.png").touch()
    assert made.completed("tutorial.md", page) == "one\n\n![What is seen](pictures/there.png)\n\n\n"


def test_the_page_of_commands_says_what_each_says_of_itself(site):
    page = site["commands.md"]
    for told in ("### sluice tasks retry", "### flask --app wsgi apps create", "Run the failed NODE", "--trusted"):
        assert told in page


def test_a_line_before_a_list_is_empty_since_the_site_needs_it(site):
    for path, text in site.items():
        lines = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).split("\n")
        for before, line in pairwise(lines):
            starts = re.match(r"(- |\d+\. )", line) and before and not re.match(r"(- |\d+\. | +\S)", before)
            assert not starts, f"{path}: {line}"


def _resolve(path: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
