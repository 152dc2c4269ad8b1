"""bk_notify: tells people, by mail or by a webhook."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import httpx

from app.engine.core.schema import Field
from app.engine.core.values import Json, dumps
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.outbound import Forbidden, Request, send

_MAIL = ("email", "mail")


class Notify(Plugin):
    """Sends a message."""

    code = "bk_notify"
    name = "Notify people"
    description = (
        "Sends a mail (SLUICE_SMTP_URL) or a JSON message to webhooks. Receivers: addresses or URLs, by commas."
    )
    inputs = (
        Field("bk_notify_type", "Ways: email, webhook", type="any", widget="list", required=True),
        Field("bk_receiver_info", "Receivers", type="any", required=True),
        Field("bk_notify_title", "Title", required=True),
        Field("bk_notify_content", "Content", widget="textarea", required=True),
    )
    outputs = (Field("code", "Code", type="integer"), Field("message", "What was sent"))
    blocking = True

    def execute(self, inputs: Mapping[str, Json], ctx: Context) -> Outcome:
        """Send the message every way that was asked for; fails with all that went wrong."""
        ways = _words(inputs["bk_notify_type"])
        receivers = _receivers(inputs["bk_receiver_info"])
        title, content = " ".join(str(inputs["bk_notify_title"]).split()), str(inputs["bk_notify_content"])
        unknown = [way for way in ways if way not in (*_MAIL, "webhook")]
        wrong = [f"there is no way {way!r} to notify here; there are email, webhook" for way in unknown]
        addresses = [r for r in receivers if "://" not in r]
        urls = [r for r in receivers if "://" in r]
        sent = 0
        if any(way in _MAIL for way in ways):
            wrong += _mail(addresses, title, content, ctx)
            sent += len(addresses)
        if "webhook" in ways:
            wrong += [problem for url in urls for problem in _post(url, title, content, ctx)]
            sent += len(urls)
        if not sent and not wrong:
            wrong.append("there is nobody to notify: receivers are mail addresses for email, URLs for webhook")
        if wrong:
            return Failed("; ".join(wrong), {"code": 1, "message": "; ".join(wrong)})
        return Done({"code": 0, "message": f"sent to {sent}"})


def _mail(addresses: list[str], title: str, content: str, ctx: Context) -> list[str]:
    if not addresses:
        return ["there is no mail address among the receivers"]
    if not ctx.settings.smtp_url:
        return ["mail is not set up: set SLUICE_SMTP_URL, for example smtp://user:password@mail.example.org:587"]
    url = urlsplit(ctx.settings.smtp_url)
    message = EmailMessage()
    message["Subject"], message["From"] = title, ctx.settings.mail_from or "sluice@localhost"
    message["To"] = ", ".join(addresses)
    message.set_content(content)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(
            url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 25), timeout=20
        ) as server:
            if url.username:
                if url.scheme == "smtp":
                    server.starttls()
                server.login(unquote(url.username), unquote(url.password or ""))
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        return [f"the mail was not sent: {error}"]
    ctx.log(f"mailed to {', '.join(addresses)}")
    return [f"{address} was refused" for address in refused]


def _post(url: str, title: str, content: str, ctx: Context) -> list[str]:
    body = dumps({"title": title, "content": content, "task_id": ctx.system.get("task_id")}).encode()
    request = Request("POST", url, {"Content-Type": "application/json"}, body, 10)
    try:
        reply = send(request, ctx.settings.http_deny)
    except (httpx.HTTPError, httpx.InvalidURL, Forbidden) as error:
        return [f"{url} was not reached: {error}"]
    ctx.log(f"posted to {url}: status {reply.status}")
    return [] if 200 <= reply.status < 300 else [f"{url} answered with status {reply.status}"]


def _words(value: Json) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip().lower() for part in parts if str(part).strip()]


def _receivers(value: Json) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get("bk_more_receiver", "")
    parts = value if isinstance(value, list) else str(value or "").replace(";", ",").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]
