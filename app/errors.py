"""The five families of errors that cross a layer; each carries data and says what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.sentences import Sentence, say, together


class SluiceError(Exception):
    """The base of every error that an edge may phrase for a caller."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    `where` is the id of a node, a line or a variable, or the name of a field; empty when it is the whole.
    `rule` is a short stable word for programs (and for the canvas), `message` a sentence for people (app/sentences.py).
    """

    rule: str
    message: str
    where: str = ""


class InvalidInput(SluiceError):
    """The caller's input is wrong; `problems` holds everything that is wrong with it, at once."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem("invalid", p) for p in problems)
        super().__init__(together([p.message for p in self.problems]))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> InvalidInput:
        """Make one error of all `problems`."""
        return cls(*problems)


class NotFound(SluiceError):
    """There is no such thing, or not in this project; which of the two is not told.

    `kind` is a literal, or a sentence: the catalogue of texts gathers it here.
    """

    def __init__(self, kind: str, key: object) -> None:
        self.kind, self.key = kind if isinstance(kind, Sentence) else say(kind), key
        super().__init__(say("{kind} {key} does not exist", kind=self.kind, key=key))


class Archived(NotFound):
    """The thing has left the database for the archive; `place` is the address where people read it."""

    def __init__(self, kind: str, key: object, place: str) -> None:
        super().__init__(kind, key)
        self.place = place
        # What a caller of str() reads.
        self.args = (say("{kind} {key} is in the archive: {place}", kind=self.kind, key=key, place=place),)


class NotAllowed(SluiceError):
    """The actor may not do this; `action` and `thing` are sentences."""

    def __init__(self, actor: str, action: str, thing: str = "") -> None:
        self.actor, self.action, self.thing = actor, action, thing
        if thing:
            super().__init__(say("{actor} may not {action} {thing}", actor=actor, action=action, thing=thing))
        else:
            super().__init__(say("{actor} may not {action}", actor=actor, action=action))


class Refused(SluiceError):
    """The thing is not in a state in which this can be done; nothing was changed.

    `rule` is a short stable word that an edge can translate into its dialect's own message.
    """

    def __init__(self, rule: str, message: str, **data: object) -> None:
        self.rule, self.data = rule, data
        super().__init__(message)


class Unavailable(SluiceError):
    """A part that the product stands on (database, queue) cannot be reached."""
