"""Passwords as they are kept: hashed with scrypt and a salt of their own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

_COST = {"n": 2**15, "r": 8, "p": 1}
_MEMORY = 64 * 1024 * 1024


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    salt = os.urandom(16)
    return f"scrypt${base64.b64encode(salt).decode()}${_digest(password, salt)}"


def is_password(kept: str, password: str) -> bool:
    """Say, in the same time for every answer, whether a password is the one that was kept; "" is nobody's."""
    _, _, rest = (kept or "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$").partition("$")
    salt, _, digest = rest.partition("$")
    return hmac.compare_digest(digest, _digest(password, base64.b64decode(salt)))


def _digest(password: str, salt: bytes) -> str:
    made = hashlib.scrypt(password.encode(), salt=salt, maxmem=_MEMORY, dklen=32, **_COST)
    return base64.b64encode(made).decode()
