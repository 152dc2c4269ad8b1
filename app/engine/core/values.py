"""The JSON-plain values that flows carry, and how they are written down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def dumps(value: object) -> str:
    """Write a JSON-plain value compactly; raises TypeError or ValueError when it is not JSON-plain."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_json(text: str) -> Json:
    """Read a JSON-plain value; raises ValueError for what is none or is nested too deep. Halves of surrogate pairs go."""
    try:
        value: Json = json.loads(plain_text(dumps(json.loads(text))))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def plain_text(text: str) -> str:
    """Replace what a database cannot store as text: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def name_of(key: str) -> str:
    """Strip a variable key to its bare name: `${x}` and `x` are both `x`."""
    return key[2:-1] if key.startswith("${") and key.endswith("}") else key


def key_of(name: str) -> str:
    """Write a bare variable name as the key that trees use: `x` is `${x}`."""
    return "${" + name + "}"
