"""What the pages with lists share: where a page of a list begins, addresses that keep the filters, partial updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.services.paging import FIRST, Place

_LARGEST = 2**63


def place_asked() -> Place:
    """Return the page of a list that the address asks for, the first where it asks for none, or for nonsense."""
    for name, is_back in (("before", False), ("after", True)):
        keys = request.args.get(name, "").split("_")
        if all(key.isdecimal() and int(key) < _LARGEST for key in keys):
            return Place(tuple(int(key) for key in keys), is_back)
    return FIRST


def link(**changes: object) -> str:
    """Return the query of this page with some parameters changed or, by None, taken out; it begins at the first page."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in ("before", "after", *changes)]
    new = [(key, _written(value)) for key, value in changes.items() if value is not None]
    return "?" + urlencode([(key, value) for key, value in (*kept, *new) if value])


def query_kept() -> str:
    """Return the filters of this page's address, without where the list begins: what is saved of it."""
    return link()[1:]


def is_same_query(one: str, other: str) -> bool:
    """Say whether two queries ask for the same, whatever the order and however much is left empty."""
    return sorted(parse_qsl(one)) == sorted(parse_qsl(other))


def is_partial() -> bool:
    """Say whether the script of the page asks for its list alone."""
    asked = request.headers
    return asked.get("HX-Target") == "list" and "HX-History-Restore-Request" not in asked


def answer(page: str, part: str, view: Mapping[str, Any], status: int = 200) -> ResponseReturnValue:
    """Render a page with a list, or the list alone for the page's script, which then shows a clean address."""
    shown = {**view, "link": link, "is_partial": is_partial()}
    response = make_response(render_template(part if is_partial() else page, **shown), status)
    response.headers["Vary"] = "HX-Request, HX-Target"
    if is_partial():
        response.headers["Cache-Control"] = "no-store"
        # The list that renews itself, which is its own trigger, is no step in the reader's history.
        if request.method == "GET" and request.headers.get("HX-Trigger") != "list":
            response.headers["HX-Push-Url"] = request.path + "?" + urlencode(_given())
    return response


def hue(label: str) -> int:
    """Return which of the eight colours a label has: the same one everywhere, and at all times."""
    return sum(label.encode()) % 8


def _given() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.args.items(multi=True) if value]


def _written(value: object) -> str:
    return "_".join(map(str, value)) if isinstance(value, tuple) else str(value)
