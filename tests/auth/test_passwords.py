"""Passwords as they are kept, and the logins that need them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.extensions import db
from app.models.accounts import User
from app.services import accounts, passwords
from app.services.engine import writing
from app.services.passwords import hash_password, is_outdated, is_password


def scrypt_hash(password: str) -> str:
    """What was kept of a password before Argon2."""
    salt = b"0123456789abcdef"
    made = hashlib.scrypt(password.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def kept_of(username: str) -> str:
    return db.session.scalar(select(User.password_hash).where(User.username == username))


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own():
    kept = hash_password("opensesame")

    assert kept.startswith("$argon2id$")
    assert kept != hash_password("opensesame")
    assert is_password(kept, "opensesame")
    assert not is_password(kept, "opensesamE")
    assert not is_outdated(kept)


@pytest.mark.parametrize("kept", ["", "!", "scrypt", "$argon2id$broken", "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA"])
@pytest.mark.parametrize("password", ["", "opensesame"])
def test_what_is_no_hash_is_nobodys_password(kept, password):
    assert not is_password(kept, password)


def test_a_password_may_hold_any_characters_that_json_can_carry():
    assert is_password(hash_password("密码\ud800\0🔑"), "密码\ud800\0🔑")


def test_where_there_is_no_hash_the_same_work_is_done():
    # The parameters of a hash are what its verification costs.
    assert passwords._HASHER.check_needs_rehash(passwords._nobodys()) is False


class TestLogin:
    @pytest.fixture(autouse=True)
    def _ada(self, make_app, sqlite_url):
        with make_app(sqlite_url).app_context():
            accounts.create_user("ada", "opensesame", is_admin=True)
            yield

    def test_the_right_password_leads_to_the_user(self):
        actor, key = accounts.actor_of_password("ada", "opensesame")

        assert (actor.username, actor.is_admin) == ("ada", True)
        assert accounts.actor_of_session(key) == actor

    def test_a_hash_from_before_argon2_is_accepted_and_made_anew(self):
        with writing() as session:
            session.scalar(select(User)).password_hash = scrypt_hash("opensesame")

        _, key = accounts.actor_of_password("ada", "opensesame")

        assert kept_of("ada").startswith("$argon2id$")
        assert accounts.actor_of_session(key) is not None
        accounts.actor_of_password("ada", "opensesame")

    def test_a_wrong_password_leaves_the_old_hash_alone(self):
        with writing() as session:
            session.scalar(select(User)).password_hash = scrypt_hash("opensesame")

        with pytest.raises(NotAllowed):
            accounts.actor_of_password("ada", "guess")
        assert kept_of("ada") == scrypt_hash("opensesame")

    def test_one_who_left_cannot_log_in(self):
        with writing() as session:
            session.scalar(select(User)).is_active = False

        with pytest.raises(NotAllowed):
            accounts.actor_of_password("ada", "opensesame")
