"""Who calls: tokens, signatures, and the switch for development."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from app.api.enos.signed import signed_content
from app.errors import InvalidInput
from app.services.app_tokens import proof_of, signature_of
from app.services.apps import deactivate_app
from app.settings import Settings
from tests.api.enos.client import SERVICE, Enos

AK, SK = "5acb82e7-a11e-4300-9164-c8b20b638e8b", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
TOKEN, AT = "xxxxaaaxxxx", "1572574909697"
_BODY = '{\n  "count": 20,\n  "page": 1,\n  "desc": "%s"\n}'


def test_a_proof_is_the_digest_of_key_time_and_secret():
    assert proof_of(AK, AT, SK) == "d23085d5da6d2086f439cdab0a3d4547f57a1ac82f372637aed6d43649f74255"


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        (
            "action=get&orgId=yourOrgId&userId=yourUserId&flowId=2841", "",
            "5d522f339beba9a1f7b460cd6d2d96547fda25dfe16bb571756b62d6f5cfd536",
        ),
        (
            "action=enable&orgId=yourOrgId&userId=yourUserId", '{"flowId": 2841}',
            "42542de466e54fa6fe78c6feed13ebeb0b6b365e2f6a069833e81514faaf87f3",
        ),
        (
            "userId=yourUserId&orgId=yourOrgId&action=enable", '{"flowId": 2841}',
            "42542de466e54fa6fe78c6feed13ebeb0b6b365e2f6a069833e81514faaf87f3",
        ),
    ],
)  # fmt: skip
def test_a_signature_covers_the_sorted_query_and_the_exact_body(query, body, signature):
    assert signature_of(TOKEN, signed_content(query, body), AT, SK) == signature


@pytest.mark.parametrize(
    ("described", "signature"),
    [
        ("描述", "59828328f6c1f9771015dc74e4929ae30f518a35a3d2353972c2ea46556fc981"),
        ("description", "ad6dc6fc97f4290f3724e94eab38168d8613c41c3a4569b4b8b0efbce96a816c"),
    ],
)
def test_the_published_example_has_its_published_signature(described, signature):
    content = signed_content("k3=v3&k1=v1&k2=v2", _BODY % described)
    assert signature_of(TOKEN, content, AT, "xxxappSecretxxx") == signature


def test_what_is_signed_is_decoded_sorted_and_taken_once():
    assert signed_content("b=2&a=%E6%8F%8F+x&B=0&b=3&c", "{}") == "B0a描 xb2cnull{}"


def test_a_token_is_given_and_the_same_one_again_while_it_lives(enos: Enos):
    first = enos.ask_token()
    enos.now += timedelta(minutes=90)
    again = enos.ask_token()

    assert first["status"] == 0
    assert (first["msg"], first["business"], first["data"]["expire"]) == ("SUCCESS", "apim-token-service", 7200)
    assert again["data"] == {"accessToken": first["data"]["accessToken"], "expire": 1800}
    enos.now += timedelta(minutes=31)
    assert enos.ask_token()["data"]["accessToken"] != first["data"]["accessToken"]


def test_a_proof_counts_once(enos: Enos):
    proof = enos.proof()

    assert enos.ask_token(**proof)["status"] == 0
    assert enos.ask_token(**proof)["status"] == 1001
    assert enos.ask_token("refresh", **proof, accessToken=enos.token)["status"] == 1001


def test_a_time_stamp_may_be_text(enos: Enos):
    proof = enos.proof()
    assert enos.ask_token(**{**proof, "timestamp": str(proof["timestamp"])})["status"] == 0


def test_a_token_is_prolonged_by_another_while_it_lives(enos: Enos):
    old = enos.ask_token()["data"]["accessToken"]
    enos.now += timedelta(minutes=110)

    fresh = enos.ask_token("refresh", **enos.proof(accessToken=old))

    assert fresh["data"]["expire"] == 7200
    assert fresh["data"]["accessToken"] != old
    enos.now += timedelta(minutes=11)
    assert enos.ask_token("refresh", **enos.proof(accessToken=old))["status"] == 1203
    assert enos.ask_token("refresh", **enos.proof(accessToken="of nobody"))["status"] == 1204


def _changed(proof, **changes):
    return {**proof, **changes}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"appKey": "nobody"}, 1002),
        ({"encryption": "0" * 64}, 1003),
        ({"timestamp": 0}, 1003),
        ({"timestamp": {}}, 1004),
        ({"appKey": ""}, 1202),
        ({"encryption": None}, 1202),
    ],
)
def test_what_does_not_prove_an_app_gets_the_documented_code(quick: Enos, changes, status):
    assert quick.ask_token(**_changed(quick.proof(), **changes))["status"] == status


def test_an_old_proof_is_none(quick: Enos):
    old = quick.proof()
    quick.now += timedelta(minutes=6)
    assert quick.ask_token(**old)["status"] == 1003


def test_the_key_of_an_app_that_was_deactivated_is_unknown(quick: Enos):
    assert quick.token
    deactivate_app("batch")

    assert quick.ask_token()["status"] == 1002
    assert quick.send("time", "getCurrentTime").status_code == 401


def _headers(enos: Enos, token: str = "", **changes: str) -> dict[str, str]:
    stamp, token = changes.pop("timestamp", str(enos.milliseconds)), token or enos.token
    content = f"actiongetCurrentTimeorgId{enos.organization}userId{enos.user}"
    signature = hashlib.sha256(f"{token}{content}{stamp}{enos.app.secret_key}".encode()).hexdigest()
    return {"apim-accesstoken": token, "apim-timestamp": stamp, "apim-signature": signature, **changes}


def test_a_signed_call_is_answered(quick: Enos):
    assert quick.call("time", "getCurrentTime", headers=_headers(quick))["code"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"apim-signature": "0" * 64},
        {"apim-signature": ""},
        {"apim-accesstoken": "another"},
        {"apim-accesstoken": ""},
        {"apim-timestamp": "1"},
        {"timestamp": "1572574309697"},
        {"timestamp": "1572575509697"},
        {"timestamp": "now"},
    ],
)
def test_a_call_that_is_not_signed_in_time_is_refused_as_by_the_gateway(quick: Enos, changes):
    refused = quick.send("time", "getCurrentTime", headers=_headers(quick, **changes))

    assert refused.status_code == 401
    assert refused.get_json() == {"code": 401, "msg": "Invalid authentication credentials", "data": None}


def test_a_body_that_was_changed_on_its_way_is_refused(quick: Enos):
    number = quick.add("a flow")
    query = {"action": "enable", "orgId": quick.organization, "userId": "alice"}
    content = "".join(f"{k}{v}" for k, v in sorted(query.items())) + '{"flowId": 1}'
    stamp = str(quick.milliseconds)
    signature = hashlib.sha256(f"{quick.token}{content}{stamp}{quick.app.secret_key}".encode()).hexdigest()
    headers = {"apim-accesstoken": quick.token, "apim-timestamp": stamp, "apim-signature": signature}

    refused = quick.send("flows", "enable", f'{{"flowId": {number + 1}}}', headers=headers)

    assert refused.status_code == 401


def test_a_token_that_has_expired_signs_no_more(quick: Enos):
    issued = quick.ask_token()["data"]["accessToken"]
    quick.now += timedelta(hours=1, minutes=59)
    assert quick.send("time", "getCurrentTime", headers=_headers(quick, issued)).status_code == 200
    quick.now += timedelta(minutes=2)
    assert quick.send("time", "getCurrentTime", headers=_headers(quick, issued)).status_code == 401


ONE_HEADER = {"apim-accesstoken": "BpBPCa3huiOhqTIXi+2Y7FD8"}


def _ask(enos: Enos, headers=ONE_HEADER, **environ):
    query = {"action": "getMyFlow", "userId": "alice", "orgId": enos.organization}
    return enos.raw("GET", f"{SERVICE}/flows", query_string=query, headers=headers, **environ)


def test_the_stock_clients_one_header_proves_nothing(quick: Enos):
    assert _ask(quick).status_code == 401


def test_the_switch_for_development_lets_the_one_header_in_from_this_machine_only(make_app, sqlite_url):
    app = make_app(sqlite_url, SLUICE_ENOS_UNVERIFIED="on")
    with app.app_context():
        enos = Enos(app)
        assert _ask(enos).get_json() == {"code": 0, "msg": "OK", "data": []}
        assert _ask(enos, headers={}).status_code == 401
        assert _ask(enos, environ_overrides={"REMOTE_ADDR": "10.1.2.3"}).status_code == 401
        assert _ask(enos, headers={**ONE_HEADER, "X-Forwarded-For": "10.1.2.3"}).status_code == 401
        assert _ask(enos, headers={**ONE_HEADER, "apim-signature": "0" * 64}).status_code == 401


@pytest.mark.parametrize(
    "environ", [{"SLUICE_HOST": "0.0.0.0"}, {"SLUICE_ENV": "production", "SLUICE_SECRET_KEY": "k" * 32}]
)
def test_the_switch_is_refused_where_others_could_use_it(tmp_path, environ):
    with pytest.raises(InvalidInput, match="SLUICE_ENOS_UNVERIFIED"):
        Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_ENOS_UNVERIFIED": "on", **environ})
