"""Log lines with fields: what happened, and where: run, node, attempt, project, request. As JSON, or as text for people.

Loggers are Python's own, called as `log.info("late-report run=%s node=%s", run_id, node_id)`: the fields are read off the
pattern when a line is written, so one that is not costs no more than asking for its level. What is known of the place is added
then, too. Secrets are masked in all of it, stack traces among it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, merge_contextvars

from app.engine.attempts import AT_WORK

Form = Literal["text", "json"]
Fields = MutableMapping[str, Any]

OWN = ("app", "jobs", "__main__")
"""The loggers of this product; of others only warnings are of interest."""

_MASK = "******"
_FIELD = re.compile(r" ([a-z_]+)=(%[sdr])")
_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|credential|private_key|api_key|signature", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"(?P<before>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|(?P<scheme>\b(?:Bearer|Basic) )[\w.~+/=-]+"
    r"|(?P<name>\b[\w-]*(?:passw(?:or)?d|secret|token|api_key|signature)[\"']?\s*[=:]\s*[\"']?)(?![\s\"'*])[^\s\"'&,;]+"
    r"|sealed:\S+",
    re.IGNORECASE,
)


def set_up(form: Form, level: str) -> None:
    """Write the log of this process to its standard error; called once, by whatever begins it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(form, has_colours=sys.stderr.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OWN:
        logging.getLogger(name).setLevel(level)


def is_for_people() -> bool:
    """Say whether this process writes text, or has not been told what to write yet."""
    return not any(isinstance(handler.formatter, _JsonLines) for handler in logging.getLogger().handlers)


class _JsonLines(structlog.stdlib.ProcessorFormatter):
    """Writes a line of JSON for each record."""


def formatter(form: Form, *, has_colours: bool = False) -> logging.Formatter:
    """Return what turns a record into a line."""
    shared: list[Any] = [
        _fields, structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True), merge_contextvars, _place, structlog.processors.format_exc_info,
        _masked,
    ]  # fmt: skip
    last: Any = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    if form == "text":
        last = structlog.dev.ConsoleRenderer(colors=has_colours, pad_event_to=0)
    return (_JsonLines if form == "json" else structlog.stdlib.ProcessorFormatter)(
        foreign_pre_chain=shared, pass_foreign_args=True,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )  # fmt: skip


def within(**fields: object) -> AbstractContextManager[None]:
    """Add fields to all lines of this thread until the end."""
    return bound_contextvars(**fields)


def begin_request(**fields: object) -> None:
    """Add fields to all lines of this thread until the next request."""
    clear_contextvars()
    bind_contextvars(**fields)


def end_request() -> None:
    """Take those fields away."""
    clear_contextvars()


def _fields(logger: object, method: str, line: Fields) -> Fields:
    """Take a pattern such as `late-report run=%s node=%s` apart: the event, and the values by name."""
    pattern, args = line["_record"].msg, line.pop("positional_args", None)
    found = _FIELD.findall(pattern) if isinstance(pattern, str) and isinstance(args, tuple) else []
    if found and len(found) == len(args):
        line["event"] = pattern.partition(" ")[0]
        line.update((name, value) for (name, _), value in zip(found, args, strict=True))
    return line


def _place(logger: object, method: str, line: Fields) -> Fields:
    """Add which attempt this thread works on."""
    attempt = AT_WORK.get()
    if attempt is None:
        return line
    system = attempt.system
    known = {
        "run": attempt.run_id, "node": attempt.node_id, "loop": attempt.loop, "attempt": attempt.number,
        "task": system.get("task_id"), "project": system.get("project_id"),
    }  # fmt: skip
    return {**known, **line}


def _masked(logger: object, method: str, line: Fields) -> Fields:
    """Mask what is called like a secret, what looks like one, and the secrets of the task that is worked on."""
    attempt = AT_WORK.get()
    redact: Callable[[str], str] = attempt.redact if attempt is not None else str
    return {key: value if key.startswith("_") else _mask(key, value, redact) for key, value in line.items()}


def _mask(key: str, value: Any, redact: Callable[[str], str]) -> Any:
    if _SECRET_NAME.search(key):
        return _MASK
    if isinstance(value, int | float | None):
        return value
    return _SECRET_TEXT.sub(_hidden, redact(str(value)))


def _hidden(found: re.Match[str]) -> str:
    return (found["before"] or found["scheme"] or found["name"] or "") + _MASK
