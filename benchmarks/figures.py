"""Keeps what the measurements print as a page with tables, for `docs/figures.md`."""

from __future__ import annotations

import io
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "figures.md"
LAST = ROOT / "var" / "figures.md"
"""Where the tables of the last measurement are; `make bench` writes them."""

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_ROW = re.compile(r"^  (.{44}) (.*)$")
_NUMBER = re.compile(r"^[\d.,]+( ms)?( / [\d.,]+)*$")
_COLUMN = 10
"""So wide is a column that may be empty."""
_GAP = re.compile(r"(?<=ms) |\s{2,}")
_PARTS = ("sqlalchemy", "psycopg", "rq", "redis", "granian")


class Both(io.TextIOBase):
    """Passes on what is written, and remembers it."""

    def __init__(self, out: io.TextIOBase) -> None:
        self.text, self._out = "", out

    def write(self, text: str) -> int:
        self.text += text
        return self._out.write(text)

    def flush(self) -> None:
        self._out.flush()


@contextmanager
def kept(*, into_page: bool) -> Iterator[None]:
    """Write what is printed meanwhile as tables to LAST and, if wanted, into the page."""
    both = Both(sys.stdout)
    sys.stdout = both
    try:
        yield
    finally:
        sys.stdout = both._out
    tables = f"{standing()}\n{as_tables(both.text)}"
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(tables, encoding="utf-8")
    if into_page:
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    print(f"the same as tables: {LAST.relative_to(ROOT)}")


def standing() -> str:
    """Say when, on what and with what was measured."""
    parts = ", ".join(f"{part} {version(part)}" for part in _PARTS)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on {platform.machine()} with {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {parts}.\n"
    )


def with_tables(page: str, tables: str) -> str:
    """Return the page with other tables between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert after, f"the page has no {BEGIN.strip()} … {END.strip()}"
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


def as_tables(printed: str) -> str:
    """Make of what the measurements print a heading for each group, tables of its columns, and sentences."""
    lines: list[str] = []
    width = 0
    for line in printed.splitlines():
        name, cells = _cells(line)
        if not cells:
            lines += [""] if width else []
            width = 0
            is_group = bool(line) and not line.startswith(" ") and ";" not in line
            lines.append(f"\n### {line}\n" if is_group else line.strip())
        elif not width:
            width = len(cells)
            lines += ["", _table([name, *cells]), _table(["---", *("---:" for _ in cells)])]
            if all(map(_NUMBER.match, cells)):  # no heads were printed
                lines[-2:] = [_table([""] * (width + 1)), lines[-1], _table([name, *cells])]
        else:
            lines.append(_table([name, *cells, *[""] * (width - len(cells))]))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _cells(line: str) -> tuple[str, list[str]]:
    """Take a printed row apart; a sentence has no cells."""
    row = _ROW.match(line)
    if row is None:
        return "", []
    text = row.group(2)
    empty = (len(text) - len(text.lstrip())) // _COLUMN
    cells = [*[""] * empty, *(cell for cell in _GAP.split(text.strip()) if cell)]
    is_row = len(cells) > 1 or any(map(_NUMBER.match, cells))
    return re.sub(r"\s+", " ", row.group(1)).strip(), cells if is_row else []


def _table(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
