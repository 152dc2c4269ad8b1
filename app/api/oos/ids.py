"""Ids as the dialect writes them: `tpl-` and 8, `d-` and 12, `t-` and more letters and digits.

They are our own numbers, scattered: who sees one learns nothing of how many there are.
"""

from __future__ import annotations

import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_TEMPLATE, _EXECUTION, _RUN = 8, 12, 11
_FACTOR, _SHIFT = 0x9E3779B97F4A7C15, 0x7F4A7C15F39CC060
# Odd and no multiple of 31, so that it has an inverse modulo every power of 62.
assert pow(_FACTOR, -1, 62), "the factor can be undone"


def template_id(number: int) -> str:
    """Write the id of a template."""
    return "tpl-" + _scattered(number, _TEMPLATE)


def execution_id(number: int) -> str:
    """Write the id of an execution."""
    return "d-" + _scattered(number, _EXECUTION)


def task_id(run_id: int, node_id: str) -> str:
    """Write the id of a node in a run."""
    tail = node_id[4:] if node_id.startswith("node") and len(node_id) > 4 else "_" + node_id
    return "t-" + _scattered(run_id, _RUN) + tail


def read_template_id(text: str) -> int | None:
    """Return the template's own number; None for what is no id of one."""
    return _gathered(text.removeprefix("tpl-"), _TEMPLATE) if text.startswith("tpl-") else None


def read_execution_id(text: str) -> int | None:
    """Return the task's own number; None for what is no id of an execution."""
    return _gathered(text.removeprefix("d-"), _EXECUTION) if text.startswith("d-") else None


def read_task_id(text: str) -> tuple[int, str] | None:
    """Return the run and the node of a task; None for what is no id of one."""
    if not text.startswith("t-") or len(text) > 100:
        return None
    head, tail = text[2 : 2 + _RUN], text[2 + _RUN :]
    run_id = _gathered(head, _RUN)
    if run_id is None or not tail:
        return None
    return run_id, tail[1:] if tail.startswith("_") else "node" + tail


def _scattered(number: int, width: int) -> str:
    left, digits = (number * _FACTOR + _SHIFT * width) % 62**width, []
    for _ in range(width):
        left, digit = divmod(left, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def _gathered(text: str, width: int) -> int | None:
    if len(text) != width or not all(digit in _VALUES for digit in text):
        return None
    number = 0
    for digit in text:
        number = number * 62 + _VALUES[digit]
    found = (number - _SHIFT * width) * pow(_FACTOR, -1, 62**width) % 62**width
    return found if 0 < found < 2**63 else None
