"""How much one evaluation may do and make, and the errors of the expression language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from app.sentences import say

_T = TypeVar("_T")

_STEPS = 5_000
_SIZE = 300_000
_BITS = 4_096
_BITS_OF_A_WORD = 64


class ExpressionError(ValueError):
    """An expression is not allowed, too large, or cannot be evaluated; the text says why."""


class UnknownName(ExpressionError):
    """An expression names something that has no value."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(say("{name} has no value", name=name))


class Budget:
    """Counts the steps of one evaluation and the size of all it makes.

    A character and an element are 1, and a number is 1 for every 64 bits.
    """

    __slots__ = ("_size", "_steps")

    def __init__(self) -> None:
        self._steps, self._size = _STEPS, _SIZE

    def step(self) -> None:
        """Count one step."""
        self._steps -= 1
        if self._steps < 0:
            raise ExpressionError(say("the expression takes more than {most} steps", most=_STEPS))

    def spend(self, size: int) -> None:
        """Count something of `size` that is about to be made."""
        self._size -= size
        if self._size < 0:
            raise ExpressionError(say("the expression makes too much"))

    def made(self, value: _T) -> _T:
        """Count a value that was made of parts that are there already, and return it."""
        self.spend(self.weigh(value))
        return value

    def weigh(self, value: Any) -> int:
        """Return a value's size with all that it holds; stops counting where it is more than may be made."""
        if isinstance(value, str):
            return len(value)
        if isinstance(value, int):
            return 1 + value.bit_length() // _BITS_OF_A_WORD
        if isinstance(value, Mapping):
            value = [*value.keys(), *value.values()]
        if not isinstance(value, list):
            return 1
        weight = len(value)
        for part in value:
            weight += self.weigh(part)
            if weight > _SIZE:
                raise ExpressionError(say("the expression makes too much"))
        return weight

    def read(self, value: Any) -> None:
        """Count the reading of a value that is compared."""
        if isinstance(value, str):
            self.spend(len(value) // 64)
        elif isinstance(value, list | Mapping):
            self.spend(self.weigh(value) // 4)

    def number(self, bits: int) -> None:
        """Check that a whole number about to be made is not too long."""
        if bits > _BITS:
            raise ExpressionError(say("a whole number has at most {most} bits", most=_BITS))
