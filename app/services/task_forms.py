"""The form that makes a task: what a flow asks for, what is wrong with the answers, and the task that they make.

Dialects make tasks without it: in bk-sops the page alone checks what people type. Our page and our server both do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from app.engine.core.aligning import left_out
from app.engine.core.asking import Question, answer_problems, asked, questions_of
from app.engine.core.schema import Field
from app.engine.core.scope import MASK
from app.engine.core.secret_values import with_secrets
from app.engine.core.values import Json
from app.engine.plugins.registry import find_plugin
from app.errors import InvalidInput, NotAllowed, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Host, Project
from app.models.tasks import Task, TaskTree
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, may, require
from app.services.engine import bound
from app.services.grants import require_grant
from app.services.previews import Preview, preview_of
from app.services.schedules import Plan, create_schedule
from app.services.schemes import list_schemes
from app.services.tasks import Wish, create_task, create_task_of_tree, find_task, kind_of_template
from app.services.templates import OWN, find_template, unfolded_tree, version_of

LONGEST_NAME, LONGEST_SCHEDULE_NAME = 100, 50
LARGEST_PRIORITY = 1000
_MOST_HOSTS = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """What a task is made of: a template, an earlier task of it whose values are taken, or that task's own tree."""

    template_id: int | None = None
    source: str = "business"
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The task whose values are taken; `version` is that of the flow that it was made of, None where that is not known."""

    id: int
    name: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme: a name for some of the optional nodes."""

    id: int
    name: str
    nodes: Sequence[str]


@dataclass(frozen=True, slots=True)
class TaskForm:
    """What the page shows: the flow, its questions, and with which optional nodes left out it opens.

    `version` is None for a tree that no template holds. `tree` and the questions hold no secrets; `last_task_id` is the
    last task of this flow, whose values can be taken. Where it `has_limits`, not all tasks may run at once.
    `is_for_others` says that the flow's tasks are for others to claim unless the person says otherwise.
    """

    origin: Origin
    flow_name: str
    description: str
    version: int | None
    digest: str
    tree: Mapping[str, Any]
    questions: Sequence[Question]
    left_out: Sequence[str]
    schemes: Sequence[Choice]
    hosts: Sequence[Mapping[str, str]]
    earlier: Earlier | None
    last_task_id: int | None
    may_start: bool
    may_schedule: bool
    has_limits: bool
    is_for_others: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody filled in: answers by key, and the optional nodes that are left out.

    With a `plan` it becomes a schedule; without, a task, which `starts` at once or waits, for whoever claims it where it
    `is_for_others`. `digest` names the version that was shown; an empty one stands for whatever there is. Of the tasks
    that wait for room, that of the highest `priority` begins first; a schedule takes none.
    """

    name: str
    answers: Mapping[str, Json] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    digest: str = ""
    starts: bool = True
    plan: Plan | None = None
    problems: Sequence[Problem] = ()
    is_for_others: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True)
class _Source:
    """What is behind a form: the whole tree with its secrets, the template if there is one, and the earlier task."""

    tree: Mapping[str, Any]
    template: Template | None
    version: TemplateVersion | None
    earlier: Task | None
    earlier_tree: Mapping[str, Any]


def open_form(actor: Actor, project: Project, origin: Origin) -> TaskForm:
    """Open the form for a flow, or for an earlier task: with that one's values, and without what that one left out."""
    require(actor, project, "view")
    behind = _behind(actor, project, origin)
    gone = left_out(behind.earlier_tree, behind.tree) if behind.earlier and behind.template else []
    template, version = behind.template, behind.version
    found = list_schemes(actor, project, template.id, origin.source) if template else []
    return TaskForm(
        Origin(template.id, origin.source, origin.task_id) if template else origin,
        template.name if template else behind.earlier.name if behind.earlier else "",
        template.description if template else "", version.number if version else None, version.digest if version else "",
        shown_tree(behind.tree), _questions(behind, list(behind.tree["constants"])), gone,
        [Choice(scheme.id, scheme.name, scheme.nodes) for scheme in found], _hosts(project), _earlier(behind),
        _last_task(project, template, origin.source) if template else None,
        _may_start(actor, project, origin, template), template is not None and may(actor, project, "edit"),
        bound().loader.limits.are_set, template is not None and template.flow_type == "common_func",
    )  # fmt: skip


def preview_form(
    actor: Actor, project: Project, origin: Origin, exclude: Sequence[str]
) -> tuple[Preview, Sequence[Question]]:
    """Return what would run with some optional nodes left out, and what is asked for then."""
    require(actor, project, "view")
    behind = _behind(actor, project, origin)
    found = preview_of(behind.tree, exclude)
    return found, _questions(behind, list(found.tree["constants"]))


def order_task(actor: Actor, project: Project, origin: Origin, order: Order) -> tuple[str, int]:
    """Make what somebody ordered; returns ("task" or "schedule", its id). Raises InvalidInput with all that is wrong.

    Raises Refused where the flow has been published anew since it was shown: what is asked for may have changed.
    """
    require(actor, project, "view")
    behind = _behind(actor, project, origin)
    if order.digest and behind.version is not None and behind.version.digest != order.digest:
        text = say(
            "the flow has been published anew, as version {number}, since this page was opened",
            number=behind.version.number,
        )
        raise Refused("published_anew", text, theirs={"version": behind.version.number})
    document = preview_of(behind.tree, order.left_out).tree
    questions = _questions(behind, list(document["constants"]))
    problems = [
        *order.problems,
        *_name_problems(order),
        *_priority_problems(order),
        *answer_problems(questions, order.answers),
    ]
    if problems:
        raise InvalidInput.of(problems)
    constants = _constants(behind, questions, order.answers)
    if order.plan is not None:
        return "schedule", _schedule(actor, project, behind, origin, order, order.plan, constants)
    flow_type, starts = ("common_func", False) if order.is_for_others else ("common", order.starts)
    wish = Wish(
        order.name, constants, order.left_out, template_source=origin.source, flow_type=flow_type, priority=order.priority
    )  # fmt: skip
    if behind.template is not None:
        return "task", create_task(actor, project, behind.template.id, wish, starts=starts).task_id
    return "task", create_task_of_tree(actor, project, behind.tree, wish, starts=starts).task_id


def shown_tree(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree as a canvas draws it: without secrets, and without what is inside of subprocesses."""
    shown = with_secrets(tree, lambda text: MASK)
    activities = {id_: {k: v for k, v in node.items() if k != "pipeline"} for id_, node in shown["activities"].items()}
    return {**shown, "activities": activities}


def _behind(actor: Actor, project: Project, origin: Origin) -> _Source:
    earlier, earlier_tree = None, dict[str, Any]()
    template_id = origin.template_id
    if origin.task_id is not None:
        earlier = find_task(actor, project, origin.task_id)
        earlier_tree = db.session.get_one(TaskTree, earlier.tree_id).body
    if template_id is None:
        if earlier is None:
            raise NotFound("template", 0)
        return _Source(earlier_tree, None, None, earlier, earlier_tree)
    template = find_template(project, template_id, origin.source)
    return _Source(unfolded_tree(template, project), template, version_of(template), earlier, earlier_tree)


def origin_of_task(actor: Actor, project: Project, task_id: int) -> Origin:
    """Return what a task is made of once more: its template while that is there, else its own tree."""
    task = find_task(actor, project, task_id)
    try:
        template = find_template(project, task.template_id or 0, task.template_source)
    except NotFound:
        return Origin(None, "onetime", task_id)
    return Origin(template.id, task.template_source, task_id)


def questions_in(tree: Mapping[str, Any], needed: Sequence[str]) -> list[Question]:
    """Return what a tree asks for of the variables that are needed; secrets are masked in it."""
    shown = with_secrets(tree, lambda text: MASK)
    return questions_of(shown["constants"], needed, lambda constant: _input_of(shown, constant))


def _questions(behind: _Source, needed: Sequence[str]) -> list[Question]:
    """Return what is asked for; the values of an earlier task take the place of the flow's own."""
    found = questions_in(behind.tree, needed)
    if behind.earlier is None or behind.template is None:
        return found
    before = {**behind.tree, "constants": behind.earlier_tree["constants"]}
    then = {q.key: q for q in questions_in(before, list(before["constants"]))}
    return [replace(q, value=then[q.key].value) if q.key in then and then[q.key].kind == q.kind else q for q in found]


def _input_of(tree: Mapping[str, Any], constant: Mapping[str, Any]) -> Field | None:
    """Find the input of a node that a variable stands for."""
    for node_id, tags in (constant.get("source_info") or {}).items():
        component = tree["activities"].get(node_id, {}).get("component") or {}
        plugin = find_plugin(str(component.get("code")), str(component.get("version") or "legacy"))
        for found in plugin.inputs if plugin is not None else ():
            if found.key in tags:
                return found
    return None


def _constants(behind: _Source, questions: Sequence[Question], answers: Mapping[str, Json]) -> dict[str, Json]:
    """Return the values that differ from the flow's own; a definition that nobody answered to gives its default."""
    is_asked = {question.key for question in asked(questions, answers)}
    found: dict[str, Json] = {}
    for question in questions:
        constant = behind.tree["constants"][question.key]
        value = answers.get(question.key, question.value) if question.key in is_asked else question.value
        if question.key not in is_asked and not constant.get("is_meta"):
            continue
        if question.field.secret and value == question.value:
            value = behind.earlier_tree.get("constants", {}).get(question.key, constant).get("value")
        if question.is_needed and value != constant.get("value"):
            found[question.key] = value
    return found


def _schedule(
    actor: Actor, project: Project, behind: _Source, origin: Origin, order: Order, plan: Plan,
    constants: Mapping[str, Json],
) -> int:  # fmt: skip
    if behind.template is None:
        raise Refused("no_template", say("only a flow that is there can be scheduled; this task's own flow is gone"))
    return create_schedule(
        actor, project, behind.template.id, order.name, plan, constants=constants, exclude=order.left_out,
        source=origin.source, is_enabled=True,
    ).id  # fmt: skip


def _name_problems(order: Order) -> list[Problem]:
    most = LONGEST_NAME if order.plan is None else LONGEST_SCHEDULE_NAME
    if 1 <= len(order.name.strip()) <= most:
        return []
    return [Problem("name", say("the name has 1 to {most} characters", most=most), "name")]


def _priority_problems(order: Order) -> list[Problem]:
    if abs(order.priority) <= LARGEST_PRIORITY:
        return []
    text = say("the priority is a whole number from {least} to {most}", least=-LARGEST_PRIORITY, most=LARGEST_PRIORITY)
    return [Problem("priority", text, "priority")]


def _earlier(behind: _Source) -> Earlier | None:
    if behind.earlier is None:
        return None
    task = behind.earlier
    number = select(TemplateVersion.number).where(TemplateVersion.id == task.template_version_id)
    return Earlier(task.id, task.name, db.session.scalar(number) if task.template_version_id else None)


def _last_task(project: Project, template: Template, source: str) -> int | None:
    names = OWN if source in OWN else (source,)
    own = select(Task.id).where(Task.template_id == template.id, Task.project_id == project.id)
    wanted = own.where(Task.template_source.in_(names), Task.is_deleted.is_(False))
    found: int | None = db.session.scalar(wanted.order_by(Task.id.desc()).limit(1))
    return found


def _may_start(actor: Actor, project: Project, origin: Origin, template: Template | None) -> bool:
    if template is None:
        return may(actor, project, "operate")
    thing = (kind_of_template(origin.source), template.id)
    try:
        require_grant(actor, project, "create_task", thing)
        require_grant(actor, project, "execute_task", thing)
    except NotAllowed:
        return False
    return True


def _hosts(project: Project) -> list[Mapping[str, str]]:
    rows = db.session.execute(
        select(Host.address).where(Host.project_id == project.id).order_by(Host.address).limit(_MOST_HOSTS)
    )
    return [{"address": address, "name": ""} for (address,) in rows]
