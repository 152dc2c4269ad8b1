"""Access tokens of users."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db
from app.models.accounts import AccessToken, User
from app.services import accounts
from app.services.engine import writing
from app.services.tokens import create_token, list_tokens, owner_of, revoke_token
from tests.auth.clock import NOON, Clock


@pytest.fixture
def clock(make_app, sqlite_url):
    with make_app(sqlite_url).app_context():
        accounts.create_user("ada", "opensesame", is_admin=True)
        accounts.create_user("bob", "opensesame")
        yield Clock()


def test_a_token_stands_for_its_user(clock):
    assert owner_of(create_token("ada")).username == "ada"
    assert owner_of(create_token("ada")).is_admin
    assert not owner_of(create_token("bob")).is_admin


def test_only_a_digest_of_a_token_is_kept(clock):
    token = create_token("ada", "laptop")

    row = db.session.scalar(select(AccessToken))
    assert token not in [getattr(row, column.key) for column in AccessToken.__table__.columns]
    assert len(row.digest) == 64


@pytest.mark.parametrize("token", ["", "sluice_", "sluice_nonsense", "a\0b", "\ud800", "x" * 1_000_000])
def test_a_token_that_was_never_given_is_refused(clock, token):
    create_token("ada")
    with pytest.raises(NotAllowed):
        owner_of(token)


def test_a_digest_is_no_token(clock):
    create_token("ada")
    with pytest.raises(NotAllowed):
        owner_of(db.session.scalar(select(AccessToken.digest)))


def test_a_token_holds_until_it_expires(clock):
    token = create_token("ada", lasts=timedelta(days=1))

    clock.pass_(hours=23)
    assert owner_of(token).username == "ada"
    clock.pass_(hours=1)
    with pytest.raises(NotAllowed, match="expired"):
        owner_of(token)


def test_a_revoked_token_is_refused(clock):
    token = create_token("ada")
    revoke_token(list_tokens()[0].id)

    with pytest.raises(NotAllowed):
        owner_of(token)
    with pytest.raises(NotFound):
        revoke_token(1)


def test_a_token_of_one_who_left_is_refused(clock):
    token = create_token("ada")
    with writing() as session:
        session.scalar(select(User).where(User.username == "ada")).is_active = False

    with pytest.raises(NotAllowed):
        owner_of(token)


def test_its_last_use_is_right_to_the_minute(clock):
    token = create_token("ada")
    assert list_tokens()[0].last_used_at is None

    owner_of(token)
    clock.pass_(seconds=59)
    owner_of(token)
    assert list_tokens()[0].last_used_at == NOON

    clock.pass_(seconds=1)
    owner_of(token)
    assert list_tokens()[0].last_used_at == clock.now


def test_tokens_are_listed_with_their_users(clock):
    create_token("ada", "laptop")
    create_token("bob", "ci", lasts=timedelta(days=2))

    assert [(t.username, t.name, t.expires_at) for t in list_tokens()] == [
        ("ada", "laptop", None),
        ("bob", "ci", NOON + timedelta(days=2)),
    ]
    assert [t.name for t in list_tokens("bob")] == ["ci"]
    with pytest.raises(NotFound):
        list_tokens("carol")


def test_a_token_needs_a_user_and_time_to_live(clock):
    with pytest.raises(NotFound):
        create_token("carol")
    with pytest.raises(InvalidInput) as error:
        create_token("ada", "n" * 65, lasts=timedelta(0))
    assert len(error.value.problems) == 2
