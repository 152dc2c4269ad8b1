"""How runs, tokens and node runs are written to rows and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.engine.core.groups import ANYONE
from app.engine.core.run import Fork, NodeRun, NodeState, Phase, Run, RunState, Token, Wait
from app.engine.core.step_scope import made_of
from app.engine.core.values import Json, dumps
from app.engine.store import Row, Tx, insert, update
from app.models.base import from_micros, to_micros
from app.models.sealed import is_sealed, seal, unseal

_TOKEN = (
    "node_id", "wait", "phase", "forks", "loop", "attempt", "claim_at", "owner", "fence", "deadline", "memo",
    "losses",
)  # fmt: skip
_NODE_RUN = (
    "state", "skipped", "error_ignored", "auto_retries", "started_at", "finished_at", "reason", "given", "outputs",
)  # fmt: skip
_KEY = ("run_id", "node_id", "loop", "attempt")
_WHERE_KEY = "run_id = ? AND node_id = ? AND loop = ? AND attempt = ?"
_RUN = ("task_id", "root_id", "parent_id", "parent_token", "path", "state", "is_blocked", "holds", "next_id",
    "has_failed", "passes",
)  # fmt: skip

INSERT_TOKEN = insert("run_token", (*_TOKEN, "worker_group", "root_id", "run_id", "id"))
UPDATE_TOKEN = update("run_token", (*_TOKEN, "worker_group"), "run_id = ? AND id = ?")
DELETE_TOKEN = "DELETE FROM run_token WHERE run_id = ? AND id = ?"
INSERT_NODE_RUN = insert("node_run", (*_NODE_RUN, "inputs", *_KEY))
UPDATE_NODE_RUN = update("node_run", _NODE_RUN, _WHERE_KEY)
UPDATE_NODE_RUN_WITH_INPUTS = update("node_run", (*_NODE_RUN, "inputs"), _WHERE_KEY)
UPSERT_VALUE = (
    "INSERT INTO run_value (run_id, name, value) VALUES (?, ?, ?) "
    "ON CONFLICT (run_id, name) DO UPDATE SET value = excluded.value"
)
UPSERT_STEP_OUTPUT = (
    "INSERT INTO step_output (run_id, name, node_id, value) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (run_id, name, node_id) DO UPDATE SET value = excluded.value"
)
UPDATE_RUN = (
    "UPDATE run SET state = ?, is_blocked = ?, holds = ?, next_id = ?, finished_at = ?, outputs = ?, has_failed = ?,"
    " passes = ? WHERE id = ?"
)
_SELECT_MADE = "SELECT node_id, value FROM step_output WHERE run_id = ? AND name = ?"
LOCK_ROOT = "UPDATE run SET version = version + 1 WHERE id = ? RETURNING version"
_SELECT_RUN = f"SELECT {', '.join(_RUN)} FROM run WHERE id = ?"
_SELECT_TOKENS = f"SELECT id, {', '.join(_TOKEN)} FROM run_token WHERE run_id = ?"
_SELECT_NODE_RUNS = (
    f"SELECT node_id, loop, attempt, {', '.join(_NODE_RUN)} FROM node_run WHERE run_id = ? AND node_id IN"
)


@dataclass(frozen=True, slots=True)
class RunHead:
    """Where a run belongs: its task, its root, and the token of its parent that it works for."""

    id: int
    task_id: int
    root_id: int
    parent_id: int | None
    parent_token: int | None
    path: tuple[str, ...]


def read_run(tx: Tx, run_id: int, tokens: Mapping[int, Token], node_runs: Mapping[str, NodeRun]) -> tuple[RunHead, Run]:
    """Read a run's own row and put it together with its tokens and node runs."""
    row = tx.one(_SELECT_RUN, (run_id,))
    assert row is not None, "a token's run exists"
    task_id, root_id, parent_id, parent_token, path, state, is_blocked, holds, next_id, has_failed, passes = row
    head = RunHead(run_id, task_id, root_id, parent_id, parent_token, tuple(path.split("/")) if path else ())
    run = Run(
        RunState(state), bool(is_blocked), frozenset(json.loads(holds)), next_id, tokens, node_runs, bool(has_failed),
        passes,
    )  # fmt: skip
    return head, run


def read_tokens(tx: Tx, run_id: int) -> tuple[dict[int, Token], dict[int, str | None]]:
    """Read a run's tokens by id, and who holds those that are claimed."""
    tokens, owners = {}, {}
    for row in tx.all(_SELECT_TOKENS, (run_id,)):
        id_, node_id, wait, phase, forks, loop, attempt, claim_at, owner, fence, deadline, memo, losses = row
        open_forks = tuple(Fork(*fork) for fork in json.loads(forks))
        tokens[id_] = Token(
            id_, node_id, Wait(wait), Phase(phase), open_forks, loop, attempt, _moment(claim_at), fence,
            _moment(deadline), json.loads(memo), losses,
        )  # fmt: skip
        owners[id_] = owner
    return tokens, owners


def read_node_runs(tx: Tx, run_id: int, node_ids: Iterable[str]) -> dict[str, NodeRun]:
    """Read the current node run of each of the nodes that has one."""
    current: dict[str, NodeRun] = {}
    for node_run in _node_runs(tx.all_in(_SELECT_NODE_RUNS, (run_id,), node_ids)):
        known = current.get(node_run.node_id)
        if known is None or (known.loop, known.attempt) < (node_run.loop, node_run.attempt):
            current[node_run.node_id] = node_run
    return current


def token_values(token: Token, owner: str | None, group: str = ANYONE) -> tuple[Any, ...]:
    """Return a token's columns in the order of `UPDATE_TOKEN`, without its keys; `group` is whose workers may claim it."""
    return (
        token.node_id, token.wait.value, token.phase.value, dumps(token.forks) if token.forks else "[]", token.loop,
        token.attempt, _micros(token.due), owner if token.wait is Wait.RUNNING else None, token.fence,
        _micros(token.deadline), dumps(token.memo) if token.memo else "{}",
        token.losses, group,
    )  # fmt: skip


def node_run_values(node_run: NodeRun, outputs: Mapping[str, Json] | None) -> tuple[Any, ...]:
    """Return a node run's columns in the order of `UPDATE_NODE_RUN`, without its keys; `outputs` are as shown."""
    return (
        node_run.state.value, node_run.skipped, node_run.error_ignored, node_run.auto_retries,
        to_micros(node_run.started_at), _micros(node_run.finished_at), node_run.reason, _text(node_run.given),
        _text(outputs),
    )  # fmt: skip


def run_values(run: Run, finished_at: datetime | None, outputs: Mapping[str, Json] | None) -> tuple[Any, ...]:
    """Return a run's changing columns in the order of `UPDATE_RUN`, without its key."""
    holds = dumps(sorted(run.holds))
    return (
        run.state.value, run.is_blocked, holds, run.next_id, _micros(finished_at), _text(outputs), run.has_failed,
        run.passes,
    )  # fmt: skip


def insert_run(
    tx: Tx, task_id: int, now: datetime, *, parent: RunHead | None = None, token: int | None = None,
    path: tuple[str, ...] = (), element: int | None = None,
) -> int:  # fmt: skip
    """Write a new run down and return its id; one without a parent is the root of its task."""
    row = tx.one(
        "INSERT INTO run (task_id, root_id, parent_id, parent_token, path, state, is_blocked, holds, next_id,"
        " version, started_at, element) VALUES (?, ?, ?, ?, ?, 'running', ?, '[]', 1, 0, ?, ?) RETURNING id",
        (task_id, parent.root_id if parent else None, parent.id if parent else None, token, "/".join(path), False,
         to_micros(now), element),
    )  # fmt: skip
    assert row is not None, "an INSERT returns its row"
    run_id: int = row[0]
    return run_id


def insert_root(tx: Tx, task_id: int, now: datetime, start: str) -> int:
    """Write the root run of a task down, with a token before the node `start` that is ready to begin; returns its id."""
    run_id = insert_run(tx, task_id, now)
    first = Token(1, start, Wait.READY, due=now)
    tx.run("UPDATE run SET root_id = id, next_id = 2 WHERE id = ?", (run_id,))
    tx.run(INSERT_TOKEN, (*token_values(first, None), run_id, run_id, first.id))
    return run_id


def insert_roots(tx: Tx, roots: Sequence[tuple[int, int, str]], now: datetime) -> None:
    """Write the root runs of many tasks down, each as `insert_root` does: (its id, which must be free, the task's, start)."""
    sql = (
        "INSERT INTO run (id, task_id, root_id, path, state, is_blocked, holds, next_id, version, started_at)"
        " VALUES (?, ?, ?, '', 'running', ?, '[]', 2, 0, ?)"
    )
    tx.many(sql, [(run_id, task_id, run_id, False, to_micros(now)) for run_id, task_id, _ in roots])
    first = [(run_id, Token(1, start, Wait.READY, due=now)) for run_id, _, start in roots]
    tx.many(INSERT_TOKEN, [(*token_values(token, None), run_id, run_id, token.id) for run_id, token in first])


class Values(Mapping[str, Json]):
    """The values that a run's variables have got, read when they are first asked for.

    `prefetch` reads many at once; a burst prefetches what a node needs, so that nothing is read twice and a flow
    with ten thousand outputs does not load them all. Those of the variables `secret` stand sealed for `owner` in the
    database; one from before that was done is read as it is.
    """

    def __init__(self, run_id: int, secret: frozenset[str] = frozenset(), owner: str = "") -> None:
        self._run_id, self._secret, self._owner = run_id, secret, owner
        self._known: dict[str, Json] = {}
        self._absent: set[str] = set()
        self._made: dict[str, dict[str, Json]] = {}
        self._made_read: set[str] = set()
        self.tx: Tx | None = None

    def prefetch(self, tx: Tx, names: Iterable[str]) -> None:
        """Read the values of `names` that are not known yet."""
        missing = [name for name in names if name not in self._known and name not in self._absent]
        sql = "SELECT name, value FROM run_value WHERE run_id = ? AND name IN"
        self._known.update(
            (name, self._opened(name, value)) for name, value in tx.all_in(sql, (self._run_id,), missing)
        )
        self._absent.update(name for name in missing if name not in self._known)

    def kept(self, values: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return values as they are written: passwords sealed."""
        if not self._secret or self._secret.isdisjoint(values):
            return values
        return {name: self._sealed(value) if name in self._secret else value for name, value in values.items()}

    def _sealed(self, value: Json) -> Json:
        return seal(dumps(value), self._owner) if value not in (None, "") else value

    def _opened(self, name: str, text: str) -> Json:
        value: Json = json.loads(text)
        if name in self._secret and isinstance(value, str) and is_sealed(value):
            value = json.loads(unseal(value, (self._owner,)))
        return value

    def prefetch_made(self, tx: Tx, names: Iterable[str]) -> None:
        """Read what steps have made under `names`, where it has not been read yet."""
        for name in names:
            if name not in self._made_read:
                made = self._made.setdefault(name, {})
                for node_id, value in tx.all(_SELECT_MADE, (self._run_id, name)):
                    made.setdefault(node_id, json.loads(value))
                self._made_read.add(name)

    def made(self, name: str) -> Mapping[str, Json]:
        """Return what steps have made under a name, by their node ids."""
        if self.tx is not None:
            self.prefetch_made(self.tx, (name,))
        return self._made.get(name, {})

    def learn(self, values: Mapping[str, Json]) -> None:
        """Take over values that are being written."""
        for key, value in values.items():
            of_step = made_of(key)
            if of_step is None:
                self._known[key] = value
                self._absent.discard(key)
            else:
                self._made.setdefault(of_step[0], {})[of_step[1]] = value

    def __getitem__(self, name: str) -> Json:
        if name not in self._known and name not in self._absent and self.tx is not None:
            self.prefetch(self.tx, (name,))
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        try:
            self[name]  # type: ignore[index]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _node_runs(rows: Iterable[Row]) -> Iterator[NodeRun]:
    for row in rows:
        node_id, loop, attempt, state, skipped, ignored, auto_retries, started, finished, reason, given, outputs = row
        yield NodeRun(
            node_id, loop, attempt, NodeState(state), from_micros(started), _moment(finished), bool(skipped),
            bool(ignored), auto_retries, reason, _json(given), _json(outputs),
        )  # fmt: skip


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _text(value: Json) -> str | None:
    return None if value is None else dumps(value)


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
