"""Other systems' apps, the users they act for, and what they may do."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.errors import InvalidInput, NotAllowed, NotFound, Refused, Unavailable
from app.extensions import db
from app.models.accounts import ApiApp, User
from app.models.sealed import use_secrets
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project, may, visible_projects
from app.services.apps import (
    Claim,
    Vouched,
    actor_of_app,
    actor_of_gateway,
    create_app,
    deactivate_app,
    list_apps,
    renew_secret,
)
from app.services.engine import writing
from app.services.members import set_member
from app.services.passwords import digest_of
from app.services.tokens import create_token
from tests.auth.clock import NOON, Clock

SECRET = "s3cret"


@pytest.fixture
def app(make_app, sqlite_url):
    made = make_app(sqlite_url)
    with made.app_context():
        yield made


@pytest.fixture
def clock(app) -> Clock:
    """Two projects; ada operates the first."""
    clock = Clock()
    first = accounts.create_project("first", 2, "UTC")
    accounts.create_project("second", 3, "UTC")
    accounts.create_user("ada", "opensesame")
    set_member(SYSTEM, first, "ada", "operator")
    return clock


def call(code: str = "ci", secret: str = SECRET, **claim: str) -> Actor:
    return actor_of_app(code, secret, Claim(**claim))


def biz_ids(actor: Actor) -> list[int | None]:
    return [project.biz_id for project in visible_projects(actor)]


def make_inactive(username: str) -> None:
    with writing() as session:
        session.scalar(select(User).where(User.username == username)).is_active = False


class TestTrusted:
    @pytest.fixture(autouse=True)
    def _ci(self, clock):
        create_app("ci", SECRET, is_trusted=True)

    def test_it_acts_for_whomever_it_names_without_permission_checks(self):
        actor = call(username="ada")

        assert (actor.username, actor.app_code) == ("ada", "ci")
        assert biz_ids(actor) == [2, 3]
        assert may(actor, find_project(actor, 3), "manage")

    def test_a_user_whom_it_names_is_made_once_without_a_password(self):
        call(username="carol")
        call(username="carol")

        carol = db.session.scalars(select(User).where(User.username == "carol")).one()
        assert carol.password_hash == ""
        with pytest.raises(NotAllowed):
            accounts.actor_of_password("carol", "")

    @pytest.mark.parametrize("username", ["", " ", "a b", "a\0b", "\ud800", "x" * 65, "app:ci"])
    def test_it_must_name_somebody(self, username):
        with pytest.raises(NotAllowed, match="bk_username"):
            call(username=username)

    def test_one_who_left_cannot_be_named(self):
        make_inactive("ada")
        with pytest.raises(NotFound):
            call(username="ada")

    def test_a_token_will_do_where_nobody_is_named(self):
        assert call(token=create_token("ada")).username == "ada"

    def test_one_with_a_project_keeps_to_it(self):
        create_app("narrow", SECRET, is_trusted=True, biz_id=3)
        assert biz_ids(call("narrow", username="ada")) == [3]


class TestNotTrusted:
    @pytest.fixture(autouse=True)
    def _ci(self, clock):
        create_app("ci", SECRET, is_trusted=False)
        create_app("narrow", SECRET, is_trusted=False, biz_id=3)
        create_app("fitting", SECRET, is_trusted=False, biz_id=2)

    def test_with_a_users_token_it_may_what_the_user_may(self):
        actor = call(token=create_token("ada"))

        assert (actor.username, actor.app_code, biz_ids(actor)) == ("ada", "ci", [2])
        project = find_project(actor, 2)
        assert [may(actor, project, p) for p in ("view", "operate", "edit", "manage")] == [True, True, False, False]

    def test_an_admins_token_opens_what_the_admin_may(self):
        accounts.create_user("root", "opensesame", is_admin=True)
        assert biz_ids(call(token=create_token("root"))) == [2, 3]

    def test_its_own_project_confines_it_further(self):
        token = create_token("ada")
        assert biz_ids(call("narrow", token=token)) == []
        assert biz_ids(call("fitting", token=token)) == [2]

    def test_a_name_alone_proves_nobody(self):
        actor = call("narrow", username="ada")

        assert (actor.username, biz_ids(actor)) == ("app:narrow", [3])
        assert may(actor, find_project(actor, 3), "manage")
        assert db.session.scalar(select(func.count(User.id))) == 1

    def test_without_a_project_and_a_user_it_may_nothing(self):
        assert biz_ids(call()) == []

    def test_a_wrong_token_is_refused_and_not_ignored(self):
        with pytest.raises(NotAllowed):
            call("narrow", token="nonsense")

    def test_a_user_whose_name_looks_like_an_app_is_no_app(self):
        actor = Actor("app:narrow", app_code="narrow")
        assert visible_projects(actor) == []


class TestCredentials:
    @pytest.mark.parametrize(
        ("code", "secret"),
        [
            ("ci", ""), ("ci", "S3cret"), ("ci", digest_of(SECRET)), ("", SECRET), ("", ""), ("cd", SECRET), ("c\0i", SECRET),
            ("\ud800", "\ud800"), ("x" * 100_000, SECRET), ("ci", "x" * 1_000_000),
        ],
        ids=lambda text: ascii(text[:8]),
    )  # fmt: skip
    def test_wrong_ones_are_refused_even_beside_a_good_token(self, clock, code, secret):
        create_app("ci", SECRET, is_trusted=False)

        with pytest.raises(NotAllowed) as error:
            call(code, secret, username="ada", token=create_token("ada"))
        assert len(str(error.value)) < 200

    def test_secrets_are_compared_in_constant_time_for_unknown_apps_too(self, clock, monkeypatch):
        create_app("ci", SECRET, is_trusted=True)
        compared = []
        real = hmac.compare_digest
        monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))

        for code in ("ci", "unknown"):
            with pytest.raises(NotAllowed):
                call(code, "guess")

        assert compared == [(digest_of(SECRET), digest_of("guess")), (digest_of(""), digest_of("guess"))]

    def test_they_hold_until_the_app_expires(self, clock):
        create_app("ci", SECRET, is_trusted=True, lasts=timedelta(days=30))

        clock.pass_(days=29)
        call(username="ada")
        clock.pass_(days=1)
        with pytest.raises(NotAllowed, match="expired"):
            call(username="ada")

    def test_they_hold_until_the_app_is_deactivated(self, clock):
        create_app("ci", SECRET, is_trusted=True)
        deactivate_app("ci")
        deactivate_app("ci")

        with pytest.raises(NotAllowed, match="deactivated"):
            call(username="ada")
        with pytest.raises(NotFound):
            deactivate_app("cd")

    def test_who_does_not_know_the_secret_is_not_told_that_the_app_was_deactivated(self, clock):
        create_app("ci", SECRET, is_trusted=True)
        deactivate_app("ci")
        with pytest.raises(NotAllowed, match="with these credentials"):
            call(secret="guess")

    def test_the_last_use_is_right_to_the_minute(self, clock):
        create_app("ci", SECRET, is_trusted=True)
        assert list_apps()[0].last_used_at is None

        call(username="ada")
        clock.pass_(seconds=59)
        call(username="ada")
        assert list_apps()[0].last_used_at == NOON

        clock.pass_(seconds=1)
        call(username="ada")
        assert list_apps()[0].last_used_at == clock.now

    def test_a_call_with_wrong_ones_is_no_use(self, clock):
        create_app("ci", SECRET, is_trusted=True)
        with pytest.raises(NotAllowed):
            call(secret="guess")
        assert list_apps()[0].last_used_at is None

    def test_an_app_is_made_once_with_a_code_and_time_to_live(self, clock):
        create_app("ci", None, is_trusted=True)
        with pytest.raises(Refused):
            create_app("ci", None, is_trusted=True)
        with pytest.raises(InvalidInput) as error:
            create_app("a b", None, is_trusted=True, lasts=timedelta(0))
        assert len(error.value.problems) == 2


class TestSecrets:
    """How an app's own secret is kept: sealed, so that it can sign as well as be compared."""

    @pytest.fixture
    def stored(self, clock):
        """Read what stands in the database."""
        create_app("ci", SECRET, is_trusted=True)

        def read() -> tuple[str, str]:
            db.session.rollback()
            return tuple(db.session.execute(text("SELECT secret, secret_hash FROM api_app")).one())

        return read

    def keep_a_digest(self) -> None:
        """Keep the secret as it was kept before secrets were sealed."""
        with writing() as session:
            session.execute(
                text("UPDATE api_app SET secret = '', secret_hash = :digest"), {"digest": digest_of(SECRET)}
            )

    def test_it_is_sealed_and_can_be_opened(self, stored):
        kept, digest = stored()
        assert SECRET not in kept
        assert digest == ""
        assert db.session.scalar(select(ApiApp.secret)) == SECRET

    def test_one_that_was_kept_as_a_digest_still_counts_and_is_sealed_from_then_on(self, stored):
        self.keep_a_digest()
        with pytest.raises(NotAllowed):
            call(secret="guess")
        assert stored() == ("", digest_of(SECRET))

        for _ in range(2):
            assert call(username="ada").username == "ada"
            kept, digest = stored()
            assert (bool(kept), digest) == (True, "")
        assert db.session.scalar(select(ApiApp.secret)) == SECRET

    def test_a_digest_is_no_secret(self, stored):
        self.keep_a_digest()
        with pytest.raises(NotAllowed):
            call(secret=digest_of(SECRET))

    @pytest.mark.parametrize("secret", ["", digest_of(""), SECRET])
    def test_an_app_without_any_is_refused_whatever_it_sends(self, stored, secret):
        with writing() as session:
            session.execute(text("UPDATE api_app SET secret = '', secret_hash = ''"))
        with pytest.raises(NotAllowed):
            call(secret=secret, username="ada")

    def test_another_one_takes_its_place(self, stored):
        made = renew_secret("ci")

        assert call(secret=made, username="ada").username == "ada"
        with pytest.raises(NotAllowed):
            call(username="ada")
        assert renew_secret("ci", "chosen") == "chosen"
        with pytest.raises(NotFound):
            renew_secret("cd")

    def test_another_one_takes_the_place_of_a_digest(self, stored):
        self.keep_a_digest()
        renew_secret("ci", "chosen")
        assert call(secret="chosen", username="ada").username == "ada"
        with pytest.raises(NotAllowed):
            call(username="ada")

    def test_with_another_secret_key_that_is_told_and_a_gateways_word_still_counts(self, stored):
        use_secrets(["other" * 8])
        with pytest.raises(Unavailable, match="SLUICE_SECRET_KEY"):
            call(username="ada")
        assert actor_of_gateway(Vouched("ci", "ada", True)).username == "ada"


class TestBehindAGateway:
    def test_an_app_unknown_here_may_what_its_verified_user_may(self, clock):
        actor = actor_of_gateway(Vouched("portal", "ada", True))
        assert (actor.username, actor.app_code, biz_ids(actor)) == ("ada", "portal", [2])

    @pytest.mark.parametrize("username", ["carol", "", "a\0b"])
    def test_an_app_unknown_here_needs_a_verified_user_who_exists(self, clock, username):
        with pytest.raises((NotFound, NotAllowed)):
            actor_of_gateway(Vouched("portal", username, True))

    def test_a_user_whom_the_gateway_has_not_verified_is_believed_from_trusted_apps_only(self, clock):
        create_app("ci", SECRET, is_trusted=True)
        create_app("narrow", SECRET, is_trusted=False, biz_id=3)

        assert actor_of_gateway(Vouched("ci", "ada", False)).username == "ada"
        assert actor_of_gateway(Vouched("narrow", "ada", False)).username == "app:narrow"
        with pytest.raises(NotAllowed):
            actor_of_gateway(Vouched("portal", "ada", False))

    def test_the_project_of_a_known_app_confines_it(self, clock):
        create_app("narrow", SECRET, is_trusted=False, biz_id=3)
        assert biz_ids(actor_of_gateway(Vouched("narrow", "ada", True))) == []

    def test_a_deactivated_app_is_refused(self, clock):
        create_app("portal", SECRET, is_trusted=False)
        deactivate_app("portal")
        with pytest.raises(NotAllowed, match="deactivated"):
            actor_of_gateway(Vouched("portal", "ada", True))

    def test_one_who_left_is_not_there(self, clock):
        make_inactive("ada")
        with pytest.raises(NotFound):
            actor_of_gateway(Vouched("portal", "ada", True))


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        ("viewer", ["view"]),
        ("operator", ["view", "operate"]),
        ("editor", ["view", "operate", "edit"]),
        ("manager", ["view", "operate", "edit", "manage"]),
    ],
)
def test_a_role_permits_what_those_below_it_permit_and_one_thing_more(clock, role, permissions):
    project = accounts.create_project("roles", 9, "UTC")
    accounts.create_user("bob", "opensesame")
    set_member(SYSTEM, project, "bob", role)

    assert [p for p in ("view", "operate", "edit", "manage") if may(Actor("bob"), project, p)] == permissions
