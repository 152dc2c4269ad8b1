"""The loop of a step: its elements are tokens at the step, one for each, numbered by their memo's `index`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.engine.core.expressions import ExpressionError
from app.engine.core.graph import Node
from app.engine.core.run import EndChild, StartChild, Token, Wait
from app.engine.core.step_ends import fail_or_retry, succeed
from app.engine.core.values import Json

if TYPE_CHECKING:
    from app.engine.core.move import Move

ELEMENT_INPUTS = "inputs"
"""The variable of an element's run that holds the inputs of its one step."""

MOST_ELEMENTS = 1000
"""How many elements a loop may have."""


def elements_of(value: Json) -> Sequence[Mapping[str, Json]]:
    """Return a loop's elements from a list of objects (perhaps each under `properties`), or from an object of lists.

    Raises ExpressionError for anything else, for lists of different lengths and for too many elements.
    """
    if isinstance(value, Mapping):
        lists = {key: part for key, part in value.items() if isinstance(part, list | tuple)}
        if len(lists) != len(value) or len({len(part) for part in lists.values()}) > 1:
            raise ExpressionError("a loop over an object needs a list under each key, all of the same length")
        total = len(next(iter(lists.values()), ()))
        found: list[Any] = [{key: part[index] for key, part in lists.items()} for index in range(total)]
    elif isinstance(value, list | tuple):
        found = [e["properties"] if isinstance(e, Mapping) and set(e) == {"properties"} else e for e in value]
    else:
        raise ExpressionError("a loop goes over a list of objects, or over an object of lists")
    if not all(isinstance(element, Mapping) for element in found):
        raise ExpressionError("each element of a loop is an object: the names of its values and the values")
    if len(found) > MOST_ELEMENTS:
        raise ExpressionError(f"a loop has at most {MOST_ELEMENTS} elements, not {len(found)}")
    return found


def single(move: Move, node: Node) -> Token:
    """End the child runs of a step's elements and take their tokens together to one, which is returned."""
    here = sorted(_elements(move, node), key=_index)
    for token in here:
        if token.wait is Wait.CHILD:
            move.effects.append(EndChild(token.id))
    for token in here[1:]:
        move.drop(token)
    return move.put(here[0], wait=Wait.READY, memo={}, deadline=None)


def go_on_with_elements(move: Move, node: Node) -> None:
    """Begin the elements of a loop that may begin; when all have ended, or too many failed, so has the step."""
    assert node.step is not None
    node_run = move.node_run(node.id)
    assert node_run is not None, "a step whose elements stand at it has begun"
    is_settled = False
    while not is_settled:
        here = sorted(_elements(move, node), key=_index)
        ended = [t for t in here if t.wait is Wait.JOINING]
        failed = [t for t in ended if t.memo["reason"]]
        if len(failed) > node.step.tolerance.of(len(here)):
            first = failed[0]
            text = f"{len(failed)} of {len(here)} elements failed; element {_index(first)}: {first.memo['reason']}"
            fail_or_retry(move, single(move, node), node, node_run, text, {})
            return
        if len(ended) == len(here):
            succeed(move, single(move, node), node, node_run, _gathered(ended))
            return
        room = max(1, node.step.width.of(len(here))) - sum(t.wait is Wait.CHILD for t in here)
        waiting = [] if move.is_stopped else [t for t in here if t.wait is Wait.LIMIT]
        is_settled = all([_begin_element(move, token, node) for token in waiting[: max(0, room)]])


def _begin_element(move: Move, token: Token, node: Node) -> bool:
    """Order the child run of an element; returns False, and has ended the element, where its inputs cannot be rendered."""
    element = token.memo["element"]
    assert isinstance(element, Mapping)
    try:
        params = params_of(move, node, element)
    except ExpressionError as error:
        end_element(move, token, {}, f"its inputs cannot be rendered: {error}")
        return False
    move.put(token, wait=Wait.CHILD)
    move.effects.append(StartChild(token.id, node.id, params, _index(token)))
    return True


def end_element(move: Move, token: Token, outputs: Mapping[str, Json], reason: str) -> None:
    """Let an element wait for the others with what it has come to; one that failed has a reason."""
    memo: dict[str, Json] = {"index": token.memo["index"], "outputs": dict(outputs), "reason": reason}
    move.put(token, wait=Wait.JOINING, due=None, memo=memo)


def _gathered(ended: Sequence[Token]) -> dict[str, Json]:
    """Return the outputs of a loop: under each key the list of what the elements gave, in their order."""
    keys = dict.fromkeys(key for token in ended for key in _outputs(token) if not key.startswith("_"))
    return {key: [_outputs(token).get(key) for token in ended] for key in keys}


def params_of(move: Move, node: Node, element: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Render what a child run is given: a flow's variables, or the inputs of the one step of an element."""
    scope = move.step_scope(node, element)
    if not node.plugin:
        return {name: scope.render(value) for name, value in {**node.params, **(element or {})}.items()}
    return {ELEMENT_INPUTS: {key: scope.render(value) for key, value in {**node.inputs, **(element or {})}.items()}}


def _elements(move: Move, node: Node) -> list[Token]:
    return [t for t in move.standing_at(node.id) if "index" in t.memo]


def _index(token: Token) -> int:
    index = token.memo["index"]
    assert isinstance(index, int)
    return index


def _outputs(token: Token) -> Mapping[str, Json]:
    outputs = token.memo["outputs"]
    assert isinstance(outputs, Mapping)
    return outputs
