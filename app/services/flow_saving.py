"""Flows that are run in cycles, made and changed: each is a template with settings beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.engine.core.groups import is_group
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.models.flows import FlowInstance, FlowReference, FlowSettings, FlowWait
from app.models.projects import Project
from app.models.tasks import Task
from app.models.templates import Template
from app.services.access import Actor, require
from app.services.engine import bound, nudge, writing
from app.services.flow_circles import circle_through
from app.services.flow_directories import stored_id
from app.services.flow_nodes import (
    keep_what_is_awaited,
    merged,
    numbered,
    references_by_name,
    references_by_number,
    with_numbers,
)
from app.services.flow_numbers import drop_numbers, new_numbers, take_number, template_of_number
from app.services.flow_problems import definition_problems
from app.services.flow_settings import (
    BY_HAND,
    BY_TIMES,
    LONGEST_NAME,
    Flow,
    flows_of,
    hold_flow,
    names_of,
    people_problems,
    require_owner,
    require_unlocked,
    reschedule,
    stored_names,
    times_problems,
)
from app.services.flow_trees import Definition, tree_of
from app.services.journal import record
from app.services.tasks import end_task_of
from app.services.templates import add_version, begin_template, digest_of, template_problems, version_of

LARGEST_TEXT = 128


@dataclass(frozen=True, slots=True)
class FlowWish:
    """What a flow is to be. `definition` None leaves its nodes as they are, and so does None elsewhere.

    References name flows and tasks by number; or, in an import, by the names in `named`: {node id: (flow, task or "")}.
    """

    name: str
    kind: int
    expression: str
    cycle: str
    owners: Sequence[str]
    visitors: Sequence[str]
    is_active: bool = False
    starts_on: str | None = None
    alert_mode: int = 0
    account: str = ""
    queue: str | None = None
    sync_type: int | None = None
    description: str | None = None
    parameters: Sequence[tuple[str, str]] | None = None
    definition: Definition | None = None
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def import_flow(actor: Actor, project: Project, directory_id: str, wish: FlowWish, number: int | None = None) -> int:
    """Make a flow in a directory and return its number: the one that is asked for, if nobody has it, or a new one.

    Its nodes get new ids. Raises InvalidInput with everything that is wrong; rule `directory` for one that is not there.
    """
    with writing() as session:
        require(actor, project, "edit")
        try:
            directory = stored_id(project, directory_id)
        except NotFound as error:
            raise InvalidInput(Problem("directory", "Directory does not exist", "dirId")) from error
        definition = replace(wish.definition or Definition(()), parameters=wish.parameters or ())
        problems = _problems(session, actor, project, wish, definition, None)
        references, unknown = references_by_name(project, definition.references, wish.named)
        problems += unknown
        if problems:
            raise InvalidInput.of(problems)
        template = begin_template(
            actor, project, wish.name.strip(), category="Other", description=wish.description or ""
        )
        has_wanted = number is not None and take_number(session, template.id, number)
        numbers = new_numbers(session, template.id, len(definition.tasks) + (not has_wanted))
        own, others = (number or 0, numbers) if has_wanted else (numbers[0], numbers[1:])
        made = numbered(replace(definition, references=references), others)
        settings = FlowSettings(template_id=template.id, project_id=project.id, number=own, directory_id=directory)
        _apply(settings, template, wish)
        session.add(settings)
        _store(session, actor, project, Flow(template, settings), made)
        _follow_times(settings, project)
        record(session, actor, "flow", own, "import", project_id=project.id, detail={"name": template.name})
        return own


def save_flow(actor: Actor, project: Project, number: int, wish: FlowWish) -> int:
    """Change a flow to what is wished, whole; returns its number. Tasks keep what is not told of them.

    Raises InvalidInput with everything that is wrong, Refused with rule `relied_on` where another flow waits for a task
    that is to go.
    """
    with writing() as session:
        flow = hold_flow(actor, project, number)
        require_owner(actor, project, flow, "edit")
        before = flow.definition
        definition = merged(session, flow, before, wish.definition) if wish.definition is not None else before
        references, unknown = references_by_number(session, project, definition.references)
        definition = replace(definition, references=references)
        if wish.parameters is not None:
            definition = replace(definition, parameters=wish.parameters)
        problems = [*_problems(session, actor, project, wish, definition, flow), *unknown]
        problems = problems or _circle_problems(session, project, flow, definition)
        if problems:
            raise InvalidInput.of(problems)
        keep_what_is_awaited(session, project, flow, before, definition)
        definition = with_numbers(session, flow, definition)
        settings = flow.settings
        times = (settings.kind, settings.expression, settings.starts_on, settings.is_active)
        _apply(settings, flow.template, wish)
        _store(session, actor, project, flow, definition)
        if times != (settings.kind, settings.expression, settings.starts_on, settings.is_active):
            _follow_times(settings, project)
        record(session, actor, "flow", number, "save", project_id=project.id, detail={"name": flow.template.name})
        return number


def delete_flow(actor: Actor, project: Project, number: int) -> None:
    """Take a flow away with its instances; raises Refused with rule `relied_on` while others wait for it."""
    roots: list[int] = []
    with writing() as session:
        flow = hold_flow(actor, project, number)
        require_owner(actor, project, flow, "edit")
        relying = select(FlowReference.template_id).where(
            FlowReference.upstream_id == flow.template.id, FlowReference.template_id != flow.template.id
        )
        if session.scalar(relying.limit(1)) is not None:
            raise Refused("relied_on", "other flows wait for this one; take their references away first")
        template, settings = flow.template, flow.settings
        own = select(FlowInstance.id).where(FlowInstance.template_id == template.id)
        session.execute(delete(FlowWait).where(FlowWait.instance_id.in_(own)))
        roots = _end_instances(session, actor, project, flow)
        session.execute(delete(FlowInstance).where(FlowInstance.template_id == template.id))
        session.execute(delete(FlowReference).where(FlowReference.template_id == template.id))
        drop_numbers(session, template.id)
        session.delete(settings)
        template.is_deleted = True
        record(session, actor, "flow", number, "delete", project_id=project.id, detail={"name": template.name})
    for root_id in roots:
        nudge(root_id)


def set_active(actor: Actor, project: Project, number: int, *, is_active: bool) -> None:
    """Let a flow run by its times, or not; what it misses meanwhile never runs. Instances that wait go on waiting.

    Raises InvalidInput of rule `circle` for one that would wait for itself in a circle.
    """
    with writing() as session:
        flow = hold_flow(actor, project, number)
        require_owner(actor, project, flow, "operate")
        require_unlocked(flow)
        if flow.settings.is_active == is_active:
            return
        if is_active and (problems := _circle_problems(session, project, flow, flow.definition)):
            raise InvalidInput.of(problems)
        flow.settings.is_active = is_active
        _follow_times(flow.settings, project)
        action = "enable" if is_active else "disable"
        record(session, actor, "flow", number, action, project_id=project.id, detail={"name": flow.template.name})


def lock_flow(actor: Actor, project: Project, number: int, *, is_locked: bool) -> None:
    """Lock a flow, so that nobody runs, enables or disables it, or unlock it; for those who manage the project."""
    with writing() as session:
        require(actor, project, "manage")
        flow = hold_flow(actor, project, number)
        flow.settings.is_locked = is_locked
        record(session, actor, "flow", number, "lock" if is_locked else "unlock", project_id=project.id)


def _end_instances(session: Session, actor: Actor, project: Project, flow: Flow) -> list[int]:
    """Revoke what runs of a flow, and mark its tasks deleted; returns the root runs to nudge for."""
    wanted = select(Task).join(FlowInstance, FlowInstance.task_id == Task.id)
    roots = []
    for task in session.scalars(wanted.where(FlowInstance.template_id == flow.template.id)).all():
        root_id = end_task_of(session, actor, project, task)
        roots += [root_id] if root_id is not None else []
        task.is_deleted = True
    return roots


def _apply(settings: FlowSettings, template: Template, wish: FlowWish) -> None:
    settings.kind, settings.expression, settings.cycle = wish.kind, wish.expression.strip(), wish.cycle
    settings.is_active, settings.alert_mode, settings.account = wish.is_active, wish.alert_mode, wish.account
    settings.owners = stored_names((*wish.owners, *(() if template.creator in wish.owners else (template.creator,))))
    settings.visitors = stored_names(wish.visitors)
    if wish.starts_on is not None:
        settings.starts_on = wish.starts_on
    if wish.queue is not None:
        settings.queue = wish.queue
    if wish.sync_type is not None:
        settings.sync_type = wish.sync_type
    template.name = wish.name.strip()
    if wish.description is not None:
        template.description = wish.description


def _follow_times(settings: FlowSettings, project: Project) -> None:
    reschedule(settings, project, bound().clock())


def _store(session: Session, actor: Actor, project: Project, flow: Flow, definition: Definition) -> None:
    """Give a flow the tree of a definition, as a new version where that is another tree."""
    tree = tree_of(definition)
    # A flow without nodes is kept until it gets some; nothing runs it before.
    problems = template_problems(project, tree, flow.template.id) if tree["activities"] else []
    if problems:
        raise InvalidInput.of(problems)
    if flow.template.current_version_id is None or digest_of(tree) != version_of(flow.template).digest:
        add_version(actor, flow.template, tree)
    session.execute(delete(FlowReference).where(FlowReference.template_id == flow.template.id))
    for upstream in {template_of_number(session, reference.flow) for reference in definition.references} - {None}:
        session.add(FlowReference(template_id=flow.template.id, upstream_id=upstream))
    session.flush()


def _circle_problems(session: Session, project: Project, flow: Flow, definition: Definition) -> list[Problem]:
    """Say which flows would wait for one another for ever. Of two who close a circle at once one waits."""
    if not definition.references:
        return []
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))
    circle = circle_through(session, project, flow, definition)
    if not circle:
        return []
    if len(circle) == 1:
        text = f"flow {flow.number} would wait for itself; wait for an earlier period, such as D1"
    else:
        numbers = ", ".join(str(other.number) for other in circle)
        text = f"flows {numbers} would wait for one another in a circle; let one wait for an earlier period, such as D1"
    return [Problem("circle", text, "flows")]


def _problems(
    session: Session, actor: Actor, project: Project, wish: FlowWish, definition: Definition, flow: Flow | None
) -> list[Problem]:
    problems = [*definition_problems(definition), *people_problems(wish.owners, wish.visitors)]
    problems += times_problems(wish.kind, wish.expression, wish.cycle, wish.starts_on or "")
    if not 1 <= len(wish.name.strip()) <= LONGEST_NAME:
        problems.append(Problem("flow_name", f"a flow's name has 1 to {LONGEST_NAME} characters", "flowName"))
    if not 0 <= wish.alert_mode <= 3:
        problems.append(Problem("flow", "alertMode: 0, 1, 2 or 3 is wanted", "alertMode"))
    if len(wish.account) > LARGEST_TEXT:
        problems.append(Problem("flow", f"doAs: at most {LARGEST_TEXT} characters are wanted", "doAs"))
    if wish.queue and not is_group(wish.queue):
        text = "queue: a worker group is wanted, 1 to 64 letters, digits, _, . and -"
        problems.append(Problem("flow", text, "queue"))
    if flow is not None and {flow.settings.kind, wish.kind} == {BY_HAND, BY_TIMES}:
        problems.append(
            Problem("flow", "type: a flow that is run by hand stays one, and so does a periodic one", "type")
        )
    creator = flow.template.creator if flow is not None else actor.username
    owners = {creator, *wish.owners}
    same = flows_of(project).where(Template.name == wish.name.strip())
    if flow is not None:
        same = same.where(Template.id != flow.template.id)
    if any(owners & set(names_of(row[1].owners)) for row in session.execute(same)):
        text = f"Flow name must be unique: an owner has another flow {wish.name.strip()[:100]!r}"
        problems.append(Problem("not_unique", text, "name"))
    return problems
