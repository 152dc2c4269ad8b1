"""What a password has to be like, after NIST SP 800-63B: long enough, and none that is soon guessed.

There are no rules about kinds of characters: people meet them by writing Password1!. How soon a password is guessed is
judged by zxcvbn, which knows the common ones, names, keyboard walks, dates and repetitions.
"""

from __future__ import annotations

from collections.abc import Iterator

from zxcvbn import zxcvbn

from app.errors import Problem
from app.sentences import say

SHORTEST, LONGEST = 8, 128
LEAST_GUESSES = 10**6
"""What a password must stand. A name can be tried a hundred times an hour (`app/auth/limits.py`)."""

_JUDGED = 72
"""How much of a password is judged; the rest can only make it better."""


def password_problems(password: str, username: str) -> Iterator[Problem]:
    """Yield what is wrong with a password that somebody has chosen for a user."""
    if len(password) < SHORTEST:
        yield Problem("password_short", say("a password has at least {least} characters", least=SHORTEST), "password")
    elif len(password) > LONGEST:
        yield Problem("password_long", say("a password has at most {most} characters", most=LONGEST), "password")
    elif is_guessable(password, username):
        told = say("this password is soon guessed, since others like it are common; several words make a better one")
        yield Problem("password_guessable", told, "password")


def is_guessable(password: str, username: str) -> bool:
    """Say whether a password is found with few guesses by somebody who knows whose it is."""
    found = zxcvbn(password[:_JUDGED], user_inputs=[username, "sluice"])
    return bool(found["guesses"] < LEAST_GUESSES)
