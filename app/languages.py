"""The languages of the product: which one a reader gets, the canvas's words in it, and how those are found in its code."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import has_request_context, request, session

DEFAULT = "en"
LANGUAGES: Mapping[str, str] = {"en": "English", "zh_Hans_CN": "中文"}
"""What can be chosen, each called as its readers call it."""

TAGS: Mapping[str, str] = {"en": "en", "zh_Hans_CN": "zh-Hans-CN"}
"""What stands in a page's `lang`."""

TRANSLATIONS = Path(__file__).parent / "translations"
_PRIMARY = {"en": "en", "zh": "zh_Hans_CN"}


def language() -> str:
    """Return the reader's language: the chosen one, else the one their browser asks for first, else English."""
    if not has_request_context():
        return DEFAULT
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    asked = sorted(request.accept_languages, key=lambda item: -item[1])
    primary = (str(tag).replace("_", "-").split("-")[0].lower() for tag, quality in asked if quality > 0)
    return next((_PRIMARY[tag] for tag in primary if tag in _PRIMARY), DEFAULT)


@lru_cache(maxsize=len(LANGUAGES))
def script_words(locale: str) -> Mapping[str, str]:
    """Return the canvas's words in a language by their English; none for English. Read once in a process."""
    if locale == DEFAULT:
        return {}
    found = (
        message for message in catalogue(locale) if message.id and any(_is_script(at) for at, _ in message.locations)
    )
    return {str(message.id): str(message.string) for message in found if message.string}


def catalogue(locale: str) -> Catalog:
    """Return the catalogue of a language as translators write it, which names the files that each message is in."""
    with (TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale)


def missing(messages: Catalog) -> list[str]:
    """Return the messages that have no translation, or one that nobody has looked at."""
    return [_first(message) for message in messages if message.id and (message.fuzzy or not _is_whole(message))]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `t` in a script; `text` is None where its first argument is no literal by itself."""

    line: int
    text: str | None
    written: str


def extract_canvas(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Find the texts of t("…") for Babel, whose own reader of scripts loses those inside of nested template strings."""
    for call in calls_in(file.read().decode()):
        if call.text is not None:
            yield call.line, None, call.text, []


def calls_in(script: str) -> list[Call]:
    """Return the calls of `t` in a script, also those within `${…}` of template strings, to any depth."""
    found: list[Call] = []
    line, before, depths = 1, "", list[int]()
    for match in _scan(script, depths):
        kind, text = str(match.lastgroup), match.group()
        if kind == "name" and text == "t" and before not in (".", "function", "async"):
            call = _CALL.match(script, match.end())
            if call:
                literal = call.group("text")
                found.append(
                    Call(line, None if literal is None else _unescaped(literal[1:-1]), _line_at(script, match.start()))
                )
        line += text.count("\n")
        if kind not in ("space", "comment"):
            before = text
    return found


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_$#][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|[^\s])""",
    re.X | re.S,
)
_TEMPLATE = re.compile(r"(?P<template>(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{))", re.S)
_REGEX = re.compile(r"(?P<regex>/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*)")
_CALL = re.compile(r"""\s*\(\s*(?:(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')\s*[,)])?""")
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%~^<>") | {"=>", "return", "typeof", "case", "in", "of", "void", "delete"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _scan(script: str, depths: list[int]) -> Iterator[re.Match[str]]:
    """Split a script into its tokens. `depths` holds the open braces inside of each `${` that has not ended."""
    at, before = 0, ";"
    while at < len(script):
        sign = script[at]
        match = None
        if sign == "`" or (sign == "}" and depths and depths[-1] == 0):
            if sign == "}":
                depths.pop()
            match = _TEMPLATE.match(script, at + 1)
            if match and match.group().endswith("${"):
                depths.append(0)
        elif sign == "/" and script[at + 1 : at + 2] not in ("/", "*") and before in _BEFORE_REGEX:
            match = _REGEX.match(script, at)
        match = match or _TOKEN.match(script, at)
        assert match is not None, "every character is a sign, if nothing else"
        if depths and match.lastgroup == "sign":
            depths[-1] += {"{": 1, "}": -1}.get(match.group(), 0)
        if match.lastgroup not in ("space", "comment"):
            before = match.group() if match.lastgroup in ("sign", "name") else "value"
        at = match.end()
        yield match


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\(u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|.)",
        lambda m: chr(int(m[2] or m[3], 16)) if m[2] or m[3] else _ESCAPES.get(m[1], m[1]),
        text,
    )


def _line_at(script: str, place: int) -> str:
    begin, end = script.rfind("\n", 0, place) + 1, script.find("\n", place)
    return script[begin : end if end >= 0 else None].strip()


def _is_script(place: str) -> bool:
    return place.endswith(".js")


def _first(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def _is_whole(message: Message) -> bool:
    texts = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
    return bool(texts) and all(texts)


def main() -> int:
    """Tell what is not translated yet; called by `make words`."""
    count = 0
    for locale in LANGUAGES:
        for text in missing(catalogue(locale)) if locale != DEFAULT else ():
            count += 1
            print(f"{locale}: {text!r} has no translation")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
