"""Reads a tree's JSON into types, and collects everything that is wrong with its shape on the way.

All generations of bk-sops are understood: one flow or a list of them, `can_retry` and `isSkipped` beside `retryable` and
`skippable`, ids of any shape that is a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.engine.core.behaviour_reading import BehaviourReading
from app.engine.core.languages import LANGUAGES
from app.engine.core.step_reading import read_step
from app.engine.core.tree import (
    Activity,
    Constant,
    Flow,
    Gateway,
    Input,
    ServiceActivity,
    SubProcess,
    Tree,
)
from app.engine.core.values import Json
from app.errors import InvalidInput
from app.sentences import say

DEPENDENCIES = "dependencies"
"""The kind of a tree whose activities are steps that wait for one another."""

GATEWAY_TYPES = ("ExclusiveGateway", "ParallelGateway", "ConditionalParallelGateway", "ConvergeGateway")
SOURCE_TYPES = ("component_inputs", "component_outputs", "custom", "system", "project")
_KEY = re.compile(r"\$\{[a-zA-Z_][a-zA-Z0-9_]*\}|[a-zA-Z_][a-zA-Z0-9_]*")
LONGEST_NAME, LONGEST_KEY = 128, 128
"""Of a node's name and of a variable's key."""

LONGEST_TYPED_NAME = 50
"""How long people may make the name of a node, a stage or a variable in the editor, as in bk-sops; longer ones come by API."""

MOST_NODES = 20_000
_DEEPEST = 20
_NO_MAPPING: Mapping[str, Any] = {}


def parse_tree(document: Mapping[str, Json]) -> Tree:
    """Read a tree; raises InvalidInput with everything that is wrong with its shape."""
    reading = Reading()
    tree = reading.tree(document, 0)
    if reading.problems:
        raise InvalidInput.of(reading.problems)
    return tree


def parse_constants(document: Mapping[str, Json]) -> Mapping[str, Constant]:
    """Read the variables of a tree by themselves; raises InvalidInput with everything that is wrong with them."""
    reading = Reading()
    constants = reading.constants({"constants": document})
    if reading.problems:
        raise InvalidInput.of(reading.problems)
    return constants


class Reading(BehaviourReading):
    """One reading of a document; `problems` grows as it goes, and what is unreadable is replaced by something plain."""

    def __init__(self) -> None:
        super().__init__()
        self._nodes = 0

    def tree(self, document: Any, depth: int) -> Tree:
        """Read a tree, and the trees of its subprocesses."""
        if not isinstance(document, Mapping):
            self._wrong("shape", say("a tree is an object"), "")
            document = _NO_MAPPING
        if depth > _DEEPEST:
            self._wrong("too_deep", say("subprocesses are nested more than {most} levels deep", most=_DEEPEST), "")
            document = _NO_MAPPING
        activities = {k: self._activity(k, v, depth) for k, v in self._objects(document, "activities")}
        gateways = {k: self._gateway(k, v) for k, v in self._objects(document, "gateways")}
        self._count(len(activities) + len(gateways))
        tree = Tree(
            self._event(document, "start_event"),
            self._event(document, "end_event"),
            {k: v for k, v in activities.items() if v is not None},
            {k: v for k, v in gateways.items() if v is not None},
            {k: self._flow(k, v) for k, v in self._objects(document, "flows")},
            self.constants(document),
            self._texts(document.get("outputs", []), "outputs"),
            document,
            self._kind(document),
            self._language(document),
            self._parallelism(document),
            self._group(document, "worker_group"),
            self._begins_midway(document),
        )
        self._check_flows(tree)
        for part in ("line", "location"):
            self._check_canvas(document.get(part), part)
        return tree

    def constants(self, document: Mapping[str, Any]) -> dict[str, Constant]:
        """Read the variables of a tree."""
        return {k: self._constant(k, v) for k, v in self._objects(document, "constants")}

    def _kind(self, document: Mapping[str, Any]) -> bool:
        kind = document.get("kind")
        if kind not in (None, "", DEPENDENCIES):
            self._wrong(
                "kind",
                say(
                    "a tree is of no kind, or of kind {dependencies!r}; this is of {kind}",
                    dependencies=DEPENDENCIES,
                    kind=repr(kind)[:80],
                ),
                "kind",
            )
        return bool(kind == DEPENDENCIES)

    def _language(self, document: Mapping[str, Any]) -> str:
        language = document.get("language") or ""
        if not isinstance(language, str) or language not in LANGUAGES:
            known = [*filter(None, LANGUAGES)]
            self._wrong(
                "language",
                say(
                    "a tree has no language, or one of {known}; this has {language}",
                    known=known,
                    language=repr(language)[:80],
                ),
                "language",
            )
            return ""
        return str(language)

    def _parallelism(self, document: Mapping[str, Any]) -> int:
        most = document.get("parallelism") or 0
        if isinstance(most, bool) or not isinstance(most, int) or most < 0:
            self._wrong(
                "parallelism",
                say("parallelism is a whole number from 0 (no limit), not {most}", most=repr(most)[:80]),
                "parallelism",
            )
            return 0
        return most

    def _begins_midway(self, document: Mapping[str, Any]) -> bool:
        start = document.get("start_event")
        return isinstance(start, Mapping) and self._flag(start, "start_event", False, "midway")

    def _check_canvas(self, entries: Any, part: str) -> None:
        """The engine has no use for the picture, but what it does have must be a list of objects."""
        if entries is None:
            return
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            self._wrong("shape", say("{part} must be a list of objects", part=part), part)
            return
        for entry in entries if part == "line" else ():
            if not all(isinstance(entry.get(end), Mapping) for end in ("source", "target")):
                self._wrong(
                    "shape",
                    say(
                        "an entry of line needs source and target, each an object with id and arrow: {entry}",
                        entry=str(entry)[:80],
                    ),
                    part,
                )

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES >= self._nodes - nodes:
            self._wrong("too_large", say("a flow has at most {most} nodes", most=MOST_NODES), "")

    def _activity(self, id_: str, entry: Mapping[str, Any], depth: int) -> Activity | None:
        if not 1 <= len(self._name(entry)) <= LONGEST_NAME:
            self._wrong(
                "name", say("activity {id} needs a name of 1 to {most} characters", id=id_, most=LONGEST_NAME), id_
            )
        common: dict[str, Any] = {
            "id": id_,
            "name": self._name(entry),
            "stage_name": str(entry.get("stage_name") or ""),
            "incoming": self._ids(entry, "incoming", id_),
            "outgoing": self._ids(entry, "outgoing", id_),
            "optional": self._flag(entry, id_, False, "optional"),
            "error_ignorable": self._flag(entry, id_, False, "error_ignorable"),
            "skippable": self._flag(entry, id_, True, "skippable", "isSkipped"),
            "retryable": self._flag(entry, id_, True, "retryable", "can_retry"),
            "step": read_step(entry.get("step"), id_, self.problems),
        }
        match entry.get("type"):
            case "ServiceActivity":
                return self._service(id_, entry, common)
            case "SubProcess":
                return self._subprocess(id_, entry, common, depth)
            case other:
                self._wrong(
                    "type",
                    say(
                        "activity {id} is of type {other!r}; there are ServiceActivity, SubProcess", id=id_, other=other
                    ),
                    id_,
                )
                return None

    def _service(self, id_: str, entry: Mapping[str, Any], common: dict[str, Any]) -> ServiceActivity:
        component = entry.get("component")
        if not isinstance(component, Mapping) or not isinstance(component.get("code"), str) or not component["code"]:
            self._wrong("component", say("activity {id} needs component.code, the plugin that it calls", id=id_), id_)
            component = {"code": "", "data": {}}
        data = component.get("data", component.get("inputs")) or {}
        if not isinstance(data, Mapping):
            self._wrong("component", say("component.data of activity {id} must be an object", id=id_), id_)
            data = {}
        return ServiceActivity(
            **common,
            code=component["code"],
            version=str(component.get("version") or "legacy"),
            inputs={key: self._input(value) for key, value in data.items()},
            auto_retry=self._auto_retry(id_, entry.get("auto_retry")),
            timeout=self._timeout(id_, entry.get("timeout_config")),
            worker_group=self._group(entry, id_),
            executor_proxy=self._proxy(entry, id_),
        )

    def _input(self, value: Any) -> Input:
        if isinstance(value, Mapping) and "value" in value:
            return Input(value["value"], bool(value.get("hook", False)), value.get("need_render", True) is not False)
        return Input(value)

    def _subprocess(self, id_: str, entry: Mapping[str, Any], common: dict[str, Any], depth: int) -> SubProcess:
        constants = entry.get("constants") or {}
        if not isinstance(constants, Mapping):
            self._wrong("shape", say("constants of subprocess {id} must be an object", id=id_), id_)
            constants = {}
        pipeline = entry.get("pipeline")
        return SubProcess(
            **common,
            template_id=str(entry.get("template_id") or ""),
            template_source=str(entry.get("template_source") or "business"),
            version=str(entry.get("version") or ""),
            always_use_latest=bool(entry.get("always_use_latest", False)),
            constants={k: self._constant(k, v) for k, v in constants.items() if isinstance(v, Mapping)},
            pipeline=None if pipeline is None else self.tree(pipeline, depth + 1),
        )

    def _gateway(self, id_: str, entry: Mapping[str, Any]) -> Gateway | None:
        type_ = entry.get("type")
        if type_ not in GATEWAY_TYPES:
            self._wrong(
                "type",
                say(
                    "gateway {id} is of type {type!r}; there are {known}", id=id_, type=type_, known=list(GATEWAY_TYPES)
                ),
                id_,
            )
            return None
        conditions, default, extra = (
            entry.get("conditions") or {},
            entry.get("default_condition"),
            entry.get("extra_info"),
        )
        if not isinstance(conditions, Mapping):
            self._wrong("shape", say("conditions of gateway {id} must be an object", id=id_), id_)
            conditions = {}
        texts = {}
        for flow_id, condition in conditions.items():
            text = condition.get("evaluate") if isinstance(condition, Mapping) else None
            if isinstance(text, str):
                texts[flow_id] = text
            else:
                self._wrong(
                    "condition",
                    say("the condition of line {line} at gateway {id} needs a text, evaluate", line=flow_id, id=id_),
                    flow_id,
                )
        return Gateway(
            id_, self._name(entry), type_, self._ids(entry, "incoming", id_), self._ids(entry, "outgoing", id_), texts,
            str(default["flow_id"]) if isinstance(default, Mapping) and default.get("flow_id") else None,
            str(extra.get("strategy", "")) if isinstance(extra, Mapping) else "",
        )  # fmt: skip

    def _flow(self, id_: str, entry: Mapping[str, Any]) -> Flow:
        source, target = entry.get("source"), entry.get("target")
        if not isinstance(source, str) or not isinstance(target, str):
            self._wrong("flow", say("line {id} needs a source and a target", id=id_), id_)
        return Flow(id_, str(source), str(target))

    def _constant(self, key: str, entry: Mapping[str, Any]) -> Constant:
        if not _KEY.fullmatch(key) or len(key) > LONGEST_KEY:
            self._wrong(
                "constant_key",
                say("{key!r} is not a variable's key: ${{letters, digits and _}}", key=key[:80]),
                key[:80],
            )
        if entry.get("key", key) != key:
            self._wrong(
                "constant_key",
                say("the key {id!r} must be the one it stands under, {key}", id=entry.get("key"), key=key),
                key,
            )
        source_type = entry.get("source_type", "custom")
        if source_type not in SOURCE_TYPES:
            self._wrong(
                "source_type",
                say(
                    "{key} has source_type {source_type!r}; there are {known}",
                    key=key,
                    source_type=source_type,
                    known=list(SOURCE_TYPES),
                ),
                key,
            )
        info = entry.get("source_info") or {}
        if not isinstance(info, Mapping) or not all(isinstance(tags, list) for tags in info.values()):
            self._wrong("shape", say("source_info of {key} must be an object of lists", key=key), key)
        index = entry.get("index", 0)
        if not isinstance(index, int | float):
            self._wrong("shape", say("index of {key} must be a number", key=key), key)
        return Constant(
            key, str(entry.get("name") or ""), index if isinstance(index, int) else 0, str(source_type),
            str(entry.get("custom_type") or ""), str(entry.get("source_tag") or ""),
            {n: tuple(map(str, tags)) for n, tags in info.items() if isinstance(tags, list)} if isinstance(info, Mapping) else {},
            str(entry.get("show_type") or "hide"), entry.get("value", ""), bool(entry.get("is_meta", False)),
            bool(entry.get("pre_render_mako", False)),
        )  # fmt: skip

    def _check_flows(self, tree: Tree) -> None:
        """Hold what nodes say of their lines against what the lines say of their ends."""
        nodes = tree.nodes
        if len(nodes) != 2 + len(tree.activities) + len(tree.gateways):
            self._wrong("id", say("two nodes have the same id"), "")
        for flow in tree.flows.values():
            for end, id_ in (("source", flow.source), ("target", flow.target)):
                if id_ not in nodes:
                    self._wrong(
                        "flow",
                        say("line {line} has the {end} {id}, which is not a node", line=flow.id, end=end, id=id_),
                        flow.id,
                    )
        leaving: dict[str, list[str]] = {id_: [] for id_ in nodes}
        entering: dict[str, list[str]] = {id_: [] for id_ in nodes}
        for flow in tree.flows.values():
            leaving.get(flow.source, []).append(flow.id)
            entering.get(flow.target, []).append(flow.id)
        for node in nodes.values():
            for side, said, true in (("incoming", node.incoming, entering), ("outgoing", node.outgoing, leaving)):
                for flow_id in said:
                    if flow_id not in tree.flows:
                        self._wrong(
                            "flow",
                            say(
                                "node {node} has the {side} line {line}, which does not exist",
                                node=node.id,
                                side=side,
                                line=flow_id,
                            ),
                            node.id,
                        )
                if set(said) != set(true[node.id]) and all(f in tree.flows for f in said):
                    self._wrong(
                        "flow_mismatch",
                        say(
                            "node {node} names {said} as {side}; by the lines it is {true}",
                            node=node.id,
                            said=str(sorted(said)),
                            side=side,
                            true=str(sorted(true[node.id])),
                        ),
                        node.id,
                    )
