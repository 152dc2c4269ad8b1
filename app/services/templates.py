"""Templates: saved with their versions, found, read from text, unfolded for a task."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from sqlalchemy import func, select

from app.engine.core.secret_values import with_secrets
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.engine.core.values import Json, dumps
from app.engine.plugins.registry import known_plugins
from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.sealed import seal
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.journal import record

OWN = ("business", "project")
"""The values of template_source that mean the project's own templates; any other means the common ones."""

MOST_NESTED = 20
"""How many levels deep subprocesses may be nested, the flow itself included."""

MOST_NODES = 20_000
"""How many nodes a flow may have with those of its subprocesses."""

_MOST_CHARACTERS = 20 * 1024 * 1024
_DEEPEST = 200
_TOO_DEEP = Problem("too_deep", f"the file is nested more than {_DEEPEST} levels deep")
_LARGEST_ID = 2**63


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
        problems = (
            [] if 1 <= len(name.strip()) <= 50 else [Problem("name", "a flow's name has 1 to 50 characters", "name")]
        )
        problems += template_problems(project, tree)
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


def list_templates(actor: Actor, project: Project, source: str = "business") -> Sequence[Template]:
    """Return a project's templates, or the common ones, newest first."""
    require(actor, project, "view")
    wanted = select(Template).where(Template.is_deleted.is_(False)).order_by(Template.id.desc())
    own = Template.project_id == project.id if source in OWN else Template.project_id.is_(None)
    return list(db.session.scalars(wanted.where(own)))


def find_template(project: Project | None, template_id: int, source: str = "business") -> Template:
    """Find a template of the project, or a common one; without a project there are only the common ones."""
    owner = project.id if project is not None and source in OWN else None
    template = db.session.get(Template, template_id) if 0 < template_id < _LARGEST_ID else None
    if template is None or template.is_deleted or template.project_id != owner:
        raise NotFound("template" if owner is not None else "common template", template_id)
    return template


def read_template(
    actor: Actor, project: Project, template_id: int, source: str = "business"
) -> tuple[Template, Mapping[str, Any]]:
    """Return a template and the tree of its current version."""
    require(actor, project, "view")
    template = find_template(project, template_id, source)
    return template, dict(version_of(template).tree)


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
    try:
        _Unfolding().unfold(tree, project, (own_id,) if own_id else ())
    except InvalidInput as error:
        problems += error.problems
    return problems


def unfolded_tree(template: Template, project: Project, digest: str = "") -> dict[str, Any]:
    """Return a template's tree, of its current version or of the one with that digest, with its subprocesses' in it."""
    return _Unfolding().unfold(version_of(template, digest).tree, _owner(template, project), (template.id,))


def add_template(
    actor: Actor,
    project: Project | None,
    name: str,
    tree: Mapping[str, Json],
    *,
    category: str,
    description: str,
    pipeline_id: str = "",
) -> Template:
    """Add a template to the transaction; what it is given has been checked. Without a pipeline id it gets a new one."""
    now = datetime.now(UTC)
    template = Template(
        project_id=project.id if project is not None else None, name=name, category=category, description=description,
        creator=actor.username, created_at=now, edited_at=now, **({"pipeline_id": pipeline_id} if pipeline_id else {}),
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    add_version(actor, template, tree)
    return template


def add_version(actor: Actor, template: Template, tree: Mapping[str, Json]) -> TemplateVersion:
    """Add a version to the transaction and make it the template's current one; its secrets are sealed."""
    tree, now = with_secrets(tree, seal), datetime.now(UTC)
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False)
    last = db.session.scalar(select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id))
    version = TemplateVersion(
        template_id=template.id, number=(last or 0) + 1, tree=tree, created_by=actor.username, created_at=now,
        digest=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    template.current_version_id = version.id
    if last:
        template.editor, template.edited_at = actor.username, now
    db.session.flush()
    detail = {"name": template.name, "version": version.number}
    action = "update" if last else "create"
    record(db.session(), actor, "template", template.id, action, project_id=template.project_id, detail=detail)
    return version


def version_of(template: Template, digest: str = "") -> TemplateVersion:
    """Return the version with that digest, or the current one."""
    wanted = select(TemplateVersion).where(TemplateVersion.template_id == template.id)
    found = db.session.scalar(wanted.where(TemplateVersion.digest == digest).limit(1)) if digest else None
    if found is None:
        found = db.session.get(TemplateVersion, template.current_version_id)
    assert found is not None, "a template has a current version"
    return found


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
        message = f"subprocess {node_id} names flow {text[:80] or '(none)'}, which does not exist"
        raise InvalidInput(Problem("unknown_template", message, node_id)) from error
    return template, version_of(template, "" if node.get("always_use_latest") else str(node.get("version") or ""))


def read_document(text: str) -> Mapping[str, Any]:
    """Read an object in JSON or YAML.

    Aliases, by which a small YAML text can stand for a huge one, are refused, and so is what is nested too deep.
    """
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput(Problem("too_large", f"a file to import has at most {_MOST_CHARACTERS} characters"))
    try:
        try:
            document = json.loads(text)
        except ValueError:
            _check_events(text)
            document = yaml.load(text, yaml.CSafeLoader)
    except RecursionError as error:
        raise InvalidInput(_TOO_DEEP) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInput(Problem("unreadable", f"the file is neither JSON nor YAML: {error}")) from error
    return plain_document(document)


def plain_document(document: object) -> Mapping[str, Any]:
    """Return a document that was read from a file as plain JSON that can be stored."""
    if not isinstance(document, Mapping):
        raise InvalidInput(Problem("shape", "the file must hold an object"))
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        inner = [value.values() if isinstance(value, Mapping) else value for value in level]
        level = [value for values in inner for value in values if isinstance(value, Mapping | list)]
    if level:
        raise InvalidInput(_TOO_DEEP)
    try:
        plain: Mapping[str, Any] = json.loads(dumps(document).encode())
    except (TypeError, ValueError) as error:
        raise InvalidInput(Problem("unreadable", f"the file holds what JSON cannot: {error}")) from error
    return plain


def _check_events(text: str) -> None:
    """Refuse aliases, and the depth at which libyaml's own recursion would end the process."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(Problem("alias", "aliases (*name) are not allowed in a file to import"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InvalidInput(_TOO_DEEP)


class _Unfolding:
    """One unfolding of a tree. It counts nodes: a few templates that name one another often unfold without end."""

    def __init__(self) -> None:
        self._nodes = 0

    def unfold(self, tree: Mapping[str, Any], owner: Project | None, above: tuple[int, ...]) -> dict[str, Any]:
        """Put the trees of subprocesses in; what a parent gives its child takes the place of the child's own values."""
        if len(above) > MOST_NESTED:
            raise InvalidInput(Problem("too_deep", f"subprocesses are nested more than {MOST_NESTED} levels deep"))
        self._nodes += len(tree["activities"]) + len(tree["gateways"])
        if self._nodes > MOST_NODES:
            raise InvalidInput(Problem("too_large", f"a flow has at most {MOST_NODES} nodes with its subprocesses"))
        unfolded = copy.deepcopy(dict(tree))
        for node_id, node in subprocesses_of(tree):
            template, version = template_of(node_id, node, owner)
            if template.id in above:
                path = " -> ".join(map(str, (*above[above.index(template.id) :], template.id)))
                message = f"flows contain one another in a circle: {path}"
                raise InvalidInput(Problem("subprocess_cycle", message, node_id))
            child = self.unfold(version.tree, _owner(template, owner), (*above, template.id))
            for key, given in (node.get("constants") or {}).items():
                if key in child["constants"]:
                    child["constants"][key] = {**child["constants"][key], "value": given.get("value")}
            unfolded["activities"][node_id]["pipeline"] = {**child, "id": node_id}
        return unfolded


def _owner(template: Template, project: Project | None) -> Project | None:
    """Return whose templates the template's own subprocesses name: a common one knows only common ones."""
    return project if template.project_id is not None else None
