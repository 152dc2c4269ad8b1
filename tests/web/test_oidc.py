"""Logging in by an OpenID Connect provider that really runs, and signs its tokens."""

from __future__ import annotations

import re
import time

import pytest
from joserfc.jwk import RSAKey

from app.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.models.accounts import Identity, User
from app.services import accounts
from app.services.access import SYSTEM
from app.services.identities import set_email
from app.services.users import lock_user
from app.settings import Settings
from tests.web.provider import running_provider

ADA = {"sub": "ada-1", "email": "Ada@Example.org", "email_verified": True, "preferred_username": "ada"}


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running):
    running.signing_key, running.codes = None, {}
    return running


@pytest.fixture
def make_site(make_app, sqlite_url, provider):
    def make(**environ: str):
        app = make_app(
            sqlite_url, SLUICE_OIDC_ISSUER=provider.issuer, SLUICE_OIDC_CLIENT_ID=provider.client_id,
            SLUICE_OIDC_CLIENT_SECRET=provider.client_secret, SLUICE_OIDC_NAME="Example", **environ,
        )  # fmt: skip
        with app.app_context():
            accounts.create_user("ada", "opensesame")
            accounts.create_user("bob", "opensesame")
            accounts.create_project("One", 2, "UTC")
        return app

    return make


@pytest.fixture
def site(make_site):
    return make_site()


def come_back(browser, provider, next_: str = "", **claims):
    """Go to the provider and back, and return our last answer."""
    leaves = browser.get("/login/oidc" + (f"?next={next_}" if next_ else ""))
    assert leaves.status_code == 302, leaves.text
    return browser.get(provider.allow(leaves.headers["Location"], **claims))


def who(browser) -> str:
    """Return who is logged in, empty for nobody."""
    found = re.search(r'title="Log out ([^"]+)"', browser.get("/", follow_redirects=True).text)
    return found.group(1) if found else ""


def reason(browser) -> str:
    """Return what the login says."""
    found = re.search(r'role="alert">([^<]+)', browser.get("/login").text)
    return found.group(1) if found else ""


def with_address(app, username: str, email: str) -> None:
    with app.app_context():
        set_email(SYSTEM, username, email)


def test_the_login_offers_the_provider_by_its_name(site, make_app, sqlite_url):
    assert "Log in by Example" in site.test_client().get("/login").text

    without = make_app(sqlite_url)
    assert "/login/oidc" not in without.test_client().get("/login").text
    assert without.test_client().get("/login/oidc").status_code == 404
    assert without.test_client().get("/login/oidc/back?code=x&state=y").status_code == 404


def test_whoever_proves_a_users_mail_address_logs_in_as_that_user_and_stays_it_by_the_subject(site, provider):
    with_address(site, "ada", "ada@example.org")
    browser = site.test_client()

    assert come_back(browser, provider, **ADA).headers["Location"] == "/"
    assert who(browser) == "ada"

    with_address(site, "ada", "")
    again = site.test_client()
    come_back(again, provider, sub="ada-1")
    assert who(again) == "ada"


def test_the_subject_counts_before_the_address_which_may_belong_to_somebody_else_by_now(site, provider):
    with_address(site, "ada", "ada@example.org")
    come_back(site.test_client(), provider, **ADA)
    with_address(site, "ada", "")
    with_address(site, "bob", "ada@example.org")
    browser = site.test_client()

    come_back(browser, provider, **ADA)

    assert who(browser) == "ada"


@pytest.mark.parametrize("verified", [False, None, "false", 1])
def test_an_address_that_the_provider_has_not_verified_proves_nothing(site, provider, verified):
    with_address(site, "ada", "ada@example.org")
    browser = site.test_client()

    come_back(browser, provider, **{**ADA, "email_verified": verified})

    assert "no user has this identity or address" in reason(browser)
    assert who(browser) == ""


def test_strangers_are_turned_away_unless_it_is_said_that_they_become_users(site, provider):
    browser = site.test_client()
    come_back(browser, provider, sub="new-1", preferred_username="newcomer")

    assert who(browser) == ""
    with site.app_context():
        assert db.session.query(User).count() == 2


def test_a_new_user_has_no_password_no_project_and_a_name_that_was_free(make_site, provider):
    site = make_site(SLUICE_OIDC_CREATES_USERS="on")
    browser = site.test_client()

    come_back(browser, provider, sub="impostor", preferred_username="ada", email="x@example.org", email_verified=True)

    assert who(browser) == "ada-2"
    assert browser.get("/projects/1/").status_code == 404
    with site.app_context():
        made = db.session.query(User).filter_by(username="ada-2").one()
        assert (made.password_hash, made.is_admin, made.email) == ("", False, "x@example.org")
        assert [i.user_id for i in db.session.query(Identity)] == [made.id]
        with pytest.raises(NotAllowed):
            accounts.actor_of_password("ada-2", "")


def test_a_user_who_is_locked_stays_locked(site, provider):
    with_address(site, "ada", "ada@example.org")
    with site.app_context():
        lock_user(SYSTEM, "ada")
    browser = site.test_client()

    come_back(browser, provider, **ADA)

    assert "while locked" in reason(browser)
    assert who(browser) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example.org"}, {"aud": "another-app"}, {"aud": ["another-app"], "azp": "sluice"},
        {"nonce": "of-another-login"}, {"exp": int(time.time()) - 3600}, {"sub": ""}, {"sub": None},
    ],
    ids="-".join,
)  # fmt: skip
def test_a_token_that_was_not_made_for_this_login_is_refused(site, provider, wrong):
    with_address(site, "ada", "ada@example.org")
    browser = site.test_client()

    answer = come_back(browser, provider, **{**ADA, **wrong})

    assert answer.headers["Location"] == "/login"
    assert "by this provider" in reason(browser)
    assert who(browser) == ""


def test_a_token_that_somebody_else_has_signed_is_refused(site, provider):
    with_address(site, "ada", "ada@example.org")
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    browser = site.test_client()

    come_back(browser, provider, **ADA)

    assert who(browser) == ""


def test_an_answer_that_this_browser_has_not_asked_for_is_refused(site, provider):
    with_address(site, "ada", "ada@example.org")
    mallory, victim = site.test_client(), site.test_client()
    back = provider.allow(mallory.get("/login/oidc").headers["Location"], **ADA)

    assert victim.get(back).headers["Location"] == "/login"
    assert who(victim) == ""
    assert mallory.get(back).headers["Location"] == "/"
    assert who(mallory) == "ada"


def test_a_code_counts_once(site, provider):
    with_address(site, "ada", "ada@example.org")
    browser = site.test_client()
    back = provider.allow(browser.get("/login/oidc").headers["Location"], **ADA)
    browser.get(back)

    assert browser.get(back).headers["Location"] == "/login"


def test_the_way_goes_on_to_where_it_began_and_never_to_another_host(site, provider):
    with_address(site, "ada", "ada@example.org")

    assert come_back(site.test_client(), provider, "/projects/1/", **ADA).headers["Location"] == "/projects/1/"
    assert come_back(site.test_client(), provider, "//evil.example/", **ADA).headers["Location"] == "/"


def test_a_provider_that_is_away_is_told_and_names_and_passwords_go_on(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_OIDC_ISSUER="http://127.0.0.1:9", SLUICE_OIDC_CLIENT_ID="sluice")
    with app.app_context():
        accounts.create_user("ada", "opensesame")
    browser = app.test_client()

    assert browser.get("/login/oidc").headers["Location"] == "/login"
    page = browser.get("/login").text
    assert "the provider cannot be reached" in page

    token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    browser.post("/login", data={"csrf": token, "username": "ada", "password": "opensesame"})
    assert "Log out ada" in browser.get("/").text


@pytest.mark.parametrize("issuer", ["http://login.example.org", "login.example.org", "https://", "https://a/?b"])
def test_an_issuer_without_tls_is_refused_at_the_start(tmp_path, issuer):
    environ = {"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_OIDC_ISSUER": issuer, "SLUICE_OIDC_CLIENT_ID": "x"}
    with pytest.raises(InvalidInput, match="https://"):
        Settings.from_environ(environ)


def test_an_issuer_needs_a_client_id(tmp_path):
    with pytest.raises(InvalidInput, match="SLUICE_OIDC_CLIENT_ID"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_OIDC_ISSUER": "https://login.example.org"})
