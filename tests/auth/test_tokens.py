"""Access tokens of users."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db
from app.models.accounts import AccessToken, User
from app.services import accounts
from app.services.access import Actor
from app.services.engine import writing
from app.services.tokens import (
    create_own_token,
    create_token,
    list_own_tokens,
    list_tokens,
    owner_of,
    revoke_own_token,
    revoke_token,
)
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


class TestOnesOwn:
    """What a page does for the person who is logged in."""

    ADA, BOB = Actor("ada", is_admin=True), Actor("bob")

    def test_a_person_makes_lists_and_ends_tokens(self, clock):
        token = create_own_token(self.BOB, "laptop", lasts=timedelta(days=1))
        create_token("ada")

        assert owner_of(token).username == "bob"
        (mine,) = list_own_tokens(self.BOB)
        assert (mine.username, mine.name, mine.expires_at) == ("bob", "laptop", NOON + timedelta(days=1))
        revoke_own_token(self.BOB, mine.id)
        assert list_own_tokens(self.BOB) == []
        with pytest.raises(NotAllowed):
            owner_of(token)

    def test_other_peoples_are_not_there_but_for_an_administrator(self, clock):
        adas, bobs = create_token("ada"), create_token("bob")
        first, second = list_tokens()

        with pytest.raises(NotFound):
            revoke_own_token(self.BOB, first.id)
        assert owner_of(adas)
        revoke_own_token(self.ADA, second.id)
        with pytest.raises(NotAllowed):
            owner_of(bobs)
        with pytest.raises(NotFound):
            revoke_own_token(self.ADA, second.id)

    def test_an_app_gets_none_whomever_it_acts_for(self, clock):
        create_token("bob")
        for actor in (
            Actor("bob", app_code="ci"),
            Actor("bob", app_code="ci", is_trusted=True),
            Actor("app:ci", app_code="ci"),
        ):
            for ask in (
                lambda: create_own_token(actor),  # noqa: B023
                lambda: list_own_tokens(actor),  # noqa: B023
                lambda: revoke_own_token(actor, 1),  # noqa: B023
            ):
                with pytest.raises(NotAllowed):
                    ask()

    def test_everything_that_is_wrong_is_told_at_once(self, clock):
        with pytest.raises(InvalidInput) as wrong:
            create_own_token(self.BOB, "x" * 65, lasts=timedelta(0))
        assert [problem.rule for problem in wrong.value.problems] == ["name", "lasts"]
