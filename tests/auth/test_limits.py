"""How often an app may call, and how often anybody may fail."""

from __future__ import annotations

import re

import pytest

from app.errors import InvalidInput
from app.extensions import limiter
from app.services import accounts
from app.services.apps import create_app
from app.settings import Settings
from tests.valkey import valkey_server

PATH = "/apigw/get_task_status/1/2/"


class Caller:
    """An app that calls a site, from an address."""

    def __init__(self, make_app, url: str, **environ: str) -> None:
        self.app = make_app(url, **environ)
        with self.app.app_context():
            for code in ("ci", "cd"):
                create_app(code, "s3cret", is_trusted=True)

    def statuses(self, times: int, code: str = "ci", secret: str = "s3cret", address: str = "192.0.2.7") -> list[int]:
        return [self.call(code, secret, address).status_code for _ in range(times)]

    def call(self, code: str = "ci", secret: str = "s3cret", address: str = "192.0.2.7"):
        query = {"bk_app_code": code, "bk_app_secret": secret, "bk_username": "ada"}
        return self.app.test_client().get(PATH, query_string=query, environ_base={"REMOTE_ADDR": address})


@pytest.fixture
def valkey():
    """A queue's server of our own: its address, and how to end it."""
    with valkey_server() as server:
        yield server


def test_an_app_that_calls_too_often_is_told_so_with_429_in_the_envelope(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url, SLUICE_API_RATE="3 per hour")

    assert caller.statuses(4) == [200, 200, 200, 429]
    body = caller.call().json
    assert body["result"] is False
    assert "too many requests" in body["message"]


def test_each_app_and_each_address_is_counted_by_itself(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url, SLUICE_API_RATE="2 per hour")

    assert caller.statuses(3) == [200, 200, 429]
    assert caller.statuses(3, code="cd") == [200, 200, 429]
    assert caller.statuses(3, address="192.0.2.8") == [200, 200, 429]


def test_an_empty_rate_is_no_limit(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url, SLUICE_API_RATE="")
    assert set(caller.statuses(50)) == {200}


def test_a_rate_that_is_none_is_told_at_the_start(tmp_path):
    with pytest.raises(InvalidInput, match="6000 per minute"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_API_RATE": "often"})


def test_an_address_that_guesses_secrets_is_shut_out_for_a_while(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url)

    guesses = caller.statuses(31, secret="guess")
    assert guesses == [200] * 30 + [429]
    assert caller.call().status_code == 429, "the right secret is not told from a wrong one any more"
    assert caller.call(address="192.0.2.8").status_code == 200


def test_guesses_at_many_apps_are_counted_together(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url)
    answers = [caller.call(code=f"app{n}").status_code for n in range(31)]
    assert answers == [200] * 30 + [429]


def test_calls_that_succeed_are_no_failures(make_app, sqlite_url):
    caller = Caller(make_app, sqlite_url)

    caller.statuses(29, secret="guess")
    assert set(caller.statuses(10)) == {200}
    assert caller.statuses(2, secret="guess") == [200, 429]


def test_failed_logins_of_one_user_from_one_address_are_limited(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        accounts.create_user("ada", "opensesame")
    person = app.test_client()

    def log_in(password: str, address: str = "192.0.2.7") -> bool:
        token = re.search(r'name="csrf" value="([^"]+)"', person.get("/login").text).group(1)
        form = {"csrf": token, "username": "ada", "password": password}
        answer = person.post("/login", data=form, environ_base={"REMOTE_ADDR": address})
        return answer.status_code == 302

    assert not any(log_in("guess") for _ in range(10))
    assert not log_in("opensesame")
    assert log_in("opensesame", address="192.0.2.8")


def test_counts_are_kept_in_redis_and_in_this_process_once_redis_is_away(make_app, sqlite_url, valkey, monkeypatch):
    url, server, client = valkey.url, valkey.process, valkey.client
    # The limiter of this process may have lost sight of another test's Redis.
    monkeypatch.setattr(limiter, "_storage_dead", False)
    caller = Caller(make_app, sqlite_url, SLUICE_API_RATE="3 per hour", SLUICE_REDIS_URL=url)

    assert caller.statuses(2) == [200, 200]
    assert client.keys("*192.0.2.7 ci*")

    server.kill()
    server.wait()
    assert caller.statuses(4) == [200, 200, 200, 429], "counted anew, and no call fails for it"
