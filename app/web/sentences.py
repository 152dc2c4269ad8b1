"""The one place where what lower layers say is put into the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from app.errors import InvalidInput, SluiceError
from app.languages import language
from app.sentences import Label, Sentence, sentence_of
from app.web.editor_words import words_of


def told(text: str) -> str:
    """Return a sentence in the reader's language; a text that is none stays as it is."""
    if isinstance(text, Label):
        return words_of(language()).get(text, text)
    if not isinstance(text, Sentence):
        return text
    return gettext(text.pattern).format(**{name: _told_value(value) for name, value in text.values.items()})


def told_error(error: SluiceError) -> list[str]:
    """Return what an error says, in the reader's language: each problem by itself."""
    if isinstance(error, InvalidInput):
        return [told(problem.message) for problem in error.problems]
    return [told(sentence_of(error))]


def _told_value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return gettext(", ").join(told(str(part) if not isinstance(part, str) else part) for part in value)
    return told(value) if isinstance(value, str) else value
