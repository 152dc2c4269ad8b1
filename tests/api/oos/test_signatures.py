"""bce-auth-v1: the contract's vectors, the four kinds of clients, and what is refused."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from sqlalchemy import text

from app.api.oos.signature import Request, read, signature_of
from app.extensions import db
from app.services import access_keys, accounts
from app.services.access import SYSTEM, find_project
from app.services.apps import create_app
from app.services.members import set_member
from tests.api.oos.client import PREFIX, SHAPES

AK, SK, STAMP = "AKIDEXAMPLE0000000000000000000ab", "SKEXAMPLE00000000000000000000000", "2024-04-24T23:06:40Z"
PLAIN, LOCAL = {"host": "oos.bj.baidubce.com", "x-bce-date": STAMP}, {"host": "127.0.0.1:5000", "x-bce-date": STAMP}
EXECUTION, QUERY = f"{PREFIX}/v2/execution", "id=d-AbCdEf012345"
VECTORS = {
    "A": ("host;x-bce-date", Request("GET", EXECUTION, QUERY, PLAIN),
          "6695c9b3e3a9b664d4348a235a6e2e76baf81e3f90695b199035e757c8fd6fec"),
    "B": ("host;x-bce-date",
          Request("GET", f"{PREFIX}/v2/template", f"name={quote('停止 bcc/1~', safe='')}&type=INDIVIDUAL", LOCAL),
          "ac9273bee33240638c614365fd2b9ac73458e811c06dd652f4227632cbf62550"),
    "C": ("", Request("POST", f"{PREFIX}/v1/operator/list", "", {
              **LOCAL, "content-length": "47", "content-type": "application/json;charset=utf-8", "accept": "*/*",
              "x-bce-request-id": "7f0c6a9e-0000-4000-8000-000000000001"}),
          "815d371e73b58186ec759f95c3fb7f802324bbb5fee6e0aa836c05069d863607"),
    "D": ("host;x-bce-date;x-bce-security-token",
          Request("GET", EXECUTION, QUERY, {**LOCAL, "x-bce-security-token": "TOK/en+1=="}),
          "18c05abdcfd39388899d9fbcfd2f164406cfc75468f1bf49afa45e0bb1ba1689"),
}  # fmt: skip
LIST = {"pageNo": 1, "pageSize": 5}


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_contract(name):
    signed, request, expected = VECTORS[name]
    given = read(f"bce-auth-v1/{AK}/{STAMP}/1800/{signed}/{expected}")

    assert signature_of(SK, given, request) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_each_kind_of_client_is_understood(oos, shape):
    oos.shape = shape

    assert oos.result("POST", "/v2/template/list", LIST)["totalCount"] == 0
    assert oos.refused("GET", "/v2/template", query={"name": "停止 bcc/1~+&="})[0] == 404


def test_a_signature_may_come_again(light):
    now = int(time.time())
    answers = [light.call("POST", "/v2/template/list", LIST, timestamp=now) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_the_age_of_a_signature_is_judged_by_its_own_timestamp(light):
    frozen = light.call("POST", "/v2/template/list", LIST, shape="python")
    old = light.call("POST", "/v2/template/list", LIST, timestamp=int(time.time()) - 1900)
    ahead = light.call("POST", "/v2/template/list", LIST, timestamp=int(time.time()) + 3600)
    endless = light.call("POST", "/v2/template/list", LIST, timestamp=int(time.time()) - 90_000, lasts=999_999_999)
    skewed = light.call("POST", "/v2/template/list", LIST, timestamp=int(time.time()) + 300)

    assert frozen.status_code == skewed.status_code == 200
    assert [light.fault(answer) for answer in (old, ahead, endless)] == [(400, "RequestExpired")] * 3


def test_a_security_token_is_part_of_what_is_signed(light):
    token = {b"x-bce-security-token": b"TOK/en+1=="}
    signed = light.call(
        "POST", "/v2/template/list", LIST, shape="go", extra=token, also_signed={b"x-bce-security-token"}
    )
    in_query = light.call(
        "GET", "/v2/template", query={"name": "none", "x-bce-security-token": "TOK/en+1=="}, shape="java"
    )
    changed = light.call(
        "POST", "/v2/template/list", LIST, shape="go", extra=token, also_signed={b"x-bce-security-token"},
        unsigned={"x-bce-security-token": "another"},
    )  # fmt: skip

    assert signed.status_code == in_query.status_code == 200
    assert light.fault(changed) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (403, "AccessDenied")), ("Basic YWxpY2U6", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v2/{ak}/{now}/1800//{sig}", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v1/{ak}/{now}/1800/host", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v1/{ak}/yesterday/1800//{sig}", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v1/{ak}/{now}/soon//{sig}", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v1/{ak}/{now}/1800/x-bce-date/{sig}", (400, "InvalidHTTPAuthHeader")),
        ("bce-auth-v1/nobody/{now}/1800/host/{sig}", (403, "InvalidAccessKeyId")),
        ("bce-auth-v1/{ak}/{now}/1800/host/{sig}", (403, "SignatureDoesNotMatch")),
        ("bce-auth-v1/{ak}/{now}/1800/host/ÿ", (400, "InvalidHTTPAuthHeader")),
    ],
)  # fmt: skip
def test_what_is_not_signed_rightly_is_refused(light, header, expected):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sent = header.format(ak=light.key.access_key, now=now, sig="0" * 64)
    answer = light.call("POST", "/v2/template/list", LIST, unsigned={"Authorization": sent})

    assert light.fault(answer) == expected


def test_a_signature_holds_for_one_request_only(light):
    now = int(time.time())
    own = light.call("POST", "/v2/template/list", LIST, timestamp=now, shape="java")
    header = own.request.headers["Authorization"]
    other = light.call("DELETE", "/v2/template", query={"id": "tpl-AAAAAAAA"}, unsigned={"Authorization": header})

    assert own.status_code == 200
    assert light.fault(other) == (403, "SignatureDoesNotMatch")


def test_a_digest_of_the_body_that_is_sent_must_be_right(light):
    answer = light.call("POST", "/v2/template/list", LIST, shape="java", unsigned={"Content-Md5": "AAAA"})

    assert light.fault(answer) == (400, "BadDigest")


def test_a_key_acts_for_its_user_in_its_project(light):
    accounts.create_user("vera", "a password")
    accounts.create_project("elsewhere", 3, "UTC")
    set_member(SYSTEM, find_project(SYSTEM, 3), "vera", "viewer")
    key = access_keys.create_key("sdk", "vera", 3)
    template = {"name": "f", "linear": True, "operators": [{"name": "a", "operator": "bk_display"}]}

    listed = light.call("POST", "/v2/template/list", LIST, key=key)
    saved = light.call("POST", "/v2/template", template, key=key)

    assert listed.get_json()["result"]["totalCount"] == 0
    assert light.fault(saved) == (403, "AccessDenied")


def test_an_apps_own_pair_acts_for_the_app_in_the_project_that_it_is_confined_to(light):
    confined = create_app("inside", None, is_trusted=False, biz_id=2)
    free = create_app("outside", None, is_trusted=False)

    assert light.call("POST", "/v2/template/list", LIST, key=confined).status_code == 200
    assert light.fault(light.call("POST", "/v2/template/list", LIST, key=free)) == (403, "AccessDenied")


def test_a_key_that_was_deactivated_is_refused(light):
    access_keys.deactivate_key(light.key.access_key)

    assert light.fault(light.call("POST", "/v2/template/list", LIST)) == (403, "AccessDenied")
    assert [key.is_active for key in access_keys.list_keys("sdk")] == [False]


def test_the_secret_is_sealed_in_the_database(light):
    stored = db.session.execute(text("SELECT secret_key FROM access_key")).scalar_one()
    assert light.key.secret_key not in stored
