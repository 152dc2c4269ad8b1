"""Templates: saved with their versions, found, unfolded for a task."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from app.engine.core.tree_reading import MOST_NODES, parse_tree
from app.engine.core.validate import problems_of
from app.engine.core.values import Json
from app.engine.plugins.registry import known_plugins
from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.journal import record
from app.services.sealing import handed_problems, sealed_from_outside, sealing_problems

OWN = ("business", "project")
"""The values of template_source that mean the project's own templates; any other means the common ones."""

MOST_NESTED = 20
"""How many levels deep subprocesses may be nested, the flow itself included."""

LONGEST_NAME, LONGEST_CATEGORY, LONGEST_MESSAGE = 50, 32, 200
"""Of a flow, and of what is said of a version of it."""

_LARGEST_ID = 2**63
_DIGEST = re.compile(r"[0-9a-f]{32}")


def create_template(
    actor: Actor,
    project: Project,
    name: str,
    tree: Mapping[str, Json],
    *,
    category: str = "Other",
    description: str = "",
) -> Template:
    """Save a new template; raises InvalidInput with everything that is wrong with its tree."""
    with writing() as session:
        require(actor, project, "edit")
        problems = [*name_problems(name), *template_problems(project, tree)]
        if problems:
            raise InvalidInput.of(problems)
        template = add_template(actor, project, name.strip(), tree, category=category, description=description)
        session.expunge(template)
    return template


def update_template(actor: Actor, project: Project, template_id: int, tree: Mapping[str, Json]) -> int:
    """Save a new version of a template and return its number; tasks keep the trees that they were made with."""
    with writing():
        require(actor, project, "edit")
        template = find_template(project, template_id)
        problems = template_problems(project, tree, template.id)
        if problems:
            raise InvalidInput.of(problems)
        return add_version(actor, template, tree).number


def find_template(project: Project | None, template_id: int, source: str = "business") -> Template:
    """Find a template of the project, or a common one; without a project there are only the common ones.

    One that is a draft only is not there: it cannot be run, named by a subprocess, or shown to other systems.
    """
    owner = project.id if project is not None and source in OWN else None
    template = _find(owner, template_id)
    if template.current_version_id is None:
        raise NotFound(say("template") if owner is not None else say("common template"), template_id)
    return template


def find_with_drafts(project: Project, template_id: int) -> Template:
    """Find a template of the project, also one that is a draft only."""
    return _find(project.id, template_id)


def hold_template(project: Project, template_id: int) -> Template:
    """Find a template of the project, draft or not, and hold its row: of two who change it at once one waits."""
    _find(project.id, template_id)
    wanted = select(Template).where(Template.id == template_id, Template.is_deleted.is_(False))
    held = db.session.scalar(
        wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    )  # fmt: skip
    if held is None:
        raise NotFound("template", template_id)
    return held


def read_template(
    actor: Actor, project: Project, template_id: int, source: str = "business"
) -> tuple[Template, Mapping[str, Any]]:
    """Return a template and the tree of its current version."""
    require(actor, project, "view")
    template = find_template(project, template_id, source)
    return template, dict(version_of(template).tree)


def name_problems(name: str) -> list[Problem]:
    """Return what is wrong with the name of a flow."""
    if 1 <= len(name.strip()) <= LONGEST_NAME:
        return []
    return [Problem("name", say("a flow's name has 1 to {most} characters", most=LONGEST_NAME), "name")]


def tree_problems(tree: Mapping[str, Json]) -> list[Problem]:
    """Return what is wrong with a tree by itself, without the templates that its subprocesses name."""
    try:
        parsed = parse_tree(tree)
    except InvalidInput as error:
        return list(error.problems)
    return problems_of(parsed, known_plugins())


def template_problems(project: Project | None, tree: Mapping[str, Json], own_id: int | None = None) -> list[Problem]:
    """Return everything that is wrong with a tree that is to be a template of the project, or a common one."""
    try:
        parsed = parse_tree(tree)
    except InvalidInput as error:
        return list(error.problems)
    problems = problems_of(parsed, known_plugins())
    own = db.session.get(Template, own_id) if own_id else None
    problems += sealing_problems(tree, project.id if project is not None else None, current_tree(own))
    try:
        _Unfolding().unfold(tree, project, (own_id,) if own_id else ())
    except InvalidInput as error:
        problems += error.problems
    return problems


def unfolded_tree(template: Template, project: Project, digest: str = "") -> dict[str, Any]:
    """Return a template's tree, of its current version or of the one with that digest, with its subprocesses' in it."""
    return _Unfolding().unfold(version_of(template, digest).tree, _owner(template, project), (template.id,))


def unfolded_document(tree: Mapping[str, Json], project: Project) -> dict[str, Any]:
    """Return a tree that no template holds, and that has been parsed, with its subprocesses' trees in it."""
    return _Unfolding().unfold(tree, project, ())


def add_template(
    actor: Actor,
    project: Project | None,
    name: str,
    tree: Mapping[str, Json],
    *,
    category: str,
    description: str,
    pipeline_id: str = "",
    message: str = "",
) -> Template:
    """Add a template to the transaction; what it is given has been checked. Without a pipeline id it gets a new one."""
    template = begin_template(
        actor, project, name, category=category, description=description, pipeline_id=pipeline_id
    )  # fmt: skip
    add_version(actor, template, tree, message=message)
    return template


def begin_template(
    actor: Actor, project: Project | None, name: str, *, category: str, description: str, pipeline_id: str = ""
) -> Template:
    """Add a template without a version to the transaction; the caller gives it one, or a draft."""
    now = datetime.now(UTC)
    template = Template(
        project_id=project.id if project is not None else None, name=name, category=category, description=description,
        creator=actor.username, created_at=now, edited_at=now, **({"pipeline_id": pipeline_id} if pipeline_id else {}),
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    return template


def add_version(actor: Actor, template: Template, tree: Mapping[str, Json], *, message: str = "") -> TemplateVersion:
    """Add a version to the transaction and make it the template's current one; its secrets are sealed."""
    tree, now = sealed_from_outside(tree, template.project_id, current_tree(template)), datetime.now(UTC)
    last = db.session.scalar(select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id))
    version = TemplateVersion(
        template_id=template.id, number=(last or 0) + 1, tree=tree, created_by=actor.username, created_at=now,
        digest=digest_of(tree), message=message,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    template.current_version_id, template.language = version.id, str(tree.get("language") or "")[:16]
    if last:
        template.editor, template.edited_at = actor.username, now
    db.session.flush()
    detail = {"name": template.name, "version": version.number}
    action = "update" if last else "create"
    record(db.session(), actor, "template", template.id, action, project_id=template.project_id, detail=detail)
    return version


def digest_of(tree: Mapping[str, Json]) -> str:
    """Return the MD5 of a tree, its secrets sealed, by which a version is named."""
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def version_of(template: Template, digest: str = "") -> TemplateVersion:
    """Return the version with that digest, or the current one; a template that is a draft only has none."""
    wanted = select(TemplateVersion).where(TemplateVersion.template_id == template.id)
    is_known = bool(_DIGEST.fullmatch(digest))
    found = db.session.scalar(wanted.where(TemplateVersion.digest == digest).limit(1)) if is_known else None
    if found is None:
        found = db.session.get(TemplateVersion, template.current_version_id)
    assert found is not None, "a template that is found has a current version"
    return found


def current_tree(template: Template | None) -> Mapping[str, Json] | None:
    """Return the tree of a template's current version; None where there is none yet."""
    has_one = template is not None and template.current_version_id is not None
    return version_of(template).tree if template is not None and has_one else None


def subprocesses_of(tree: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Go through the subprocess nodes of a tree that name a template, with their ids; any tree may be given."""
    activities = tree.get("activities")
    for node_id, node in activities.items() if isinstance(activities, Mapping) else ():
        is_one = isinstance(node, Mapping) and node.get("type") == "SubProcess"
        if is_one and not isinstance(node.get("pipeline"), Mapping):
            yield node_id, node


def template_of(node_id: str, node: Mapping[str, Any], owner: Project | None) -> tuple[Template, TemplateVersion]:
    """Find the template and the version that a subprocess node names; `owner` is whose template the node is in."""
    text = str(node.get("template_id") or "")
    try:
        template = find_template(owner, int(text), str(node.get("template_source") or "business"))
    except (NotFound, ValueError) as error:
        message = say(
            "subprocess {node} names flow {flow}, which does not exist", node=node_id, flow=text[:80] or say("(none)")
        )
        raise InvalidInput(Problem("unknown_template", message, node_id)) from error
    return template, version_of(template, "" if node.get("always_use_latest") else str(node.get("version") or ""))


class _Unfolding:
    """One unfolding of a tree. It counts nodes: a few templates that name one another often unfold without end."""

    def __init__(self) -> None:
        self._nodes = 0

    def unfold(self, tree: Mapping[str, Any], owner: Project | None, above: tuple[int, ...]) -> dict[str, Any]:
        """Put the trees of subprocesses in; what a parent gives its child takes the place of the child's own values."""
        if len(above) > MOST_NESTED:
            raise InvalidInput(
                Problem("too_deep", say("subprocesses are nested more than {most} levels deep", most=MOST_NESTED))
            )
        self._nodes += len(tree["activities"]) + len(tree["gateways"])
        if self._nodes > MOST_NODES:
            raise InvalidInput(
                Problem("too_large", say("a flow has at most {most} nodes with its subprocesses", most=MOST_NODES))
            )
        # What is changed is copied, the rest shared: a tree of a thousand nodes is checked while its editor waits.
        unfolded = {**tree, "activities": dict(tree["activities"]), "constants": dict(tree["constants"])}
        for node_id, node in subprocesses_of(tree):
            template, version = template_of(node_id, node, owner)
            if template.id in above:
                path = " -> ".join(map(str, (*above[above.index(template.id) :], template.id)))
                message = say("flows contain one another in a circle: {path}", path=path)
                raise InvalidInput(Problem("subprocess_cycle", message, node_id))
            child = self.unfold(version.tree, _owner(template, owner), (*above, template.id))
            problems = handed_problems(child, node.get("constants") or {}, owner.id if owner is not None else None)
            if problems:
                raise InvalidInput.of(problems)
            for key, given in (node.get("constants") or {}).items():
                if key in child["constants"] and isinstance(given, Mapping):
                    child["constants"][key] = {**child["constants"][key], "value": given.get("value")}
            unfolded["activities"][node_id] = {**node, "pipeline": {**child, "id": node_id}}
        return unfolded


def _find(owner: int | None, template_id: int) -> Template:
    template = db.session.get(Template, template_id) if 0 < template_id < _LARGEST_ID else None
    if template is None or template.is_deleted or template.project_id != owner:
        raise NotFound(say("template") if owner is not None else say("common template"), template_id)
    return template


def _owner(template: Template, project: Project | None) -> Project | None:
    """Return whose templates the template's own subprocesses name: a common one knows only common ones."""
    return project if template.project_id is not None else None
