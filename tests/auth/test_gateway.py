"""The tokens that a BlueKing API gateway signs, at a site that has one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.api.bksops.auth import NotFromGateway, read_jwt
from app.errors import InvalidInput
from app.services import accounts
from app.services.apps import create_app
from app.settings import Settings

PATH = "/apigw/get_task_status/1/2/"
MISSING = "X_BKAPI_JWT not in http header or it is empty, please called API through API Gateway"
BAD_KEY = "APIGW_PUBLIC_KEY error"
BAD_VALUE = "Invalid X_BKAPI_JWT, wrong format or value"
EXPIRED = "Invalid X_BKAPI_JWT, which is expired"
BAD_ISSUER = "Invalid X_BKAPI_JWT, which is not from API Gateway"


def pem_of(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="session")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def call(make_app, sqlite_url):
    """Call a site that has a gateway with that public key; returns the answer's body."""

    def calling(public_key: str):
        app = make_app(sqlite_url, SLUICE_APIGW_PUBLIC_KEY=public_key)
        with app.app_context():
            if not accounts.has_users():
                accounts.create_user("ada", "opensesame", is_admin=True)
                create_app("ci", "s3cret", is_trusted=True)

        def call(token: str | None, **query: str):
            headers = {} if token is None else {"X-Bkapi-JWT": token}
            answer = app.test_client().get(PATH, query_string=query, headers=headers)
            assert answer.status_code == 200
            return answer.json

        return call

    return calling


def claims(**others) -> dict:
    now = int(time.time())
    signed = {
        "iss": "APIGW", "exp": now + 300, "nbf": now - 300,
        "app": {"app_code": "portal"}, "user": {"username": "ada"}, **others,
    }  # fmt: skip
    return {name: value for name, value in signed.items() if value is not None}


def signed(key, **others) -> str:
    return jwt.encode(claims(**others), key, algorithm="RS256")


def is_let_in(body: dict) -> bool:
    # The project is not there: whoever gets so far was let in.
    return body["message"] == "business[bk_biz_id=2] does not exist"


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"app": {"bk_app_code": "portal", "verified": True}, "user": {"bk_username": "ada", "verified": True}},
        {"app": {"app_code": "ci"}, "user": {"username": "carol", "verified": False}},
    ],
)
def test_what_the_gateway_has_signed_is_believed(call, key, others):
    assert is_let_in(call(pem_of(key))(signed(key, **others)))


def test_a_user_whom_the_gateway_has_not_verified_is_not_believed(call, key):
    body = call(pem_of(key))(signed(key, user={"username": "ada", "verified": False}))
    assert "without a user that the gateway has verified" in body["message"]


def test_a_user_who_is_not_there_is_told_in_the_originals_words(call, key):
    body = call(pem_of(key))(signed(key, user={"username": "carol"}))
    assert body["message"] == "user[username=carol] does not exist or has not logged in this APP"


def test_credentials_in_query_or_header_do_not_lead_around_the_gateway(call, key):
    body = call(pem_of(key))(None, bk_app_code="ci", bk_app_secret="s3cret", bk_username="ada")
    assert (body["result"], body["data"], body["message"]) == (False, None, MISSING)


def test_a_name_in_the_query_does_not_change_whom_the_gateway_vouches_for(call, key):
    body = call(pem_of(key))(signed(key, user={"username": "carol"}), bk_username="ada", bk_app_code="ci")
    assert "username=carol" in body["message"]


def hs256_with_the_public_key(key) -> str:
    """A token that is "signed" with the public key as if it were a shared secret."""

    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims())}"
    mac = hmac.new(pem_of(key).encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


FAILURES = {
    "empty": (lambda key: "", MISSING),
    "no token": (lambda key: "nonsense", BAD_VALUE),
    "three parts": (lambda key: "a.b.c", BAD_VALUE),
    "huge": (lambda key: "x" * 1_000_000, BAD_VALUE),
    "not ascii": (lambda key: "\xff.\xfe.\xfd", BAD_VALUE),
    "expired": (lambda key: signed(key, exp=int(time.time()) - 1), EXPIRED),
    "without an end": (lambda key: signed(key, exp=None), BAD_VALUE),
    "not yet": (lambda key: signed(key, nbf=int(time.time()) + 300), BAD_VALUE),
    "of another issuer": (lambda key: signed(key, iss="somebody"), BAD_ISSUER),
    "of no issuer": (lambda key: signed(key, iss=None), BAD_ISSUER),
    "changed": (lambda key: signed(key)[:-8] + "AAAAAAAA", BAD_VALUE),
    "unsigned": (lambda key: jwt.encode(claims(), None, algorithm="none"), BAD_VALUE),
    "RS512": (lambda key: jwt.encode(claims(), key, algorithm="RS512"), BAD_VALUE),
    "PS256": (lambda key: jwt.encode(claims(), key, algorithm="PS256"), BAD_VALUE),
    "HS256": (hs256_with_the_public_key, BAD_VALUE),
    "without an app": (lambda key: signed(key, app=None), BAD_VALUE),
    "app of another shape": (lambda key: signed(key, app="portal"), BAD_VALUE),
    "app that is not verified": (lambda key: signed(key, app={"app_code": "ci", "verified": False}), BAD_VALUE),
    "app with a hostile code": (lambda key: signed(key, app={"app_code": "a\0b"}), BAD_VALUE),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_any_other_token_is_refused_in_the_originals_words(key, kind):
    make, message = FAILURES[kind]
    with pytest.raises(NotFromGateway) as error:
        read_jwt(make(key), pem_of(key))
    assert str(error.value) == message


def test_a_token_that_is_refused_is_answered_with_data_null(call, key):
    body = call(pem_of(key))(signed(key, iss="somebody"))
    assert (body["result"], body["data"], body["message"]) == (False, None, BAD_ISSUER)


def test_a_token_that_another_key_signed_is_refused(call, key):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert call(pem_of(key))(signed(other))["message"] == BAD_VALUE


def test_a_public_key_that_is_no_rsa_key_is_told_in_the_originals_words(call, key):
    broken = "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n"
    elliptic = pem_of(ec.generate_private_key(ec.SECP256R1()))
    for public_key in (broken, elliptic):
        body = call(public_key)(signed(key))
        assert (body["data"], body["message"]) == (None, BAD_KEY)


def test_the_public_key_may_be_written_in_one_line_or_in_base64(key, tmp_path):
    for text in (pem_of(key), pem_of(key).replace("\n", "\\n"), base64.b64encode(pem_of(key).encode()).decode()):
        settings = Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_APIGW_PUBLIC_KEY": text})
        assert settings.apigw_public_key == pem_of(key)


def test_what_is_no_public_key_is_told_at_the_start(key, tmp_path):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for text in ("nonsense", "bm9uc2Vuc2U=", "密钥", private):
        with pytest.raises(InvalidInput, match="SLUICE_APIGW_PUBLIC_KEY"):
            Settings.from_environ({"SLUICE_DATA_DIR": str(tmp_path), "SLUICE_APIGW_PUBLIC_KEY": text})
