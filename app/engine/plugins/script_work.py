"""A script that is to be run, in the words that the ways of running it share."""

from __future__ import annotations

from dataclasses import dataclass


class ScriptError(Exception):
    """A script could not be run to its end: refused, timed out or cancelled."""


@dataclass(frozen=True, slots=True)
class Work:
    """A script's language (shell or python), its text, its arguments, and how long it may take."""

    language: str
    content: str
    arguments: tuple[str, ...]
    timeout_s: float
