"""How the command shows things: tables, the progress of a task, and JSON for other programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from app.client.following import Standing, Step

MARKS = {"RUNNING": "…", "FINISHED": "✓", "FAILED": "✗", "SUSPENDED": "‖", "NODE_SUSPENDED": "‖", "REVOKED": "⊘"}
COLOURS = {"FINISHED": "green", "FAILED": "red", "RUNNING": "blue"}


def show_json(value: Any) -> None:
    """Print a value for another program to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under heads, in columns as wide as what they hold."""
    lines = [[_plain(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip())


def show_step(step: Step) -> None:
    """Print one node of a task."""
    notes = [f"pass {step.loop}"] if step.loop > 1 else []
    notes += [f"attempt {step.retry + 1}"] if step.retry else []
    notes += [f"{step.elapsed_s} s"] if step.elapsed_s else []
    told = f" ({', '.join(notes)})" if notes else ""
    mark = click.style(MARKS.get(step.state, "·"), fg=COLOURS.get(step.state))
    click.echo(f"{'  ' * step.depth}{mark} {_plain(step.name)}: {words_of(step.state)}{told}")


class Progress:
    """Prints what has changed since the last time a task was looked at."""

    def __init__(self, url: str) -> None:
        self._url, self._seen, self._asked = url, set[Step](), False

    def show(self, standing: Standing) -> None:
        """Print the nodes that have moved on, and once that a person is needed."""
        for step in standing.steps:
            if step not in self._seen:
                show_step(step)
        self._seen = set(standing.steps)
        if standing.needs_person and not self._asked and not standing.is_over:
            click.echo(f"☞ waits for a person: {self._url}")
        self._asked = standing.needs_person


def words_of(state: str) -> str:
    """Write a state as a word."""
    return {"NODE_SUSPENDED": "paused", "SUSPENDED": "paused"}.get(state, state.lower())


def _plain(cell: object) -> str:
    """Write a cell on one line, without what would steer the terminal."""
    text = "" if cell is None else str(cell)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
