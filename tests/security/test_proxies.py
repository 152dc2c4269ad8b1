"""Who calls: headers that callers write themselves are believed only from proxies that are trusted."""

from __future__ import annotations

import pytest
from flask import request

from app.auth.proxies import TrustedProxies
from app.errors import InvalidInput
from app.services.apps import create_app
from app.settings import Settings

NETWORKS = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # A stranger who plays a proxy.
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),  # The caller wrote the first one.
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),  # Two proxies in a row.
        ("10.0.0.1", "10.9.9.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, <script>, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_caller_is_the_last_one_whom_a_trusted_proxy_names(peer, forwarded, caller):
    assert TrustedProxies(None, NETWORKS).caller(peer, forwarded) == caller


@pytest.mark.parametrize(("trusted", "scheme"), [("", "http"), ("127.0.0.0/8", "https")])
def test_a_trusted_proxy_tells_that_the_caller_came_by_tls(make_app, sqlite_url, trusted, scheme):
    app = make_app(sqlite_url, SLUICE_TRUSTED_PROXIES=trusted)
    seen = []
    app.before_request(lambda: seen.append(request.url))

    app.test_client().get("/login", headers={"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
    assert seen == [f"{scheme}://localhost/login"]


def test_nobody_escapes_the_limit_on_guesses_by_naming_other_addresses(make_app, sqlite_url):
    app = make_app(sqlite_url)
    with app.app_context():
        create_app("ci", "s3cret", is_trusted=True)

    def guess(number: int) -> int:
        query = {"bk_app_code": "ci", "bk_app_secret": "guess", "bk_username": "ada"}
        forwarded = {"X-Forwarded-For": f"198.51.100.{number}"}
        return app.test_client().get("/apigw/get_task_status/1/2/", query_string=query, headers=forwarded).status_code

    assert [guess(n) for n in range(31)] == [200] * 30 + [429]


def test_the_measurements_are_not_for_those_whom_a_proxy_brings(make_app, sqlite_url):
    http = make_app(sqlite_url, SLUICE_TRUSTED_PROXIES="127.0.0.1").test_client()

    assert http.get("/metrics").status_code == 200
    assert http.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_what_is_no_network_is_told_at_the_start(tmp_path):
    with pytest.raises(InvalidInput, match="SLUICE_TRUSTED_PROXIES"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_TRUSTED_PROXIES": "the proxy"})
