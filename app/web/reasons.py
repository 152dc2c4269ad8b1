"""Reasons that are kept with a run, such as why a node failed, in the reader's language.

Rows hold the English alone, which APIs and logs give as it is. So a kept reason is recognised: it is compared with the
sentences that the engine can say, and what stood in their places is put into the translation. What nobody here has said, such
as the words of another system, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from app.languages import DEFAULT, catalogue, language
from app.web.editor_words import words_of

_SAID_IN = ("app/engine/", "app/services/firing", "app/services/schedule")
_LEAST_LETTERS = 8
"""A pattern of fewer letters of its own, such as `{error} on {host}`, is taken only where what stands in it is known."""

_LONGEST, _DEEPEST = 2000, 3
_PLACE = re.compile(r"\{(\w+)[^{}]*\}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What texts look like that were made of a sentence: its own letters, and between each two the name of a place."""

    letters: tuple[str, ...]
    names: tuple[str, ...]

    def parts_of(self, text: str) -> dict[str, str] | None:
        """Return what stands in the places of a text; None where it was not made of this sentence.

        Each of the letters is looked for once, from the left on, so a text costs what it is long; whoever writes one has
        no way to make it cost more.
        """
        first, *between = self.letters
        if not between:
            return {} if text == first else None
        last, end = between.pop(), len(text) - len(self.letters[-1])
        at = len(first)
        if not text.startswith(first) or not text.endswith(last) or at > end:
            return None
        parts = []
        for letters in between:
            found = text.find(letters, at, end)
            if found < 0:
                return None
            parts.append(text[at:found])
            at = found + len(letters)
        pairs = list(zip(self.names, [*parts, text[at:end]], strict=True))
        told = dict(pairs)
        # A name that comes twice must be the same text twice.
        return told if all(told[name] == part for name, part in pairs) else None


_Entry = tuple[_Shape, str]


def told_reason(text: str) -> str:
    """Return a kept reason in the language of this request's reader."""
    return reason_in(language(), text)


def reason_in(locale: str, text: str) -> str:
    """Return a kept reason in a language; English, and what is not known, as it is."""
    if locale == DEFAULT or not text or len(text) > _LONGEST:
        return text
    return _found(locale, text, 0) or text


@lru_cache(maxsize=4096)
def _found(locale: str, text: str, depth: int) -> str:
    """Return the translation of a reason, or nothing; problems that were told together are translated one by one."""
    sure, unsure = _entries(locale)
    for shape, translation in sure:
        if (said := shape.parts_of(text)) is not None:
            return _filled(translation, {**said, **_known_parts(locale, said, depth)})
    parts = text.split("; ")
    known = [_found(locale, part, depth) for part in parts] if len(parts) > 1 else []
    if any(known):
        return "；".join(new or old for new, old in zip(known, parts, strict=True))
    for shape, translation in unsure:
        said = shape.parts_of(text)
        if said and (inner := _known_parts(locale, said, depth)):
            return _filled(translation, {**said, **inner})
    return ""


def _filled(translation: str, parts: Mapping[str, str]) -> str:
    """Put texts, as they were written already, into the places of a pattern."""
    found = _PLACE.split(translation)
    texts = [parts.get(part, "") if at % 2 else part for at, part in enumerate(found)]
    return "".join(text if at % 2 else text.replace("{{", "{").replace("}}", "}") for at, text in enumerate(texts))


def _known_parts(locale: str, parts: Mapping[str, str], depth: int) -> dict[str, str]:
    """Return translations of those values of a sentence that are sentences, or names of fields, themselves."""
    if depth == _DEEPEST:
        return {}
    names = words_of(locale)
    told = {key: names.get(part) or _found(locale, part, depth + 1) for key, part in parts.items() if part}
    return {key: text for key, text in told.items() if text}


@lru_cache
def _entries(locale: str) -> tuple[list[_Entry], list[_Entry]]:
    """Return (what a reason looks like, its translation), the most telling first: what can be nothing else, and the rest."""
    found = [
        (str(message.id), str(message.string))
        for message in catalogue(locale)
        if message.id and message.string and any(place.startswith(_SAID_IN) for place, _ in message.locations)
    ]
    own = {pattern: _own_letters(pattern) for pattern, _ in found}
    found.sort(key=lambda entry: -own[entry[0]])
    sure = [(_shape(pattern), translation) for pattern, translation in found if own[pattern] >= _LEAST_LETTERS]
    return sure, [(_shape(pattern), translation) for pattern, translation in found[len(sure) :]]


def _own_letters(pattern: str) -> int:
    return sum(sum(map(str.isalpha, literal)) for literal, *_ in Formatter().parse(pattern))


def _shape(pattern: str) -> _Shape:
    letters, names = [""], []
    for literal, name, *_ in Formatter().parse(pattern):
        letters[-1] += literal
        if name is not None:
            names.append(name)
            letters.append("")
    return _Shape(tuple(letters), tuple(names))
