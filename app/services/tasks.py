"""Tasks: made of a template or a tree, started, paused, resumed, revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.engine import operations
from app.engine.admission import hold_back
from app.engine.core.called import called
from app.engine.core.creation import make_task_tree, override_constants
from app.engine.core.tree import Tree
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import plugins_of, problems_of
from app.engine.core.values import Json
from app.engine.operations import Desk
from app.engine.plugins.registry import known_plugins
from app.engine.store import Tx
from app.errors import InvalidInput, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.tasks import Task, TaskTree
from app.models.templates import Template
from app.sentences import say, sentence_of
from app.services.access import Actor, require
from app.services.archive_index import no_task
from app.services.engine import bound, desk, nudge, writing
from app.services.function_tasks import follow_function_task, submit_function_task, take
from app.services.grants import GrantedPermission, ObjectKind, require_grant
from app.services.ids import new_id
from app.services.journal import record_task
from app.services.notices import Watcher, stored_watchers, watchers_of_notify
from app.services.project_constants import env_of
from app.services.schemes import left_out_besides, left_out_by
from app.services.sealing import given_problems, sealed_for_task, sealed_from_outside
from app.services.templates import OWN, find_template, template_problems, unfolded_document, unfolded_tree

Action = Literal["start", "pause", "resume", "revoke"]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a task is to be made: `constants` by key, and which optional nodes (ids of the template) to leave out.

    They are named by `exclude`, or by what is left in: `execute` lists the nodes, `schemes` the ids of schemes.
    With a `tree` the task is made of that, whole, in place of the template's own; that is for who may operate. `watchers`
    are told of the task's end and failures, besides those that its template names.
    """

    name: str
    constants: Mapping[str, Json] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    execute: Sequence[str] | None = None
    schemes: Sequence[int] = ()
    category: str = "Other"
    description: str = ""
    flow_type: str = "common"
    create_method: str = "app"
    create_info: str = ""
    template_source: str = "business"
    watchers: Sequence[Watcher] = ()
    tree: Mapping[str, Json] | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """A task that was made, its own tree, in which all ids are new, and which new id each old one became."""

    task_id: int
    tree: Mapping[str, Json]
    ids: Mapping[str, str]


def create_task(actor: Actor, project: Project, template_id: int, wish: Wish, *, starts: bool = False) -> Made:
    """Make a task of a template's current version; raises InvalidInput with all that is wrong with the wish.

    With `starts` it is started in the same transaction: both happen, or neither.
    """
    root_id = None
    with writing() as session:
        template = find_template(project, template_id, wish.template_source)
        on_template = (kind_of_template(wish.template_source), template.id)
        require_grant(actor, project, "create_task", on_template)
        if wish.tree is not None:
            # What was granted on one template is no leave to run any tree.
            require(actor, project, "operate")
        document = unfolded_tree(template, project) if wish.tree is None else _whole(wish.tree, project)
        watchers = (*wish.watchers, *watchers_of_notify(template.notify_type, template.notify_receivers))
        excluded = _left_out(template.id, document, wish) if wish.tree is None else ()
        wish = replace(wish, exclude=excluded, category=template.category, watchers=watchers)
        task, ids = _make(session, actor, project, document, wish)
        task.template_id, task.template_version_id = template.id, template.current_version_id
        session.flush()
        record_task(session, actor, project.id, task.id, "create")
        made = Made(task.id, task.tree.body, ids)
        if starts:
            require_grant(actor, project, "execute_task", on_template)
            root_id = _begin(session, actor, project, task.id, "")
    if root_id is not None:
        nudge(root_id)
    return made


def create_task_of_tree(
    actor: Actor, project: Project, document: Mapping[str, Json], wish: Wish, *, starts: bool = False
) -> Made:
    """Make a task of a tree that no template holds; with `starts` it is started in the same transaction."""
    root_id = None
    with writing() as session:
        require(actor, project, "operate")
        parse_tree(document)
        whole = unfolded_document(sealed_from_outside(document, project.id), project)
        task, ids = _make(session, actor, project, whole, wish)
        task.template_source = "onetime"
        session.flush()
        record_task(session, actor, project.id, task.id, "create")
        made = Made(task.id, task.tree.body, ids)
        if starts:
            root_id = _begin(session, actor, project, task.id, "")
    if root_id is not None:
        nudge(root_id)
    return made


def make_started_task(
    session: Session, actor: Actor, project: Project, document: Mapping[str, Json], wish: Wish
) -> tuple[Made, int]:
    """Make a task of a whole tree and start it, in the transaction of a caller who has asked who may.

    Returns the root run as well, to nudge for after the commit.
    """
    task, ids = _make(session, actor, project, document, wish)
    session.flush()
    record_task(session, actor, project.id, task.id, "create")
    return Made(task.id, task.tree.body, ids), _begin(session, actor, project, task.id, "")


def end_task_of(session: Session, actor: Actor, project: Project, task: Task) -> int | None:
    """Revoke a task in the transaction of a caller who has asked who may; returns its root run, None if it had ended."""
    if task.run_id is None or task.finished_at is not None:
        return None
    try:
        operations.revoke(desk(session), task.run_id)
    except Refused:
        # It has ended by itself in the meantime.
        return None
    record_task(session, actor, project.id, task.id, "revoke", run_id=task.run_id)
    return task.run_id


def modify_constants(actor: Actor, project: Project, task_id: int, constants: Mapping[str, Json]) -> Mapping[str, Json]:
    """Change variables of a task that has not started; unknown keys are ignored. Returns all of its variables."""
    with writing() as session:
        row = hold_task(actor, project, task_id, "fill_params")
        if row.run_id is not None:
            state = say("finished") if row.finished_at else say("started")
            raise Refused(f"task_{state}", say("task is {state}", state=state))
        tree = session.get_one(TaskTree, row.tree_id)
        tree.body = _overridden(project, tree.body, constants)
        record_task(session, actor, project.id, task_id, "modify_constants", detail={"keys": sorted(constants)})
        changed: Mapping[str, Json] = tree.body["constants"]
        return changed


def claim_task(
    actor: Actor, project: Project, task_id: int, constants: Mapping[str, Json] | None = None, name: str = ""
) -> None:
    """Claim a functionalized task, perhaps with other values or another name; of two claims at once one is refused."""
    with writing() as session:
        row = hold_task(actor, project, task_id, "execute_task")
        take(session, actor, task_id, row.current_flow, row.flow_type)
        changed: dict[str, Any] = {"current_flow": "execute_task"}
        if name.strip():
            changed["name"] = _named(name)
        if constants:
            tree = session.get_one(TaskTree, row.tree_id)
            tree.body = _overridden(project, tree.body, constants)
        session.execute(update(Task).where(Task.id == task_id).values(**changed))
        record_task(session, actor, project.id, task_id, "claim", detail={"keys": sorted(constants or {})})


def start_task(actor: Actor, project: Project, task_id: int, at: str = "") -> None:
    """Start a task, `at` its start event or another node where a run may begin; of two starts at once one is refused."""
    with writing() as session:
        row = hold_task(actor, project, task_id, "execute_task")
        _require_step(row.current_flow, "start")
        if row.run_id is not None:
            raise Refused("already_started", say("the task has been started already"))
        root_id = _begin(session, actor, project, task_id, at)
        if row.flow_type == "common_func":
            follow_function_task(session, task_id, "executed")
    nudge(root_id)


def _begin(session: Session, actor: Actor, project: Project, task_id: int, at: str) -> int:
    root_id = operations.start(desk(session), task_id, known_plugins(), at)
    started = {"run_id": root_id, "state": "running", "executor": actor.username, "started_at": bound().clock()}
    env = env_of(session, project)
    session.execute(_START, {"task": task_id, **started, "env": env, "project_proxy": project.executor_proxy})
    hold_back(Tx.of_session(session), bound().loader.limits, [(task_id, root_id, project.id)])
    record_task(session, actor, project.id, task_id, "start", run_id=root_id)
    return root_id


_TASK = Task.__table__
_OF_TEMPLATE = select(Template.executor_proxy).where(Template.id == _TASK.c.template_id).scalar_subquery()
# On the table, as in the journal: it is what a start spends its time on.
_START = (
    update(_TASK)  # type: ignore[arg-type]
    .where(_TASK.c.id == bindparam("task"))
    .values({name: bindparam(name) for name in ("run_id", "state", "executor", "started_at", "env")})
    .values(executor_proxy=func.coalesce(func.nullif(_OF_TEMPLATE, ""), bindparam("project_proxy")))
)


def operate_task(actor: Actor, project: Project, task_id: int, action: str) -> None:
    """Start, pause, resume or revoke a task; raises Refused, with the id of its tree as `pipeline`, where it cannot be."""
    if action == "start":
        start_task(actor, project, task_id)
        return
    with writing() as session:
        root_id = _root_for(actor, project, task_id, action)
        order, at = _ORDERS[action], desk(session)
        try:
            order(at, root_id)
        except Refused as error:
            pipeline = at.loader.compiled(at.tx, root_id).id
            raise Refused(
                error.rule, sentence_of(error), **{**error.data, "action": action, "pipeline": pipeline}
            ) from error
        record_task(session, actor, project.id, task_id, action, run_id=root_id)
    nudge(root_id)


_ORDERS: Mapping[str, Callable[[Desk, int], None]] = {
    "pause": operations.pause,
    "resume": operations.resume,
    "revoke": operations.revoke,
}


def _root_for(actor: Actor, project: Project, task_id: int, action: str) -> int:
    """Find the root run of a task for an order; what is told first is where the task stands, then if there is no such order."""
    row = _permitted(actor, project, task_id, "execute_task", select(*_ROW).where(_is(project, task_id)))
    _require_step(row.current_flow, action)
    if action not in _ORDERS:
        text = say("there is no action {action!r}; there are start, {known}", action=action, known=list(_ORDERS))
        raise InvalidInput(Problem("unknown_action", text, "action"))
    if row.run_id is None:
        raise Refused("not_started", say("the task has not been started"))
    found: int = row.run_id
    return found


def hold_task(actor: Actor, project: Project, task_id: int, permission: GrantedPermission) -> Row[Any]:
    """Find a task that is to be started or changed, and hold its row: of two that come at once one waits.

    Once a task runs, its run is what is locked; holding this row first would then be the wrong order.
    """
    columns = select(*_ROW).where(_is(project, task_id)).with_for_update()
    return _permitted(actor, project, task_id, permission, columns)


def find_task(actor: Actor, project: Project, task_id: int, permission: Literal["view", "operate"] = "view") -> Task:
    """Find a task of the project."""
    require(actor, project, permission)
    task = _session().scalar(select(Task).where(_is(project, task_id)))
    if task is None or task.is_deleted:
        raise no_task(project, task_id)
    return task


def require_operable(actor: Actor, project: Project, task_id: int) -> None:
    """Raise NotFound or NotAllowed unless the actor may carry the task out."""
    _permitted(actor, project, task_id, "execute_task", select(*_ROW).where(_is(project, task_id)))


def find_root(actor: Actor, project: Project, task_id: int) -> tuple[int, str]:
    """Find the root run of a task that is to be operated, and the task's step; raises Refused before its start."""
    row = _permitted(actor, project, task_id, "execute_task", select(*_ROW).where(_is(project, task_id)))
    if row.run_id is None:
        raise Refused("not_started", say("the task has not been started"))
    return row.run_id, row.current_flow


_ROW: list[Any] = [
    Task.run_id, Task.tree_id, Task.current_flow, Task.is_deleted, Task.finished_at, Task.template_id,
    Task.template_source, Task.flow_type,
]  # fmt: skip


def _permitted(
    actor: Actor, project: Project, task_id: int, permission: GrantedPermission, wanted: Select[Any]
) -> Row[Any]:
    """Return a task's row if the actor may do this with the task; what may not even be seen is not there."""
    require(actor, project, "view")
    row = _session().execute(wanted).first()
    if row is None or row.is_deleted:
        raise no_task(project, task_id)
    on_template = (kind_of_template(row.template_source), row.template_id or 0)
    require_grant(actor, project, permission, ("task", task_id), on_template)
    return row


def missing_plugins(plugins: Iterable[tuple[str, str]]) -> list[Problem]:
    """Return a problem for each of a tree's plugins that does not exist any more."""
    gone = sorted(set(plugins) - set(known_plugins()))
    return [
        Problem(
            "unknown_plugin",
            say("the flow calls plugin {code} {version}, which does not exist", code=code, version=version),
            code,
        )
        for code, version in gone
    ]


def kind_of_template(source: str) -> ObjectKind:
    """Say in which list the ids of templates from this source are."""
    return "template" if source in OWN else "common_template"


def _whole(tree: Mapping[str, Json], project: Project) -> Mapping[str, Json]:
    """Return a tree that came with an order, with its subprocesses' in it; raises InvalidInput of rule `given_tree`."""
    problems = template_problems(project, tree)
    if problems:
        text = "; ".join(problem.message for problem in problems)
        raise InvalidInput(Problem("given_tree", text, "pipeline_tree"))
    return unfolded_document(sealed_from_outside(tree, project.id), project)


def _left_out(template_id: int, tree: Mapping[str, Any], wish: Wish) -> Sequence[str]:
    if wish.schemes:
        return left_out_by(template_id, tree, wish.schemes)
    return wish.exclude if wish.execute is None else left_out_besides(tree, wish.execute)


def _is(project: Project, task_id: int) -> ColumnElement[bool]:
    # A larger id than the database has a number for is nobody's.
    return and_(Task.id == (task_id if 0 < task_id < 2**63 else 0), Task.project_id == project.id)


def _session() -> Session:
    session: Session = db.session()
    return session


def _make(
    session: Session, actor: Actor, project: Project, document: Mapping[str, Json], wish: Wish
) -> tuple[Task, Mapping[str, str]]:
    name = _named(wish.name)
    _refuse(given_problems(document, wish.constants, project.id))
    made = make_task_tree(document, exclude=wish.exclude, constants=wish.constants, new_id=new_id)
    tree = _check(made.document)
    body = sealed_for_task(made.document, project.id)
    stored = TaskTree(body=body, start=tree.start.id, plugins=sorted(plugins_of(tree)))
    task = Task(
        project_id=project.id, name=name, description=wish.description, creator=actor.username,
        create_method=wish.create_method, create_info=wish.create_info, flow_type=wish.flow_type, category=wish.category,
        current_flow="func_claim" if wish.flow_type == "common_func" else "execute_task",
        template_source=wish.template_source, tree=stored, created_at=bound().clock(),
        watchers=stored_watchers(wish.watchers) if wish.watchers else None, priority=wish.priority,
    )  # fmt: skip
    session.add(task)
    if wish.flow_type == "common_func":
        session.flush()
        submit_function_task(session, actor, task)
    return task, made.ids


def _named(name: str) -> str:
    if not 1 <= len(name.strip()) <= 100:
        raise InvalidInput(Problem("name", say("a task's name has 1 to 100 characters"), "name"))
    return name.strip()


def _overridden(project: Project, tree: Mapping[str, Json], constants: Mapping[str, Json]) -> Mapping[str, Any]:
    """Return a task's tree with values of variables that somebody has given; raises InvalidInput."""
    _refuse(given_problems(tree, constants, project.id))
    changed = override_constants(tree, constants)
    _check(changed)
    return sealed_for_task(changed, project.id)


def _check(document: Mapping[str, Json]) -> Tree:
    tree = parse_tree(document)
    _refuse(problems_of(tree, known_plugins()))
    return tree


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidInput.of(problems)


def _require_step(step: str, action: str) -> None:
    if step != "execute_task":
        stands = say("waiting to be claimed") if step == "func_claim" else called(step)
        text = say("the task is {step}; you cannot {order} it now", step=stands, order=called(action))
        raise Refused("wrong_step", text, step=step, action=action)
