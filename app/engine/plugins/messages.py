"""Messages that leave for people and other systems: mails, and JSON posted to a URL. For plugins and for notices."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlencode, urlsplit

import httpx

from app.engine.core.values import Json, dumps
from app.engine.plugins.outbound import Forbidden, Request, send
from app.sentences import say

_SMTP_S, _HTTP_S = 20, 10


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in plain text. By `message_id`, if one is given, mail programs know a second copy."""

    addresses: Sequence[str]
    subject: str
    text: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted to a URL, as JSON."""

    url: str
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


def send_mail(mail: Mail, smtp_url: str, mail_from: str) -> list[str]:
    """Send a mail; returns what went wrong with it, or with some of its addresses."""
    if not smtp_url:
        return ["mail is not set up: set SLUICE_SMTP_URL, for example smtp://user:password@mail.example.org:587"]
    url = urlsplit(smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    port = url.port or (465 if url.scheme == "smtps" else 25)
    try:
        message = _written(mail, mail_from)
        with kind(url.hostname or "localhost", port, timeout=_SMTP_S) as server:
            if url.username:
                if url.scheme == "smtp":
                    server.starttls()
                server.login(unquote(url.username), unquote(url.password or ""))
            refused = server.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return [say("the mail was not sent: {error}", error=error)]
    return [say("{address} was refused", address=address) for address in refused]


def send_post(post: Post, deny: Sequence[str]) -> tuple[int, str]:
    """Post JSON; returns the status that came back, 0 where none did, and what went wrong, if anything did."""
    return _posted(post, "application/json", dumps(post.body), deny)


def send_form(post: Post, deny: Sequence[str]) -> tuple[int, str]:
    """Post the same as a form, as a browser does; its body must be an object."""
    assert isinstance(post.body, Mapping), "a form has names and values"
    return _posted(post, "application/x-www-form-urlencoded", urlencode(post.body), deny)


def _posted(post: Post, kind: str, text: str, deny: Sequence[str]) -> tuple[int, str]:
    headers = {"Content-Type": kind, **post.headers}
    try:
        reply = send(Request("POST", post.url, headers, text.encode(), _HTTP_S), deny)
    except (httpx.HTTPError, httpx.InvalidURL, Forbidden) as error:
        return 0, say("{url} was not reached: {error}", url=post.url, error=error)
    return reply.status, "" if 200 <= reply.status < 300 else say(
        "{url} answered with status {status}", url=post.url, status=reply.status
    )


def _written(mail: Mail, mail_from: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = " ".join(mail.subject.split()), mail_from or "sluice@localhost"
    message["To"], message["Date"] = ", ".join(mail.addresses), formatdate()
    if mail.message_id:
        message["Message-ID"] = mail.message_id
    message.set_content(mail.text)
    return message
