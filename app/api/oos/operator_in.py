"""Reads the operators of a template as clients send them, and makes an activity of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.api.oos.drawing import Drawn, activity_of
from app.api.oos.fields import Fields, check_functions, written
from app.api.oos.ids import read_template_id
from app.api.oos.operators import SWITCH, Operator
from app.api.oos.words import LONGEST_NAME, RETRY_INTERVAL, RULES, TIMEOUT
from app.engine.core.values import Json, key_of
from app.errors import Problem

_MOST_RETRIES, _LONGEST_DELAY = 1_000, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Known:
    """What a template is checked against: the operators that can run, and the templates that there are."""

    operators: Mapping[str, Operator]
    find: Callable[[int], tuple[str, Mapping[str, Any]] | None]


class OperatorsReading:
    """One reading of a template's operators."""

    def __init__(self, known: Known, before: Mapping[str, Any] | None, problems: list[Problem]) -> None:
        self._known, self._problems = known, problems
        activities = (before or {}).get("activities") or {}
        self._ids = {entry.get("name"): id_ for id_, entry in activities.items()}

    def read(self, given: Sequence[Any]) -> list[Drawn]:
        """Read all of them; switches are resolved last, when all names are known."""
        drawn: list[Drawn] = []
        names: set[str] = set()
        for number, entry in enumerate(given):
            name = entry.get("name") if isinstance(entry, Mapping) else None
            where = f"operators[{number}]" + (f" {name[:60]!r}:" if isinstance(name, str) and name else ":")
            one = self._operator(Fields(entry, where, self._problems))
            if one.name in names:
                self._problems.append(Problem("template", "another operator has the same name", where))
            names.add(one.name)
            drawn.append(one)
        ids = {one.name: one.id for one in drawn}
        for one in drawn:
            if one.switch is not None:
                self._resolve_switch(one, ids)
        return drawn

    def _operator(self, fields: Fields) -> Drawn:
        name = fields.text("name", most=LONGEST_NAME)
        if not name.strip():
            fields.wrong("name is required")
        code, template = fields.text("operator", most=200), fields.mapping("template")
        # Some clients write out everything, empty.
        template = template if any(template.values()) else {}
        if bool(code) == bool(template):
            fields.wrong("exactly one of operator and template must be given")
        properties = dict(fields.mapping("properties"))
        kept = {
            "label": fields.text("label", most=LONGEST_NAME), "description": fields.text("description"),
            "tags": fields.tags(), "category": list(map(written, fields.items("category", 100))),
        }  # fmt: skip
        id_ = self._ids.get(name)
        drawn = activity_of(name, self._step(fields), {key: value for key, value in kept.items() if value}, id_)
        check_functions(fields, ("properties", "condition", "loops", "initContext"))
        if template:
            self._nested(fields, drawn, template, properties)
        elif code:
            self._plain(fields, drawn, code, properties)
        return drawn

    def _plain(self, fields: Fields, drawn: Drawn, code: str, properties: dict[str, Json]) -> None:
        operator = self._known.operators.get(code)
        if operator is None:
            fields.wrong(f"unknown operator {code!r}")
            operator = Operator(code, code, "legacy", code)
        loops = drawn.activity["step"].get("each")
        for key in operator.required:
            if properties.get(key) in (None, "") and not _in_loops(key, loops):
                fields.wrong(f"the property {key} of {code} is required")
        if code == SWITCH:
            drawn.switch = Fields(properties, f"{fields.where} properties", self._problems)
            properties = {}
        properties = {**operator.adds, **properties}
        drawn.activity["type"] = "ServiceActivity"
        drawn.activity["component"] = {
            "code": operator.code, "version": operator.version,
            "data": {key: {"hook": False, "need_render": True, "value": value} for key, value in properties.items()},
        }  # fmt: skip

    def _nested(
        self, fields: Fields, drawn: Drawn, template: Mapping[str, Any], properties: Mapping[str, Json]
    ) -> None:
        """Make the operator run another template, whose parameters its properties are."""
        inner = Fields(template, f"{fields.where} template", self._problems)
        ref = inner.text("ref", most=64)
        number = read_template_id(ref)
        found = self._known.find(number) if number is not None else None
        if not ref:
            inner.wrong("ref is required: the id of a stored template")
        elif found is None:
            inner.wrong(f"there is no template {ref[:64]!r}")
        source, tree = found or ("business", {})
        theirs = tree.get("constants") or {}
        unknown = [key for key in properties if key_of(key) not in theirs]
        drawn.activity["type"] = "SubProcess"
        drawn.activity |= {
            "template_id": str(number or ""), "template_source": source, "always_use_latest": True, "version": "",
            "hooked_constants": [],
            "constants": {
                key_of(key): {**theirs[key_of(key)], "value": value}
                for key, value in properties.items() if key_of(key) in theirs
            },
        }  # fmt: skip
        if found is not None and unknown:
            fields.wrong(f"the template {ref} has no parameters {', '.join(map(repr, sorted(unknown)))[:200]}")

    def _step(self, fields: Fields) -> dict[str, Json]:
        rule = (fields.text("triggerRule", most=64) or "ALL_SUCCESS").upper()
        if rule not in RULES:
            fields.wrong(f"triggerRule is one of {', '.join(RULES)}")
        step: dict[str, Json] = {
            "rule": RULES.get(rule, "all_success"), "delay_ms": fields.whole("scheduleDelayMilli", most=_LONGEST_DELAY),
            "manual": fields.flag("manually"), "pause_on_failure": fields.flag("pauseOnFailure"),
            "retries": fields.whole("retries", most=_MOST_RETRIES),
            "retry_after_ms": fields.whole("retryInterval", RETRY_INTERVAL),
            "timeout_ms": fields.whole("timeout", TIMEOUT) or TIMEOUT,
        }  # fmt: skip
        context = fields.mapping("initContext")
        if context:
            step["context"] = dict(context)
        loops = fields.given.get("loops")
        each = _loops(fields, loops) if loops not in (None, [], {}) else []
        if each:
            step["each"] = each
        for prefix, key in (("parallelism", "each_parallelism"), ("allowedFailure", "allowed_failures")):
            share = _share(fields, prefix)
            if share:
                step[key] = share
        if fields.given.get("condition") not in (None, "", {}):
            step["condition"] = fields.given["condition"]
        _refuse_the_rest(fields)
        return step

    def _resolve_switch(self, drawn: Drawn, ids: Mapping[str, str]) -> None:
        fields = drawn.switch
        assert fields is not None
        cases = []
        for number, given in enumerate(fields.items("switch", 1000)):
            case = Fields(given, f"{fields.where} switch[{number}]", self._problems)
            cases.append({"case": case.given.get("case"), "next": _next(case, "next", ids)})
        default = _next(fields, "default", ids) if fields.given.get("default") else ""
        if not cases and not default:
            fields.wrong("a switch needs a case or a default")
        drawn.activity["step"]["switch"] = {"cases": cases, "default": default}


def _next(fields: Fields, key: str, ids: Mapping[str, str]) -> str:
    name = fields.text(key, most=LONGEST_NAME)
    if name not in ids:
        fields.wrong(f"{key} must name an operator; there is no {name[:60]!r}")
    return ids.get(name, "")


def _loops(fields: Fields, loops: Any) -> Json:
    """Read a loop: a list of objects, whose values may stand under `properties`; an object of lists; or what gives one."""
    if isinstance(loops, list):
        elements = []
        for entry in loops:
            if not isinstance(entry, Mapping):
                fields.wrong("loops must be a list of objects, an object of lists, or a Ref to one of these")
                return []
            if entry.get("workerSelectors") or entry.get("initContext"):
                fields.wrong("initContext and workerSelectors in loops are not carried out here: name plain properties")
            is_wrapped = set(entry) <= _OF_LOOP
            inner = entry.get("properties")
            if not is_wrapped or any(entry.values()):
                elements.append(inner if is_wrapped and isinstance(inner, Mapping) else entry)
        return elements
    if isinstance(loops, Mapping):
        return dict(loops)
    fields.wrong("loops must be a list of objects, an object of lists, or a Ref to one of these")
    return []


_OF_LOOP = {"properties", "initContext", "workerSelectors"}


def _share(fields: Fields, prefix: str) -> dict[str, Json]:
    """Read a ratio or a count, written as two fields or as one object."""
    inner = Fields(fields.mapping(f"{prefix}Control"), f"{fields.where} {prefix}Control", fields.problems)
    ratio = fields.ratio(f"{prefix}Ratio") or inner.ratio("ratio")
    count = fields.whole(f"{prefix}Count") or inner.whole("count")
    if ratio and count:
        fields.wrong(f"{prefix}Ratio and {prefix}Count cannot both be set")
    return {"ratio": ratio, "count": count} if ratio or count else {}


def _refuse_the_rest(fields: Fields) -> None:
    fields.refuse("waitOnAgentMilli", "there are no agents to wait for")
    fields.refuse("breakpoints", "use manually or pauseOnFailure")
    fields.refuse("loopWindowType", "loops run as SLICING", "SLICING")
    fields.refuse("autoRollback", "nothing is rolled back")
    fields.refuse("events", "operators start by what comes before them")
    fields.refuse("targetInstances", "use loops")


def _in_loops(key: str, loops: Any) -> bool:
    """Say whether a loop may give a property: each of its elements does, or nobody knows what it is of."""
    if isinstance(loops, list):
        return bool(loops) and all(isinstance(entry, Mapping) and key in entry for entry in loops)
    return isinstance(loops, Mapping) and (key in loops or any(k == "Ref" or str(k).startswith("Fn::") for k in loops))
