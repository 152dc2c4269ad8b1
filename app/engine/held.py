"""A run in a worker's memory, and how what has changed of it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.engine.core.graph import Graph
from app.engine.core.groups import group_of
from app.engine.core.run import NodeRun, Run, Token
from app.engine.core.scope import MASK, Scope
from app.engine.core.step_scope import made_of
from app.engine.core.values import Json, dumps
from app.engine.rows import (
    DELETE_TOKEN,
    INSERT_NODE_RUN,
    INSERT_TOKEN,
    UPDATE_NODE_RUN,
    UPDATE_NODE_RUN_WITH_INPUTS,
    UPDATE_RUN,
    UPDATE_TOKEN,
    UPSERT_STEP_OUTPUT,
    UPSERT_VALUE,
    RunHead,
    Values,
    node_run_values,
    run_values,
    token_values,
)
from app.engine.store import Tx


@dataclass(slots=True)
class Held:
    """A run in a flight, and what of it is still to be written. `stored` are the ids of tokens that have rows."""

    head: RunHead
    graph: Graph
    run: Run
    values: Values
    has_secrets: bool
    stored: set[int]
    owners: dict[int, str | None]
    tokens: dict[int, Token | None] = field(default_factory=dict)
    entered: dict[tuple[str, int, int], NodeRun] = field(default_factory=dict)
    changed: dict[tuple[str, int, int], NodeRun] = field(default_factory=dict)
    new_values: dict[str, Json] = field(default_factory=dict)
    inputs: dict[tuple[str, int, int], Mapping[str, Json]] = field(default_factory=dict)
    is_changed: bool = False
    finished_at: datetime | None = None
    outputs: Mapping[str, Json] | None = None

    def write(self, tx: Tx) -> None:
        """Write down everything that has changed since the last write."""
        self._write_node_runs(tx)
        self._write_tokens(tx)
        if self.new_values:
            self._write_values(tx)
        if self.is_changed:
            outputs = self.values.kept(self.outputs) if self.outputs else self.outputs
            tx.run(UPDATE_RUN, (*run_values(self.run, self.finished_at, outputs), self.head.id))
            self.is_changed = False

    def _write_values(self, tx: Tx) -> None:
        run_id, named, made = self.head.id, [], []
        for name, value in self.values.kept(self.new_values).items():
            of_step = made_of(name)
            if of_step is None:
                named.append((run_id, name, dumps(value)))
            else:
                made.append((run_id, *of_step, dumps(value)))
        tx.many(UPSERT_VALUE, named)
        tx.many(UPSERT_STEP_OUTPUT, made)
        self.new_values = {}

    def _write_node_runs(self, tx: Tx) -> None:
        run_id = self.head.id
        for key, node_run in self.changed.items():
            values = node_run_values(node_run, self._shown(node_run.node_id, node_run.outputs))
            if key in self.inputs:
                inputs = dumps(self.inputs.pop(key))
                tx.run(UPDATE_NODE_RUN_WITH_INPUTS, (*values, inputs, run_id, *key))
            else:
                tx.run(UPDATE_NODE_RUN, (*values, run_id, *key))
        for key, inputs_left in self.inputs.items():
            tx.run(
                "UPDATE node_run SET inputs = ? WHERE run_id = ? AND node_id = ? AND loop = ? AND attempt = ?",
                (dumps(inputs_left), run_id, *key),
            )
        tx.many(
            INSERT_NODE_RUN,
            [
                (*node_run_values(n, self._shown(n.node_id, n.outputs)), None, run_id, *key)
                for key, n in self.entered.items()
            ],
        )
        self.changed, self.entered, self.inputs = {}, {}, {}

    def _shown(self, node_id: str, outputs: Mapping[str, Json] | None) -> Mapping[str, Json] | None:
        if outputs is None or not self.has_secrets:
            return outputs
        child = self.graph.nodes[node_id].child
        own = child.variables if child is not None else {}
        shown = {key: MASK if key in own and own[key].secret else value for key, value in outputs.items()}
        redacted = Scope(self.graph.variables, self.values, {}).redact(shown)
        assert isinstance(redacted, Mapping)
        return redacted

    def _write_tokens(self, tx: Tx) -> None:
        run_id, new, gone = self.head.id, [], []
        for id_, token in self.tokens.items():
            if token is None:
                if id_ in self.stored:
                    gone.append((run_id, id_))
                    self.stored.discard(id_)
                continue
            values = token_values(token, self.owners.get(id_), group_of(self.graph.nodes[token.node_id]))
            if id_ in self.stored:
                tx.run(UPDATE_TOKEN, (*values, run_id, id_))
            else:
                new.append((*values, self.head.root_id, run_id, id_))
                self.stored.add(id_)
        tx.many(DELETE_TOKEN, gone)
        tx.many(INSERT_TOKEN, new)
        self.tokens = {}
