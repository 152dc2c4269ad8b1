"""Tasks: made of a template or a tree, started, paused, resumed, revoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from app.engine import operations
from app.engine.core.creation import make_task_tree, override_constants
from app.engine.core.secret_values import with_secrets
from app.engine.core.tree import Tree
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import plugins_of, problems_of
from app.engine.core.values import Json
from app.engine.operations import Desk
from app.engine.plugins.registry import known_plugins
from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project, ProjectConstant
from app.models.sealed import seal
from app.models.tasks import Task, TaskTree
from app.services.access import Actor, require
from app.services.engine import bound, desk, nudge, writing
from app.services.ids import new_id
from app.services.journal import record
from app.services.templates import find_template, unfolded_tree

Action = Literal["start", "pause", "resume", "revoke"]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a task is to be made: `constants` by key, `exclude` the optional nodes to leave out (ids of the template)."""

    name: str
    constants: Mapping[str, Json] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    description: str = ""
    flow_type: str = "common"
    create_method: str = "app"
    create_info: str = ""
    template_source: str = "business"


@dataclass(frozen=True, slots=True)
class Made:
    """A task that was made, its own tree, in which all ids are new, and which new id each old one became."""

    task_id: int
    tree: Mapping[str, Json]
    ids: Mapping[str, str]


def create_task(actor: Actor, project: Project, template_id: int, wish: Wish) -> Made:
    """Make a task of a template's current version; raises InvalidInput with all that is wrong with the wish."""
    with writing() as session:
        require(actor, project, "operate")
        template = find_template(project, template_id, wish.template_source)
        document = unfolded_tree(template, project)
        task, ids = _make(session, actor, project, document, wish)
        task.template_id, task.template_version_id = template.id, template.current_version_id
        task.category = template.category
        session.flush()
        return Made(task.id, task.tree.body, ids)


def create_task_of_tree(actor: Actor, project: Project, document: Mapping[str, Json], wish: Wish) -> Made:
    """Make a task of a tree that no template holds."""
    with writing() as session:
        require(actor, project, "operate")
        task, ids = _make(session, actor, project, document, wish)
        task.template_source = "onetime"
        session.flush()
        return Made(task.id, task.tree.body, ids)


def modify_constants(actor: Actor, project: Project, task_id: int, constants: Mapping[str, Json]) -> Mapping[str, Json]:
    """Change variables of a task that has not started; unknown keys are ignored. Returns all of its variables."""
    with writing() as session:
        task = _unstarted_task(actor, project, task_id)
        if task.run_id is not None:
            state = "finished" if task.finished_at else "started"
            raise Refused(f"task_{state}", f"task is {state}")
        tree = session.get_one(TaskTree, task.tree_id)
        tree.body = with_secrets(override_constants(tree.body, constants), seal)
        _check(tree.body)
        changed: Mapping[str, Json] = tree.body["constants"]
        return changed


def start_task(actor: Actor, project: Project, task_id: int, at: str = "") -> None:
    """Start a task, `at` its start event or another node where a run may begin; of two starts at once one is refused."""
    with writing() as session:
        require(actor, project, "operate")
        columns = select(Task.run_id, Task.current_flow, Task.is_deleted)
        # This row is what two starts at once contend for.
        row = session.execute(columns.where(_is(project, task_id)).with_for_update()).first()
        if row is None or row.is_deleted:
            raise NotFound("task", task_id)
        _require_step(row.current_flow, "start")
        if row.run_id is not None:
            raise Refused("already_started", "the task has been started already")
        root_id = operations.start(desk(session), task_id, known_plugins(), at)
        started = {"run_id": root_id, "state": "running", "executor": actor.username, "started_at": bound().clock()}
        session.execute(update(Task).where(Task.id == task_id).values(**started, env=_env_of(session, project)))
        record(session, actor, task_id, "start", run_id=root_id)
    nudge(root_id)


def operate_task(actor: Actor, project: Project, task_id: int, action: Action) -> None:
    """Start, pause, resume or revoke a task."""
    if action == "start":
        start_task(actor, project, task_id)
        return
    orders: dict[str, Callable[[Desk, int], None]] = {
        "pause": operations.pause,
        "resume": operations.resume,
        "revoke": operations.revoke,
    }
    with writing() as session:
        root_id, step = find_root(actor, project, task_id)
        _require_step(step, action)
        orders[action](desk(session), root_id)
        record(session, actor, task_id, action, run_id=root_id)
    nudge(root_id)


def _unstarted_task(actor: Actor, project: Project, task_id: int) -> Task:
    """Find a task that may be started or changed, and hold its row: of two that come at once one waits.

    Once a task runs, its run is what is locked; holding this row first would then be the wrong order.
    """
    require(actor, project, "operate")
    return _there(_session().scalar(select(Task).where(_is(project, task_id)).with_for_update()), task_id)


def find_task(actor: Actor, project: Project, task_id: int, permission: Literal["view", "operate"] = "view") -> Task:
    """Find a task of the project."""
    require(actor, project, permission)
    return _there(_session().scalar(select(Task).where(_is(project, task_id))), task_id)


def find_root(actor: Actor, project: Project, task_id: int) -> tuple[int, str]:
    """Find the root run of a task that is to be operated, and the task's step; raises Refused before its start."""
    require(actor, project, "operate")
    columns = select(Task.run_id, Task.current_flow, Task.is_deleted)
    row = _session().execute(columns.where(_is(project, task_id))).first()
    if row is None or row.is_deleted:
        raise NotFound("task", task_id)
    if row.run_id is None:
        raise Refused("not_started", "the task has not been started")
    return row.run_id, row.current_flow


def _is(project: Project, task_id: int) -> ColumnElement[bool]:
    return and_(Task.id == task_id, Task.project_id == project.id)


def _there(task: Task | None, task_id: int) -> Task:
    if task is None or task.is_deleted:
        raise NotFound("task", task_id)
    return task


def _session() -> Session:
    session: Session = db.session()
    return session


def _make(
    session: Session, actor: Actor, project: Project, document: Mapping[str, Json], wish: Wish
) -> tuple[Task, Mapping[str, str]]:
    problems = [] if wish.name.strip() else [Problem("required", "a task needs a name", "name")]
    if len(wish.name) > 100:
        problems.append(Problem("too_long", "a task's name has at most 100 characters", "name"))
    if problems:
        raise InvalidInput.of(problems)
    made = make_task_tree(document, exclude=wish.exclude, constants=wish.constants, new_id=new_id)
    tree = _check(made.document)
    stored = TaskTree(body=with_secrets(made.document, seal), start=tree.start.id, plugins=sorted(plugins_of(tree)))
    task = Task(
        project_id=project.id, name=wish.name.strip(), description=wish.description, creator=actor.username,
        create_method=wish.create_method, create_info=wish.create_info, flow_type=wish.flow_type,
        current_flow="func_claim" if wish.flow_type == "common_func" else "execute_task",
        template_source=wish.template_source, tree=stored, created_at=bound().clock(),
    )  # fmt: skip
    session.add(task)
    return task, made.ids


def _check(document: Mapping[str, Json]) -> Tree:
    tree = parse_tree(document)
    problems = problems_of(tree, known_plugins())
    if problems:
        raise InvalidInput.of(problems)
    return tree


def _require_step(step: str, action: str) -> None:
    if step != "execute_task":
        raise Refused("wrong_step", f"task with current_flow:{step} cannot be {action}ed", step=step, action=action)


def _env_of(session: Session, project: Project) -> Mapping[str, Json]:
    """Return a project's constants as the flows that start now see them."""
    rows = session.execute(
        select(ProjectConstant.key, ProjectConstant.value).where(ProjectConstant.project_id == project.id)
    )
    return {f"_env_{key}": value for key, value in rows}
