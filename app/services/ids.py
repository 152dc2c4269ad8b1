"""Ids of nodes and lines as bk-sops of the documents' time wrote them: `node` or `line` and 28 hex digits."""

from __future__ import annotations

import uuid


def new_id(prefix: str) -> str:
    """Return a new id of 32 characters that begins with `prefix`."""
    return (prefix + uuid.uuid4().hex)[:32]
