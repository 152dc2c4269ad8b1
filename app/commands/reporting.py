"""How commands tell what went wrong: one line, and a non-zero exit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.engine.core.values import Json
from app.errors import InvalidInput, SluiceError


def read_value(text: str) -> Json:
    """Read a value as typed on the terminal: JSON, or else plain text."""
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value


@contextmanager
def told() -> Iterator[None]:
    """Turn an error of ours into lines on the terminal and exit code 1."""
    try:
        yield
    except InvalidInput as error:
        lines = [f"{p.where}: {p.message}" if p.where else p.message for p in error.problems]
        raise click.ClickException("\n".join(lines)) from error
    except SluiceError as error:
        raise click.ClickException(str(error)) from error
