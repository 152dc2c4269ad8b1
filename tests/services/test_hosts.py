"""Hosts and credentials: kept, used by the worker, never shown; whoever enters them is told all that is wrong."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import text

from app.engine.plugins.base import HostAccess
from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.extensions import db
from app.services import accounts
from app.services.access import SYSTEM, Actor, find_project
from app.services.audit import AuditFilter, page_of_journal
from app.services.credentials import (
    CredentialEntry,
    change_credential,
    create_credential,
    delete_credential,
    page_of_credentials,
    read_credential,
)
from app.services.hosts import (
    HostEntry,
    add_host,
    change_host,
    create_host,
    delete_host,
    host_lookup,
    page_of_hosts,
    read_host,
)
from app.services.members import set_member
from app.services.paging import FIRST

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n"
HOST_KEY = "ssh-ed25519 " + "A" * 68


@pytest.fixture
def project(app):
    return accounts.create_project("One", 2, "UTC")


def reached(project, address: str) -> HostAccess:
    db.session.rollback()
    return host_lookup(db.engine, project.id, address)


def test_a_host_is_reached_by_what_was_entered(project):
    create_host(SYSTEM, project, HostEntry("web1", 2222, "deploy", HOST_KEY, None, "hunter22", KEY))

    assert reached(project, "web1") == HostAccess("web1", 2222, "deploy", "hunter22", KEY, HOST_KEY)


def test_a_host_with_a_credential_is_reached_by_that_as_it_is_now(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "old"))
    create_host(SYSTEM, project, HostEntry("web1", credential_id=login))
    assert reached(project, "web1").password == "old"

    change_credential(SYSTEM, project, login, CredentialEntry("deploy", "robot", "new"))

    access = reached(project, "web1")
    assert (access.user, access.password, access.private_key) == ("robot", "new", "")


def test_secrets_are_sealed_and_no_list_reads_them(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22", KEY))
    host = create_host(SYSTEM, project, HostEntry("web1", password="hunter33"))

    stored = str(
        db.session.execute(text("SELECT * FROM host")).all()
        + db.session.execute(text("SELECT * FROM credential")).all()
    )
    seen = str(
        [
            page_of_hosts(SYSTEM, project, "", FIRST).rows, read_host(SYSTEM, project, host),
            page_of_credentials(SYSTEM, project, FIRST).rows, read_credential(SYSTEM, project, login),
            page_of_journal(SYSTEM, project, AuditFilter(), FIRST).rows,
        ]
    )  # fmt: skip

    for secret in ("hunter22", "hunter33", "c2VjcmV0"):
        assert secret not in stored
        assert secret not in seen
    assert read_credential(SYSTEM, project, login).has_key
    assert read_host(SYSTEM, project, host).has_password


def test_a_secret_that_is_not_given_stays_and_an_empty_one_goes(project):
    host = create_host(SYSTEM, project, HostEntry("web1", password="hunter22", private_key=KEY))

    change_host(SYSTEM, project, host, HostEntry("web1", user="robot", private_key=""))

    access = reached(project, "web1")
    assert (access.user, access.password, access.private_key) == ("robot", "hunter22", "")


def test_what_a_host_no_longer_uses_is_not_kept(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))
    host = create_host(SYSTEM, project, HostEntry("web1", password="hunter33"))

    change_host(SYSTEM, project, host, HostEntry("web1", credential_id=login))
    change_host(SYSTEM, project, host, HostEntry("web1"))

    assert reached(project, "web1").password == ""


def test_all_that_is_wrong_with_a_host_is_told_at_once(project):
    wrong = HostEntry("no spaces here", 70_000, "a b", "not a key", None, None, "nonsense")

    with pytest.raises(InvalidInput) as caught:
        create_host(SYSTEM, project, wrong)

    assert [p.where for p in caught.value.problems] == ["address", "port", "host_key", "user", "private_key"]
    assert page_of_hosts(SYSTEM, project, "", FIRST).rows == []


@pytest.mark.parametrize("address", ["web1", "127.0.0.1"])
def test_an_address_stands_for_one_host_and_the_worker_is_always_there(project, address):
    create_host(SYSTEM, project, HostEntry("web1"))

    with pytest.raises(InvalidInput) as caught:
        create_host(SYSTEM, project, HostEntry(address))

    assert [p.where for p in caught.value.problems] == ["address"]


def test_a_credential_of_another_project_cannot_be_named(project):
    other = accounts.create_project("Other", 3, "UTC")
    theirs = create_credential(SYSTEM, other, CredentialEntry("deploy", "deploy", "hunter22"))

    with pytest.raises(InvalidInput) as caught:
        create_host(SYSTEM, project, HostEntry("web1", credential_id=theirs))
    assert [p.where for p in caught.value.problems] == ["credential"]
    with pytest.raises(NotFound):
        read_credential(SYSTEM, project, theirs)
    with pytest.raises(NotFound):
        delete_credential(SYSTEM, project, theirs)


def test_a_credential_that_hosts_use_stays(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))
    host = create_host(SYSTEM, project, HostEntry("web1", credential_id=login))

    with pytest.raises(Refused, match="web1"):
        delete_credential(SYSTEM, project, login)
    assert delete_host(SYSTEM, project, host) == "web1"
    assert delete_credential(SYSTEM, project, login) == "deploy"
    with pytest.raises(NotFound):
        host_lookup(db.engine, project.id, "web1")


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        (CredentialEntry("", "root", "x"), ["name"]),
        (CredentialEntry("deploy", "root", "x"), ["name"]),
        (CredentialEntry("new", "root"), ["password"]),
        (CredentialEntry("", "", None, "nonsense"), ["name", "user", "private_key"]),
        (CredentialEntry("new", "root", None, KEY.replace("OPENSSH", "ENCRYPTED")), ["private_key"]),
    ],
)
def test_all_that_is_wrong_with_a_credential_is_told_at_once(project, entry, where):
    create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))

    with pytest.raises(InvalidInput) as caught:
        create_credential(SYSTEM, project, entry)

    assert [p.where for p in caught.value.problems] == where


def test_the_last_secret_of_a_credential_cannot_be_taken_away(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))

    with pytest.raises(InvalidInput):
        change_credential(SYSTEM, project, login, CredentialEntry("deploy", "deploy", ""))
    change_credential(SYSTEM, project, login, CredentialEntry("deploy", "deploy", "", KEY))

    known = read_credential(SYSTEM, project, login)
    assert (known.has_password, known.has_key) == (False, True)


@pytest.mark.parametrize("role", ["viewer", "operator", "editor"])
def test_only_those_who_manage_a_project_change_its_hosts(project, role):
    accounts.create_user("ann", "opensesame")
    set_member(SYSTEM, project, "ann", role)
    ann, host = Actor("ann"), create_host(SYSTEM, project, HostEntry("web1"))

    for act in (
        lambda: create_host(ann, project, HostEntry("web2")),
        lambda: change_host(ann, project, host, HostEntry("web2")),
        lambda: delete_host(ann, project, host),
        lambda: create_credential(ann, project, CredentialEntry("a", "b", "c")),
        lambda: page_of_journal(ann, project, AuditFilter(), FIRST),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert read_host(ann, project, host).address == "web1"


def test_the_command_line_gives_a_host_a_login_of_its_own(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))
    create_host(SYSTEM, project, HostEntry("web1", credential_id=login))

    add_host(project.id, HostAccess("web1", 22, "root", "hunter33", "", HOST_KEY))

    assert reached(project, "web1").password == "hunter33"


def test_hosts_are_searched_by_address_and_by_credential(project):
    login = create_credential(SYSTEM, project, CredentialEntry("deploy", "deploy", "hunter22"))
    create_host(SYSTEM, project, HostEntry("web1", credential_id=login))
    create_host(SYSTEM, project, HostEntry("db1"))

    assert [row.address for row in page_of_hosts(SYSTEM, project, "WEB", FIRST).rows] == ["web1"]
    assert [row.address for row in page_of_hosts(SYSTEM, project, "deploy", FIRST).rows] == ["web1"]
    assert dataclasses.asdict(read_host(SYSTEM, find_project(SYSTEM, 2), 2))["address"] == "db1"
