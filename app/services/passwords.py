"""Secrets as they are kept: people's passwords hashed with Argon2id and a salt of their own, random secrets digested."""

from __future__ import annotations

import base64
import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()

_OLD = "scrypt$"
_OLD_COST = {"n": 2**15, "r": 8, "p": 1}
_OLD_MEMORY = 64 * 1024 * 1024


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_bytes(password))


def is_password(kept: str, password: str) -> bool:
    """Say, after the same work for every answer, whether a password is the one that was kept; "" is nobody's."""
    if kept.startswith(_OLD):
        return _is_old_password(kept, password)
    try:
        return _HASHER.verify(kept or _nobodys(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether a password should be hashed anew, because it was hashed otherwise than it is done today."""
    return kept.startswith(_OLD) or _HASHER.check_needs_rehash(kept)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret that was drawn at random: a plain digest, fast enough for every request."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _nobodys() -> str:
    """Return a hash that costs as much to verify as any other, and that no password has."""
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (_HASHER.salt_len, _HASHER.hash_len))
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _is_old_password(kept: str, password: str) -> bool:
    # Hashes from before Argon2; a login turns them into today's (app/services/accounts.py).
    salt, _, digest = kept.removeprefix(_OLD).partition("$")
    made = hashlib.scrypt(_bytes(password), salt=base64.b64decode(salt), maxmem=_OLD_MEMORY, dklen=32, **_OLD_COST)
    return hmac.compare_digest(digest, base64.b64encode(made).decode())


def _bytes(password: str) -> bytes:
    # JSON can carry halves of surrogate pairs, which plain UTF-8 refuses.
    return password.encode("utf-8", "surrogatepass")
