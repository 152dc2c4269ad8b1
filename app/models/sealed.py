"""Secrets at rest: a column type that encrypts what is written and decrypts what is read, and seals inside JSON values.

A seal inside a JSON value can be read and carried elsewhere by whoever may see the value. So it is bound to its owner, the
project whose flow it stands in or all the common ones: each owner has keys of its own, derived from the secrets of the
installation, and no other owner's keys open it. Seals from before that are bound to nobody.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from app.errors import Unavailable

_CANNOT_OPEN = "a stored secret cannot be opened: SLUICE_SECRET_KEY is not the one it was sealed with"


class _Keys:
    roots: tuple[bytes, ...] = ()


def use_secrets(secrets: Sequence[str]) -> None:
    """Set the secrets of this process: the first encrypts, all of them decrypt. Called once by the factory."""
    _Keys.roots = tuple(hashlib.scrypt(s.encode(), salt=b"sluice sealed", n=2**14, r=8, p=1, dklen=32) for s in secrets)
    _box_of.cache_clear()


SEALED = "sealed:"
"""What a sealed text inside a JSON value begins with; then comes its owner, `p` and a project's id or `common`, and `:`."""

COMMON = "common"
"""The owner of what stands in common flows."""

UNBOUND = ""
"""The owner of a seal from before seals were bound."""

_BOUND = re.compile(r"sealed:(p\d{1,19}|common):(.*)", re.DOTALL)


def owner_of(project_id: int | None) -> str:
    """Return the owner of the seals in a project's flows; without a project, of those in the common ones."""
    return COMMON if project_id is None else f"p{project_id}"


def owners_in_task(project_id: int) -> tuple[str, ...]:
    """Return whose seals open in a task of a project: a common flow keeps its own, and tasks from before have old ones."""
    return owner_of(project_id), COMMON, UNBOUND


def is_sealed(text: str) -> bool:
    """Say whether a text claims to be sealed."""
    return text.startswith(SEALED)


def sealed_for(text: str) -> str:
    """Return whom a seal says that it is bound to."""
    bound = _BOUND.fullmatch(text)
    return bound[1] if bound else UNBOUND


def seal(text: str, owner: str) -> str:
    """Encrypt a text that is to stand inside a JSON value, for one owner."""
    return f"{SEALED}{owner}:{_box_of(owner).encrypt(text.encode()).decode('ascii')}"


def unseal(text: str, owners: Sequence[str]) -> str:
    """Decrypt a text that `seal` has made for one of `owners`; one that does not claim to be sealed stays as it is.

    Raises Unavailable for one that is another's, or that none of the secrets opens.
    """
    if not is_sealed(text):
        return text
    bound = _BOUND.fullmatch(text)
    owner, token = (bound[1], bound[2]) if bound else (UNBOUND, text[len(SEALED) :])
    if owner not in owners:
        raise Unavailable("a stored secret cannot be opened: it was sealed for another project")
    return _opened(owner, token)


def can_open(text: str, owners: Sequence[str]) -> bool:
    """Say whether a sealed text is one of these owners' and opens."""
    try:
        unseal(text, owners)
    except Unavailable:
        return False
    return True


class Sealed(TypeDecorator[str]):
    """A text that is encrypted in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt; an empty text stays empty."""
        return value if not value else _box_of(UNBOUND).encrypt(value.encode()).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt; raises Unavailable for a text that none of the secrets opens."""
        return value if not value else open_column(value)


def open_column(text: str) -> str:
    """Decrypt what stands in a column of this type, read as it is; raises Unavailable."""
    return _opened(UNBOUND, text)


def renewed(token: str, owner: str) -> str:
    """Return what stands behind a seal's label encrypted with the newest secret, the same if it is; raises Unavailable."""
    try:
        _boxes_of(owner)[0].decrypt(token.encode())
    except InvalidToken:
        return _box_of(owner).encrypt(_opened(owner, token).encode()).decode("ascii")
    return token


def _opened(owner: str, token: str) -> str:
    try:
        return _box_of(owner).decrypt(token.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unavailable(_CANNOT_OPEN) from error


@lru_cache(maxsize=1024)
def _box_of(owner: str) -> MultiFernet:
    """Return what encrypts and decrypts for an owner."""
    return MultiFernet(_boxes_of(owner))


def _boxes_of(owner: str) -> list[Fernet]:
    """Return the same for each of the secrets, the newest first; the keys of nobody are the secrets' own."""
    if not _Keys.roots:
        raise Unavailable("no secret key is set, so secrets can be neither stored nor read")
    keys = [_derived(root, owner) if owner else root for root in _Keys.roots]
    return [Fernet(base64.urlsafe_b64encode(key)) for key in keys]


def _derived(root: bytes, owner: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"sluice seal of " + owner.encode()).derive(root)
