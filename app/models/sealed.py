"""Secrets at rest: a column type that encrypts what is written and decrypts what is read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from app.errors import Unavailable

_CANNOT_OPEN = "a stored secret cannot be opened: SLUICE_SECRET_KEY is not the one it was sealed with"


class _Keys:
    box: MultiFernet | None = None


def use_secrets(secrets: Sequence[str]) -> None:
    """Set the secrets of this process: the first encrypts, all of them decrypt. Called once by the factory."""
    keys = [
        base64.urlsafe_b64encode(hashlib.scrypt(s.encode(), salt=b"sluice sealed", n=2**14, r=8, p=1, dklen=32))
        for s in secrets
    ]
    _Keys.box = MultiFernet([Fernet(key) for key in keys])


SEALED = "sealed:"
"""What a sealed text inside a JSON value begins with."""


def seal(text: str) -> str:
    """Encrypt a text that is to stand inside a JSON value; one that is sealed already stays as it is."""
    return text if text.startswith(SEALED) else SEALED + _box().encrypt(text.encode()).decode("ascii")


def unseal(text: str) -> str:
    """Decrypt a text that `seal` has made; any other stays as it is."""
    if not text.startswith(SEALED):
        return text
    try:
        return _box().decrypt(text[len(SEALED) :].encode()).decode()
    except InvalidToken as error:
        raise Unavailable(_CANNOT_OPEN) from error


class Sealed(TypeDecorator[str]):
    """A text that is encrypted in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt; an empty text stays empty."""
        return value if not value else _box().encrypt(value.encode()).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt; raises Unavailable for a text that none of the secrets opens."""
        if not value:
            return value
        try:
            return _box().decrypt(value.encode("ascii")).decode()
        except InvalidToken as error:
            raise Unavailable(_CANNOT_OPEN) from error


def _box() -> MultiFernet:
    if _Keys.box is None:
        raise Unavailable("no secret key is set, so secrets can be neither stored nor read")
    return _Keys.box
