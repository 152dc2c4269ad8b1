"""bk_notify: tells people, by mail or by a webhook."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.core.schema import Field
from app.engine.core.values import Json
from app.engine.plugins.base import Context, Done, Failed, Outcome, Plugin
from app.engine.plugins.messages import Mail, Post, send_mail, send_post
from app.sentences import say

_MAIL = ("email", "mail")


class Notify(Plugin):
    """Sends a message."""

    code = "bk_notify"
    name = "Notify people"
    icon = "bell"
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
        wrong: list[str] = [
            say("there is no way {way!r} to notify here; there are email, webhook", way=way) for way in unknown
        ]
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
    wrong = send_mail(Mail(addresses, title, content), ctx.settings.smtp_url, ctx.settings.mail_from)
    if not wrong:
        ctx.log(f"mailed to {', '.join(addresses)}")
    return wrong


def _post(url: str, title: str, content: str, ctx: Context) -> list[str]:
    body = {"title": title, "content": content, "task_id": ctx.system.get("task_id")}
    status, problem = send_post(Post(url, body), ctx.settings.http_deny)
    if status:
        ctx.log(f"posted to {url}: status {status}")
    return [problem] if problem else []


def _words(value: Json) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip().lower() for part in parts if str(part).strip()]


def _receivers(value: Json) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get("bk_more_receiver", "")
    parts = value if isinstance(value, list) else str(value or "").replace(";", ",").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]
