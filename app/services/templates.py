"""Templates: saved with their versions, found, unfolded for a task, imported and exported."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from sqlalchemy import func, select

from app.engine.core.secret_values import with_secrets
from app.engine.core.tree_reading import parse_tree
from app.engine.core.validate import problems_of
from app.engine.core.values import Json
from app.engine.plugins.registry import known_plugins
from app.errors import InvalidInput, NotFound, Problem
from app.extensions import db
from app.models.projects import Project
from app.models.sealed import seal
from app.models.templates import Template, TemplateVersion
from app.services.access import Actor, require
from app.services.engine import writing

OWN = ("business", "project")
"""The values of template_source that mean the project's own templates; any other means the common ones."""

_MOST_NESTED = 20
_MOST_IMPORT_BYTES = 20 * 1024 * 1024


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
        require(actor, project, "manage")
        problems = (
            [] if 1 <= len(name.strip()) <= 50 else [Problem("name", "a flow's name has 1 to 50 characters", "name")]
        )
        problems += template_problems(project, tree)
        if problems:
            raise InvalidInput.of(problems)
        now = datetime.now(UTC)
        template = Template(
            project_id=project.id, name=name.strip(), category=category, description=description, creator=actor.username,
            created_at=now, edited_at=now,
        )  # fmt: skip
        session.add(template)
        session.flush()
        _add_version(template, actor, tree, 1)
        session.flush()
        session.expunge(template)
    return template


def update_template(actor: Actor, project: Project, template_id: int, tree: Mapping[str, Json]) -> int:
    """Save a new version of a template and return its number; tasks keep the trees that they were made with."""
    with writing() as session:
        require(actor, project, "manage")
        template = find_template(project, template_id)
        problems = template_problems(project, tree, template.id)
        if problems:
            raise InvalidInput.of(problems)
        last = session.scalar(
            select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id)
        )
        template.editor, template.edited_at = actor.username, datetime.now(UTC)
        number = (last or 0) + 1
        _add_version(template, actor, tree, number)
        return number


def list_templates(actor: Actor, project: Project, source: str = "business") -> Sequence[Template]:
    """Return a project's templates, or the common ones, newest first."""
    require(actor, project, "view")
    wanted = select(Template).where(Template.is_deleted.is_(False)).order_by(Template.id.desc())
    own = Template.project_id == project.id if source in OWN else Template.project_id.is_(None)
    return list(db.session.scalars(wanted.where(own)))


def find_template(project: Project, template_id: int, source: str = "business") -> Template:
    """Find a template of the project, or a common one."""
    owner = project.id if source in OWN else None
    template = db.session.get(Template, template_id)
    if template is None or template.is_deleted or template.project_id != owner:
        raise NotFound("template" if owner is not None else "common template", template_id)
    return template


def read_template(
    actor: Actor, project: Project, template_id: int, source: str = "business"
) -> tuple[Template, Mapping[str, Any]]:
    """Return a template and the tree of its current version."""
    require(actor, project, "view")
    template = find_template(project, template_id, source)
    return template, _tree_of(template, "")


def template_problems(project: Project, tree: Mapping[str, Json], own_id: int | None = None) -> list[Problem]:
    """Return everything that is wrong with a tree that is to be a template of the project."""
    try:
        parsed = parse_tree(tree)
    except InvalidInput as error:
        return list(error.problems)
    problems = problems_of(parsed, known_plugins())
    try:
        _unfold(tree, project, (own_id,) if own_id else ())
    except InvalidInput as error:
        problems += error.problems
    return problems


def unfolded_tree(template: Template, project: Project) -> dict[str, Any]:
    """Return a template's current tree with the trees of its subprocesses in it."""
    return _unfold(_tree_of(template, ""), project, (template.id,))


def export_template(actor: Actor, project: Project, template_id: int) -> str:
    """Write a template as readable YAML."""
    template, tree = read_template(actor, project, template_id)
    document = {"sluice": 1, "name": template.name, "category": template.category, "description": template.description}
    return yaml.safe_dump({**document, "tree": tree}, allow_unicode=True, sort_keys=False)


def import_template(actor: Actor, project: Project, text: str) -> Template:
    """Save a template that was exported as YAML, or a bare tree in JSON or YAML."""
    document = read_document(text)
    tree = document.get("tree", document)
    if not isinstance(tree, Mapping):
        raise InvalidInput(Problem("shape", "tree must be an object"))
    return create_template(
        actor, project, str(document.get("name") or "imported flow"), tree,
        category=str(document.get("category") or "Other"), description=str(document.get("description") or ""),
    )  # fmt: skip


def read_document(text: str) -> Mapping[str, Any]:
    """Read an object in JSON or YAML; aliases, by which a small YAML text can stand for a huge one, are refused."""
    if len(text) > _MOST_IMPORT_BYTES:
        raise InvalidInput(Problem("too_large", f"a file to import has at most {_MOST_IMPORT_BYTES} characters"))
    try:
        try:
            document = json.loads(text)
        except ValueError:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
                raise InvalidInput(Problem("alias", "aliases (*name) are not allowed in a file to import")) from None
            document = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput(Problem("unreadable", f"the file is neither JSON nor YAML: {error}")) from error
    if not isinstance(document, Mapping):
        raise InvalidInput(Problem("shape", "the file must hold an object"))
    try:
        plain: Mapping[str, Any] = json.loads(json.dumps(document))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(Problem("unreadable", f"the file holds what JSON cannot: {error}")) from error
    return plain


def _add_version(template: Template, actor: Actor, tree: Mapping[str, Json], number: int) -> None:
    tree = with_secrets(tree, seal)
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False)
    version = TemplateVersion(
        template_id=template.id, number=number, digest=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        tree=tree, created_by=actor.username, created_at=datetime.now(UTC),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    template.current_version_id = version.id


def _tree_of(template: Template, digest: str) -> dict[str, Any]:
    """Return the tree of the version with that digest, or of the current one."""
    wanted = select(TemplateVersion).where(TemplateVersion.template_id == template.id)
    found = db.session.scalar(wanted.where(TemplateVersion.digest == digest).limit(1)) if digest else None
    if found is None:
        found = db.session.get(TemplateVersion, template.current_version_id)
    assert found is not None, "a template has a current version"
    return dict(found.tree)


def _unfold(tree: Mapping[str, Any], project: Project, above: tuple[int, ...]) -> dict[str, Any]:
    """Put the trees of subprocesses in; what a parent gives its child takes the place of the child's own values."""
    if len(above) > _MOST_NESTED:
        raise InvalidInput(Problem("too_deep", f"subprocesses are nested more than {_MOST_NESTED} levels deep"))
    unfolded = copy.deepcopy(dict(tree))
    for node_id, node in unfolded["activities"].items():
        if node.get("type") != "SubProcess" or isinstance(node.get("pipeline"), Mapping):
            continue
        template = _template_of(node, project)
        if template.id in above:
            path = " -> ".join(map(str, (*above[above.index(template.id) :], template.id)))
            raise InvalidInput(Problem("subprocess_cycle", f"flows contain one another in a circle: {path}", node_id))
        digest = "" if node.get("always_use_latest") else str(node.get("version") or "")
        child = _unfold(_tree_of(template, digest), project, (*above, template.id))
        for key, given in (node.get("constants") or {}).items():
            if key in child["constants"]:
                child["constants"][key] = {**child["constants"][key], "value": given.get("value")}
        node["pipeline"] = {**child, "id": node_id}
    return unfolded


def _template_of(node: Mapping[str, Any], project: Project) -> Template:
    text = str(node.get("template_id") or "")
    try:
        return find_template(project, int(text), str(node.get("template_source") or "business"))
    except (NotFound, ValueError) as error:
        raise InvalidInput(
            Problem(
                "unknown_template",
                f"subprocess {node.get('id')} names flow {text or '(none)'}, which does not exist",
                str(node.get("id")),
            )
        ) from error
