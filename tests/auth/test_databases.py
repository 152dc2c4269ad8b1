"""What differs between databases: characters they refuse, and two who write at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import NotAllowed, NotFound
from app.extensions import db
from app.models.accounts import User
from app.services import accounts
from app.services.apps import Claim, Vouched, actor_of_app, actor_of_gateway, create_app, deactivate_app, list_apps
from app.services.tokens import create_token, list_tokens, owner_of, revoke_token
from tests.auth.clock import NOON, Clock

HOSTILE = ["", "nobody", "a\0b", "x" * 100_000, "\ud800", "' OR 1=1 --"]


def test_nothing_hostile_is_taken_for_a_user_an_app_or_a_token(app):
    create_app("ci", "s3cret", is_trusted=False)

    for text in HOSTILE:
        with pytest.raises(NotAllowed):
            accounts.actor_of_password(text, text)
        with pytest.raises(NotAllowed):
            owner_of(text)
        with pytest.raises(NotAllowed):
            actor_of_app(text, text, Claim(text, text))
        with pytest.raises((NotAllowed, NotFound)):
            actor_of_gateway(Vouched(text, text, True))


def test_calls_that_name_a_new_user_at_the_same_moment_all_succeed(app):
    create_app("ci", "s3cret", is_trusted=True)
    barrier, failures = threading.Barrier(4), []

    def call() -> None:
        with app.app_context():
            barrier.wait()
            try:
                actor_of_app("ci", "s3cret", Claim("dora"))
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert db.session.scalar(select(func.count()).where(User.username == "dora")) == 1


def test_apps_and_tokens_are_made_used_listed_and_ended(app):
    clock = Clock()
    accounts.create_user("ada", "opensesame")
    create_app("ci", "s3cret", is_trusted=False, lasts=timedelta(days=1))
    token = create_token("ada", lasts=timedelta(days=1))
    clock.pass_(minutes=5)

    actor_of_app("ci", "s3cret", Claim(token=token))
    later = NOON + timedelta(minutes=5)
    assert [(a.is_active, a.last_used_at) for a in list_apps()] == [(True, later)]
    assert [t.last_used_at for t in list_tokens()] == [later]

    revoke_token(list_tokens()[0].id)
    deactivate_app("ci")
    assert [a.is_active for a in list_apps()] == [False]
    assert list_tokens() == []
