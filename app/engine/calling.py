"""Calls a plugin: renders and checks its inputs, and turns whatever it does into a report."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.engine.attempts import Attempt
from app.engine.core.graph import Node
from app.engine.core.run import Phase, Token
from app.engine.core.schema import check_inputs, with_defaults
from app.engine.core.scope import Scope
from app.engine.core.values import Json, dumps
from app.engine.plugins.base import Await, Done, Failed, Outcome, Plugin, Poll
from app.sentences import say

log = logging.getLogger(__name__)

ESCAPED = "_escape_render_keys"
"""The key under which a retry's inputs name those of them that are not to be rendered (bk-sops)."""

_MASK = "******"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a call: the outcome (None for a cancellation), and the inputs as they may be shown."""

    outcome: Outcome | None
    inputs: Mapping[str, Json] | None
    rendered: Mapping[str, Json]


def call_plugin(
    plugin: Plugin | None, node: Node, token: Token, scope: Scope, attempt: Attempt,
    given: Mapping[str, Json] | None, callback: tuple[int, str] | None,
) -> Report:  # fmt: skip
    """Call the method of a node's plugin that the token's phase names; never raises.

    `given` are the inputs of a retry that replace the node's own, `callback` the id and body of the one to take.
    """
    if plugin is None:
        reason = say("there is no plugin {plugin} of version {version} here", plugin=node.plugin, version=node.version)
        return Report(Failed(reason), None, {})
    inputs: dict[str, Json] = {}
    shown = None
    try:
        inputs = render_inputs(plugin, node, scope, given)
        if token.phase is Phase.EXECUTE:
            shown = _shown(plugin, scope, inputs)
            problems = check_inputs(plugin.inputs, inputs)
            if problems:
                return Report(
                    Failed(say("wrong inputs: {problems}", problems="; ".join(p.message for p in problems))),
                    shown,
                    inputs,
                )
        outcome = _call(plugin, token, inputs, attempt, callback)
        if token.phase is not Phase.CANCEL:
            _require_outcome(outcome)
    except Exception as error:
        # A plugin may raise anything; here, and only here, that becomes a failed node.
        log.info("plugin-raised plugin=%s node=%s", node.plugin, node.id, exc_info=True)
        outcome = Failed(say("{kind}: {error}", kind=type(error).__name__, error=error))
    return Report(outcome, shown, inputs)


def render_inputs(plugin: Plugin, node: Node, scope: Scope, given: Mapping[str, Json] | None) -> dict[str, Json]:
    """Return a node's inputs as its plugin gets them; `given` replace the node's own."""
    if given is None and node.inputs_from:
        inputs = scope.value(node.inputs_from)
        assert isinstance(inputs, Mapping), "the run of a loop's element is given its inputs"
        return with_defaults(plugin.inputs, inputs)
    if given is None:
        written, raw, renders = node.inputs, node.raw_inputs, node.renders
    else:
        escaped = given.get(ESCAPED)
        raw = frozenset(map(str, escaped)) if isinstance(escaped, list) else frozenset()
        written, renders = {key: value for key, value in given.items() if key != ESCAPED}, True
    if renders:
        raw = raw | {f.key for f in plugin.inputs if not f.render}
        written = {key: value if key in raw else scope.render(value) for key, value in written.items()}
    return with_defaults(plugin.inputs, written)


def give_up(plugin: Plugin | None, report: Report, attempt: Attempt) -> None:
    """Cancel a wait that a plugin began for an attempt that nobody wants any more."""
    if plugin is None or not isinstance(report.outcome, Poll | Await):
        return
    try:
        plugin.cancel(report.rendered, report.outcome.memo, attempt)
    except Exception:
        # As above: a plugin may raise anything, and this attempt is over.
        log.warning("cancel-failed plugin=%s node=%s", plugin.code, attempt.node_id, exc_info=True)


def _call(
    plugin: Plugin, token: Token, inputs: Mapping[str, Json], attempt: Attempt, callback: tuple[int, str] | None
) -> Outcome | None:
    match token.phase:
        case Phase.EXECUTE:
            return plugin.execute(inputs, attempt)
        case Phase.POLL:
            return plugin.poll(inputs, token.memo, attempt)
        case Phase.CALLBACK:
            body = json.loads(callback[1]) if callback and callback[1] is not None else None
            return plugin.on_callback(inputs, token.memo, body, attempt)
        case Phase.CANCEL:
            plugin.cancel(inputs, token.memo, attempt)
            return None


def _require_outcome(outcome: object) -> None:
    """Raise what makes the node fail when a plugin returned what is no outcome, or one that cannot be stored."""
    if isinstance(outcome, Done | Failed):
        kept = outcome.outputs
    elif isinstance(outcome, Poll | Await):
        kept = outcome.memo
    else:
        raise TypeError(f"the plugin returned {outcome!r}; Done, Failed, Poll or Await is wanted")
    if not isinstance(kept, Mapping):
        raise TypeError(f"the plugin's outputs or memo must be a mapping, not {type(kept).__name__}")
    if isinstance(outcome, Poll) and not isinstance(outcome.after, timedelta):
        raise TypeError(f"Poll is after a timedelta, not {outcome.after!r}")
    if kept:
        dumps(kept).encode()


def _shown(plugin: Plugin, scope: Scope, inputs: Mapping[str, Json]) -> Mapping[str, Json]:
    secret = {f.key for f in plugin.inputs if f.secret}
    shown = {key: _MASK if key in secret and value else value for key, value in inputs.items()}
    redacted = scope.redact(shown)
    assert isinstance(redacted, Mapping)
    return redacted
