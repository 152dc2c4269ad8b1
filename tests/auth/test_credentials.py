"""Credentials as they arrive in requests of the bk-sops dialect."""

from __future__ import annotations

import json

import pytest

from app.api.bksops.auth import actor_of
from app.errors import NotAllowed
from app.services import accounts
from app.services.access import SYSTEM
from app.services.apps import create_app
from app.services.members import set_member
from app.services.tokens import create_token

APP = {"bk_app_code": "ci", "bk_app_secret": "s3cret"}
PATH = "/apigw/get_task_status/1/2/"


@pytest.fixture
def made(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        fill()
    return app


def fill() -> None:
    project = accounts.create_project("first", 2, "UTC")
    accounts.create_user("ada", "opensesame")
    set_member(SYSTEM, project, "ada", "viewer")
    create_app("ci", "s3cret", is_trusted=True)
    create_app("plain", "s3cret", is_trusted=False)


@pytest.fixture
def as_sent(made):
    """Say who calls, by what was sent in query or body, and in the header."""

    def read(given: dict, header: object = None):
        headers = (
            {}
            if header is None
            else {"X-Bkapi-Authorization": header if isinstance(header, str) else json.dumps(header)}
        )
        with made.test_request_context(PATH, headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}):
            return actor_of(given)

    with made.app_context():
        yield read


def test_both_generations_of_names_are_understood(as_sent):
    new = {**APP, "bk_username": "ada"}
    old = {"app_code": "ci", "app_secret": "s3cret", "username": "ada"}
    assert as_sent(new) == as_sent(old) == as_sent({}, new) == as_sent({}, old)


def test_an_actor_knows_where_the_call_comes_from(as_sent):
    assert as_sent({**APP, "bk_username": "ada"}).address == "192.0.2.7"


@pytest.mark.parametrize("name", ["bk_token", "access_token"])
def test_a_token_proves_the_user_of_an_app_that_is_not_trusted(as_sent, name):
    plain = {"bk_app_code": "plain", "bk_app_secret": "s3cret"}

    assert as_sent({**plain, name: create_token("ada")}).username == "ada"
    assert as_sent({**plain, "bk_username": "ada"}).username == "app:plain"
    with pytest.raises(NotAllowed):
        as_sent({**plain, name: "nonsense"})


@pytest.mark.parametrize("name", ["bk_token", "access_token"])
def test_a_token_alone_is_not_enough(as_sent, name):
    with pytest.raises(NotAllowed):
        as_sent({name: create_token("ada"), "bk_username": "ada"})


HOSTILE = [
    "", "not json", "{", "[]", "[[1]]", "null", "1", "NaN", '"ci"', "{}", "[" * 100_000, '{"a":' * 50_000,
    '{"bk_app_code": {"a": 1}, "bk_app_secret": ["s3cret"]}', '{"bk_app_code": "ci\\u0000", "bk_app_secret": "s3cret"}',
    '{"bk_app_code": "\\ud800", "bk_app_secret": "\\udfff"}', json.dumps({**APP, "bk_app_secret": "x" * 1_000_000}),
    '{"bk_app_code": ' + "9" * 10_000 + "}", '{"bk_app_code": true, "bk_app_secret": true}', "\xff\xfe", "x" * 1_000_000,
]  # fmt: skip


def test_a_hostile_header_is_refused_and_nothing_breaks(as_sent):
    for header in HOSTILE:
        with pytest.raises(NotAllowed):
            as_sent({}, header)


def test_a_hostile_header_does_not_shadow_good_credentials(as_sent):
    for header in HOSTILE:
        assert as_sent({**APP, "bk_username": "ada"}, header).username == "ada"


@pytest.mark.parametrize(
    "given",
    [
        {"bk_app_code": ["ci"], "bk_app_secret": "s3cret"},
        {"bk_app_code": "ci", "bk_app_secret": {"s3cret": 1}},
        {**APP, "bk_username": ["ada"]},
        {**APP, "bk_username": {"name": "ada"}},
    ],
)
def test_credentials_of_other_types_are_none(as_sent, given):
    with pytest.raises(NotAllowed):
        as_sent(given)


def test_a_refusal_is_an_answer_of_the_dialect(made):
    answer = made.test_client().get(PATH, query_string={**APP, "bk_app_secret": "guess"})

    assert answer.status_code == 200
    assert answer.json["result"] is False
    assert answer.json["message"] == "ci may not call this API with these credentials"
