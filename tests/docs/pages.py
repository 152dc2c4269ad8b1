"""The pages that people read, and the pieces of them that tests look at."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return every page that somebody has written."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("**/*.md"))]


def text(name: str) -> str:
    """Return a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield the fenced blocks of a page: language, title, content."""
    yield from _BLOCK.findall(page)


def hooks() -> ModuleType:
    """Load what the site has that no file holds."""
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_PROGRAM = r"(?:\.venv/bin/)?(?:flask|make|sluice|python3?|systemctl|docker|npm|pip|curl|ip|psql|git)"
_TYPED = re.compile(rf"^(?: {{4}})?({_PROGRAM} .+?)(?:  +#.*)?$", re.MULTILINE)
_INLINE = re.compile(rf"`({_PROGRAM} [^`]+)`")


def commands() -> dict[str, list[str]]:
    """Return every command that a page tells its readers to type, with the pages that do."""
    found: dict[str, list[str]] = {}
    for path in pages():
        page = path.read_text(encoding="utf-8")
        fenced = [content for language, _, content in blocks(page) if language in ("sh", "bash", "shell", "console")]
        prose = _BLOCK.sub("", page)
        for command in (*(c for text in (*fenced, prose) for c in _TYPED.findall(text)), *_INLINE.findall(prose)):
            # In a sentence a line may be broken within a command.
            found.setdefault(" ".join(command.split()), []).append(path.relative_to(ROOT).as_posix())
    return found
