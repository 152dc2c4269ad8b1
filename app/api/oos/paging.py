"""Pages of lists: which one is wanted, and how one is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.oos.fields import Fields
from app.api.oos.operation import Call
from app.errors import InvalidInput, Problem

_MOST_PAGES = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted, and in which order."""

    number: int
    size: int
    sort: str
    ascending: bool

    @property
    def offset(self) -> int:
        """How many entries come before it."""
        return (self.number - 1) * self.size


def page_of(call: Call, sorts: Sequence[str] = ("name", "createTime"), default: str = "createTime") -> Page:
    """Read which page a call wants; raises InvalidInput."""
    problems: list[Problem] = []
    fields = Fields(call.body, "", problems)
    for key in ("pageNo", "pageSize"):
        if call.body.get(key) is None:
            fields.wrong(f"{key} is required")
    number = fields.whole("pageNo", 1, least=1, most=_MOST_PAGES)
    size = fields.whole("pageSize", 10, least=1, most=100)
    sort = fields.text("sort", most=64) or default
    page = Page(number, size, sort, fields.flag("ascending"))
    if sort not in sorts and default == "startTime":
        fields.wrong(f"sort must be one of {', '.join(sorts)}")
    if problems:
        raise InvalidInput.of(problems)
    return page


def paged(
    page: Page, key: str, entries: Sequence[Mapping[str, Any]], total: int, count: str = "totalCount"
) -> dict[str, Any]:
    """Answer a page of a list."""
    order = "asc" if page.ascending else "desc"
    return {
        key: list(entries), "orderBy": page.sort, "order": order, "pageNo": page.number, "pageSize": page.size, count: total,
    }  # fmt: skip
