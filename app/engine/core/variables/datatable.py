"""Tables: a list of rows, seen column by column."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.core.values import Json
from app.engine.core.variables.joining import Joiner


def resolve_datatable(value: Json) -> Json:
    """Return `{column: [values], "flat__column": "values joined by commas"}` for a list of rows."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return value
    columns: dict[str, list[Json]] = {}
    for row in value:
        for name, cell in row.items() if isinstance(row, Mapping) else ():
            columns.setdefault(name, []).append(cell)
    joiner = Joiner()
    flat = {f"flat__{name}": joiner.join(cells) for name, cells in columns.items()}
    return {**columns, **flat}
