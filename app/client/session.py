"""What every command of the terminal works with: a profile, a connection, and how results are shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property, update_wrapper
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from app.client.connection import Sluice
from app.client.following import Standing, follow
from app.client.printing import Progress
from app.client.profile import BadProfile, Profile, read_profile, variables

P = ParamSpec("P")
R = TypeVar("R")


class Session(AbstractContextManager["Session"]):
    """One run of the command. Nothing is read and nothing connects before a command needs it."""

    def __init__(self, environ: Mapping[str, str], project: int | None, as_json: bool) -> None:
        self._environ, self._project, self.as_json = environ, project, as_json

    @cached_property
    def profile(self) -> Profile:
        """Where to and as whom."""
        return read_profile(self._environ)

    @cached_property
    def client(self) -> Sluice:
        """The connection; raises BadProfile when it is not known where to."""
        missing = [variables()[name] for name in self.profile.missing() if not (name == "project" and self._project)]
        if missing:
            raise BadProfile(f"log in first (`sluice login`), or set {', '.join(missing)}")
        return Sluice(self.profile.url, self.profile.credentials)

    @property
    def project(self) -> int:
        """The business id of the project."""
        return self._project if self._project is not None else self.profile.project

    def watch(self, task: int, url: str, timeout_s: float | None = None) -> Standing:
        """Print how a task goes on until nothing moves any more, or the time is up."""
        progress, end = Progress(url), None if timeout_s is None else time.monotonic() + timeout_s
        last: Standing | None = None
        for last in follow(self.client, self.project, task, sleep=_sleep_until(end)):
            if not self.as_json:
                progress.show(last)
        assert last is not None, "a task is told at least once"
        return last

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "client" in self.__dict__:
            self.client.close()


def session_of(command: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Give a command its session."""

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        session: Any = click.get_current_context().find_object(Session)
        return command(session, *args, **kwargs)

    return update_wrapper(called, command)


def _sleep_until(end: float | None) -> Callable[[float], None]:
    """Return a sleep that raises when the time is up."""

    def sleep(seconds: float) -> None:
        if end is not None and time.monotonic() + seconds > end:
            raise click.ClickException("the time is up; the task goes on")
        time.sleep(seconds)

    return sleep
