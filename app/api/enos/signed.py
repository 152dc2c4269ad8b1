"""What of a call is signed: its query parameters, sorted, and its exact body."""

from __future__ import annotations

from urllib.parse import unquote_plus


def signed_content(query: str, body: str) -> str:
    """Return the text that a signature covers, of the raw query string and the body.

    Names are sorted by their UTF-16 units, as Java sorts them; of a repeated one the first value counts. A name without
    `=` has the value `null`, as in the vendor's own code.
    """
    found: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, mark, value = part.partition("=")
        found.setdefault(unquote_plus(name), unquote_plus(value) if mark else "null")
    ordered = sorted(found.items(), key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
    return "".join(f"{name}{value}" for name, value in ordered) + body
