"""People: what passwords they may have, how guessing is slowed down, and when sessions end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from app.auth import limits
from app.errors import InvalidInput
from app.extensions import db
from app.models.accounts import EndedSession
from app.services import accounts, password_rules
from app.services.access import Actor
from app.services.first_start import first_start
from app.services.tokens import create_token, owner_of
from app.services.users import add_user
from app.settings import Settings

GOOD = "a river of seven stones"
LEAST_GUESSES = 10**6
"""As it is outside of tests, which have simple passwords."""


@pytest.fixture(autouse=True)
def _passwords_have_to_be_good(monkeypatch):
    monkeypatch.setattr(password_rules, "LEAST_GUESSES", LEAST_GUESSES)


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        accounts.create_user("ada", GOOD)
    return made


class Browser:
    """A browser at an address."""

    def __init__(self, app: Flask, address: str = "192.0.2.7") -> None:
        self.http = app.test_client()
        self._from = {"REMOTE_ADDR": address}

    def get(self, path: str):
        g.pop("_login_user", None)
        return self.http.get(path, environ_base=self._from)

    def send(self, path: str, page: str = "", **form: str):
        """Send a form of a page, which is by default at the same address."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.get(page or path).text)[1]
        g.pop("_login_user", None)
        return self.http.post(path, data={"csrf": token, **form}, environ_base=self._from)

    def log_out(self) -> None:
        self.send("/logout", "/account/password")

    def log_in(self, name: str = "ada", password: str = GOOD):
        return self.send("/login", username=name, password=password)

    def change(self, current: str, new: str, again: str | None = None) -> str:
        self.send("/account/password", current=current, new=new, again=new if again is None else again)
        return self.get("/account/password").text

    def is_in(self) -> bool:
        return self.get("/account/password").status_code == 200


@pytest.fixture
def browser(app):
    with app.app_context():
        yield lambda *where: Browser(app, *where)


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("short", "at least 8 characters"), ("x" * 129, "at most 128 characters"), ("password1", "soon guessed"),
            ("Password1!", "soon guessed"), ("12345678901", "soon guessed"), ("qwertyuiop", "soon guessed"),
            ("adaadaada", "soon guessed"), ("sluice2026", "soon guessed"), ("aaaaaaaaaaaaaaaaaaaa", "soon guessed"),
        ],
    )  # fmt: skip
    def test_one_that_is_soon_guessed_is_refused(self, app, password, reason):
        with app.app_context(), pytest.raises(InvalidInput, match=reason):
            accounts.create_user("new", password)

    @pytest.mark.parametrize(
        "password", [GOOD, "kx7Qm2pz", "日本語のパスワードは長い", "".join(f"{n * n * 7919:x}" for n in range(20))]
    )
    def test_any_kinds_of_characters_will_do(self, app, password):
        with app.app_context():
            accounts.create_user("new", password)
            assert accounts.actor_of_password("new", password)[0] == Actor("new")

    def test_one_that_the_product_makes_is_good(self, app):
        with app.app_context():
            made = add_user(Actor("root", is_admin=True), "new")
            assert not password_rules.is_guessable(made, "new")

    @pytest.mark.parametrize(("env", "is_taken"), [("development", True), ("production", False)])
    def test_that_of_the_first_start_may_be_weak_only_for_trying_out(self, make_app, sqlite_url, env, is_taken):
        made = make_app(sqlite_url, SLUICE_ENV=env, SLUICE_ADMIN_PASSWORD="adminadmin")
        with made.app_context():
            if is_taken:
                first_start(made.config["SLUICE"])
            else:
                with pytest.raises(InvalidInput, match="soon guessed"):
                    first_start(made.config["SLUICE"])


class TestGuessing:
    def test_nobody_learns_whether_there_is_a_user(self, browser):
        def told(name: str) -> list[str]:
            tries = browser(f"192.0.2.{len(name)}")
            answers = [tries.log_in(name, "guess").text for _ in range(12)]
            return [re.sub(r'value="[^"]*"', "", answer).replace(name, "NAME") for answer in answers]

        assert told("ada") == told("nobody")

    def test_an_address_that_tries_many_names_is_held_up(self, browser):
        tries = browser()
        answers = [tries.log_in(f"user{n}", "password1").text for n in range(51)]

        assert "for some minutes: too many failures" not in answers[49]
        assert "for some minutes: too many failures" in answers[50]
        assert tries.log_in().status_code == 200, "the right password is not told from a wrong one"
        assert browser("192.0.2.8").log_in().status_code == 302

    @pytest.fixture
    def held_up(self, browser, monkeypatch):
        """Ada, whose own browser has been here, after a hundred guesses from ten addresses."""
        own = browser("198.51.100.1")
        own.log_in()
        own.http.delete_cookie("session")
        for n in range(100):
            browser(f"192.0.2.{n % 10}").log_in("ada", "guess")
        return own

    def test_a_name_that_is_tried_from_everywhere_is_held_up_but_in_its_owners_browser(self, browser, held_up):
        assert "too many failures" in browser("203.0.113.9").log_in().text
        assert held_up.log_in().status_code == 302

    def test_an_administrator_lets_them_in_again(self, app, browser, held_up):
        result = app.test_cli_runner().invoke(args=["users", "unlock", "ada"])

        assert result.output == "user ada may log in\n"
        assert browser("203.0.113.9").log_in().status_code == 302

    def test_a_cookie_that_names_another_user_does_not_help(self, browser, held_up):
        eve = browser("203.0.113.9")
        eve.http.set_cookie("known_browser", "ada", path="/login")
        assert "too many failures" in eve.log_in().text

    def test_the_present_password_cannot_be_guessed_on_the_page_that_changes_it(self, browser):
        thief = browser()
        thief.log_in()
        pages = [thief.change(f"guess {n}", "another long sentence") for n in range(11)]

        assert "Your present password is another" in pages[9]
        assert "too many failures" in pages[10]
        assert "too many failures" in thief.change(GOOD, "another long sentence")


class TestSessions:
    def test_logging_in_begins_one_anew(self, browser):
        ada = browser()
        ada.get("/login")
        before = ada.http.get_cookie("session").value
        ada.log_in()
        assert ada.http.get_cookie("session").value != before

    def test_a_copy_of_its_cookie_ends_with_the_logout(self, browser):
        ada, thief = browser(), browser()
        ada.log_in()
        thief.http.set_cookie("session", ada.http.get_cookie("session").value)
        assert thief.is_in()

        ada.log_out()
        assert not thief.is_in()

    def test_other_sessions_of_the_same_person_outlive_a_logout(self, browser):
        desk, sofa = browser(), browser("192.0.2.9")
        desk.log_in()
        sofa.log_in()
        desk.log_out()

        assert not desk.is_in()
        assert sofa.is_in()

    def test_it_ends_after_a_month_however_often_it_is_used(self, app, monkeypatch):
        with app.app_context():
            _, key = accounts.actor_of_password("ada", GOOD)
            number, session_key, mark, since = key.split(":")
            old = int(since) - int(timedelta(days=30).total_seconds()) - 1

            assert accounts.actor_of_session(key) == Actor("ada")
            assert accounts.actor_of_session(f"{number}:{session_key}:{mark}:{old}") is None

    @pytest.mark.parametrize("key", ["", "1", "1:x", "1:x:y:0", "x:y:z:1", "1:::9999999999", "²:a:b:1", "1:a:b:c:d"])
    def test_what_is_no_key_is_nobodys(self, app, key):
        with app.app_context():
            assert accounts.actor_of_session(key) is None

    def test_what_is_kept_of_ended_ones_is_thrown_away_in_time(self, app):
        with app.app_context():
            db.session.add(EndedSession(digest="old", until=_long_ago()))
            db.session.commit()
            accounts.end_session("some key")
            assert [row.digest for row in db.session.query(EndedSession)] == [accounts.digest_of("some key")]

    def test_all_others_end_when_the_password_is_changed_and_tokens_go_on(self, browser):
        here, there = browser(), browser("192.0.2.9")
        here.log_in()
        there.log_in()
        token = create_token("ada")

        page = here.change(GOOD, "quite another sentence")
        assert "You have another password" in page
        assert here.is_in()
        assert not there.is_in()
        assert owner_of(token).username == "ada"
        assert there.log_in().status_code == 200, "the old password is one no more"
        assert there.log_in("ada", "quite another sentence").status_code == 302

    @pytest.mark.parametrize(
        ("current", "new", "again", "told"),
        [("wrong", GOOD * 2, GOOD * 2, "Your present password is another"), (GOOD, "password1", "password1", "soon guessed"),
         (GOOD, GOOD * 2, GOOD, "was not typed twice alike")],
    )  # fmt: skip
    def test_a_password_is_not_changed_by_mistake(self, browser, current, new, again, told):
        ada = browser()
        ada.log_in()
        assert told in ada.change(current, new, again)
        assert browser("192.0.2.9").log_in().status_code == 302


class TestCookies:
    @pytest.mark.parametrize(("base", "is_secure"), [("http://x", False), ("https://x", True)])
    def test_they_are_for_the_server_alone_and_for_tls_where_there_is_some(self, make_app, sqlite_url, base, is_secure):
        app = make_app(sqlite_url, SLUICE_BASE_URL=base)
        with app.app_context():
            accounts.create_user("ada", GOOD)
            http = app.test_client()
            token = re.search(r'name="csrf" value="([^"]+)"', http.get("/login", base_url=base).text)[1]
            form = {"csrf": token, "username": "ada", "password": GOOD}
            answer = http.post("/login", data=form, base_url=base, headers={"Referer": f"{base}/login"})

        cookies = answer.headers.getlist("Set-Cookie")
        assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["known_browser", "session"]
        for cookie in cookies:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert ("Secure" in cookie) is is_secure


@pytest.mark.parametrize("key", ["k", "long enough for production, " + "short"])
def test_a_short_secret_key_is_refused_in_production(tmp_path, key):
    with pytest.raises(InvalidInput, match="24 characters at least"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_ENV": "production", "SLUICE_SECRET_KEY": key})


def _long_ago():
    return datetime.now(UTC) - timedelta(minutes=1)


def test_a_name_may_be_tried_fewer_times_an_hour_than_it_takes_to_guess_a_password():
    tries, per = limits.FAILED_BY_NAME.split(" per ")
    assert per == "hour"
    assert int(tries) * 24 * 365 < password_rules.LEAST_GUESSES
