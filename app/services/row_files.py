"""Files of rows: gzipped lines of JSON, a head, then for each table its name and columns and after it its rows, then an end."""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


class RowFile:
    """A file of rows that is being written; `count` is how many there are."""

    def __init__(self, lines: IO[str], head: dict[str, Any]) -> None:
        self._lines, self.count = lines, 0
        self._say(head)

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
        """Write a table's name and columns, and its rows one by one."""
        self._say({"table": name, "columns": list(columns)})
        for row in rows:
            self._say(list(row))
            self.count += 1

    def end(self) -> None:
        """Write how many rows there are, by which a file that is whole is known."""
        self._say({"end": self.count})

    def _say(self, value: Any) -> None:
        self._lines.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


@contextmanager
def unfinished_file(folder: Path, name: str) -> Iterator[tuple[IO[str], Path]]:
    """Yield the text of a gzipped file beside its place, and its path; it is on the disk once this ends.

    The same text gives the same bytes. It is for the caller to move it to its place; whatever goes wrong, it is removed.
    """
    handle, made = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    path = Path(made)
    try:
        with os.fdopen(handle, "wb") as raw:
            packed = gzip.GzipFile("", "wb", fileobj=raw, mtime=0)
            with packed, io.TextIOWrapper(packed, encoding="utf-8") as lines:
                yield lines, path
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def lines_of(file: IO[str]) -> Iterator[Any]:
    """Go through the lines of a file of rows; raises OSError, EOFError or ValueError where it cannot be read."""
    for line in file:
        yield json.loads(line)
