"""A small OpenID Connect provider in this process: configuration, keys, tokens that are really signed; no page of its own.

It answers on a real socket. Where a real one would ask a person for a password, `allow` is called with what the browser
was sent with, and gives the address that the browser is sent back to.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


@dataclass
class Provider:
    """What the provider knows, and what it is to say wrongly: `claims` replace those of its next tokens."""

    issuer: str = ""
    client_id: str = "sluice"
    client_secret: str = "whisper"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    signing_key: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def allow(self, address: str, **claims: Any) -> str:
        """Let a person in who came with an address of ours; returns the path and query to go back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        self.claims = claims
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Exchange a code, once, for who proves that they began it; None for anybody else."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        key = self.signing_key or self.key
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, **self.claims}, key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Start a provider, and stop it at the end."""
    provider, app = Provider(), Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        url = provider.issuer
        return jsonify(
            issuer=url, authorization_endpoint=f"{url}/ask", token_endpoint=f"{url}/token", jwks_uri=f"{url}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )  # fmt: skip

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.post("/token")
    def token() -> Any:
        given = request.authorization
        is_client = given and (given.username, given.password) == (provider.client_id, provider.client_secret)
        made = provider.token(request.form.to_dict()) if is_client else None
        return (jsonify(made), 200) if made else (jsonify(error="invalid_grant"), 400)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
