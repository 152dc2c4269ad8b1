"""Logging in by an OpenID Connect provider: authorization code with PKCE, state and nonce, by Authlib.

The provider's configuration and keys are fetched at the first login of a process, not at its start: a provider that is
away keeps nobody from logging in by name and password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from app.auth.sessions import enter
from app.errors import NotAllowed, Unavailable
from app.sentences import say
from app.services.identities import Claimed, actor_of_identity
from app.settings import Settings

_TIMEOUT_S = 10
_LONGEST = 255


def register(app: Flask) -> None:
    """Get ready to send people to the provider, if one is set."""
    settings: Settings = app.config["SLUICE"]
    if not settings.oidc_issuer:
        return
    public = {"token_endpoint_auth_method": "none"} if not settings.oidc_client_secret else {}
    scope = {"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": _TIMEOUT_S}
    OAuth(app).register(
        "oidc", client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret or None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={**scope, **public},
    )  # fmt: skip


def provider_name() -> str:
    """Return what the provider is called, empty where none is set."""
    settings = _settings()
    return settings.oidc_name if settings.oidc_issuer else ""


def begin(path_back: str) -> ResponseReturnValue:
    """Send the browser to the provider; raises Unavailable where that cannot be reached."""
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(_settings().base_url + path_back)
    except (RequestException, RuntimeError, ValueError) as error:
        raise Unavailable(say("the provider cannot be reached: {error}", error=type(error).__name__)) from error
    return answer


def finish() -> None:
    """Log in whom the provider has sent back; raises NotAllowed, and Unavailable where it cannot be asked."""
    settings = _settings()
    wanted = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
        "sub": {"essential": True},
    }
    try:
        token = _client().authorize_access_token(claims_options=wanted)
    except (AuthlibBaseError, JoseError, ValueError) as error:
        raise NotAllowed(
            "(unknown user)", say("log in"), say("by this provider: {reason}", reason=_reason(error))
        ) from error
    except (RequestException, RuntimeError) as error:
        raise Unavailable(say("the provider cannot be reached: {error}", error=type(error).__name__)) from error
    claims = token.get("userinfo")
    if not claims:
        raise NotAllowed("(unknown user)", say("log in"), say("by this provider: it sent no id_token"))
    enter(*actor_of_identity(_claimed(claims, settings.oidc_issuer), creates_users=settings.oidc_creates_users))


def _claimed(claims: Mapping[str, Any], issuer: str) -> Claimed:
    subject = str(claims.get("sub") or "")
    if not 1 <= len(subject) <= _LONGEST:
        raise NotAllowed("(unknown user)", say("log in"), say("by this provider: its token names nobody"))
    # Some providers write the flag as a text; anything but a clear yes is a no.
    flag = claims.get("email_verified")
    is_verified = flag is True or flag == "true"
    email = str(claims.get("email") or "") if is_verified else ""
    return Claimed(issuer, subject, email, str(claims.get("preferred_username") or ""))


def _reason(error: Exception) -> str:
    return str(getattr(error, "error", "") or type(error).__name__)[:100]


def _settings() -> Settings:
    settings: Settings = current_app.config["SLUICE"]
    return settings


def _client() -> Any:
    return current_app.extensions["authlib.integrations.flask_client"].oidc
