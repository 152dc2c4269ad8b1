"""Execution schemes: named choices of a template's optional nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.errors import InvalidInput, NotFound, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.schemes import Scheme
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, require, require_on_common
from app.services.engine import bound, writing
from app.services.journal import record
from app.services.templates import OWN, find_template, version_of


def list_schemes(actor: Actor, project: Project, template_id: int, source: str = "business") -> Sequence[Scheme]:
    """Return a template's schemes, oldest first."""
    require(actor, project, "view")
    template = find_template(project, template_id, source)
    return list(db.session.scalars(select(Scheme).where(Scheme.template_id == template.id).order_by(Scheme.id)))


def create_scheme(
    actor: Actor, project: Project, template_id: int, name: str, nodes: Sequence[str], source: str = "business"
) -> Scheme:
    """Save a scheme; `nodes` are the optional nodes that are executed. A name counts once in a template."""
    with writing() as session:
        template = _editable(actor, project, template_id, source)
        _check(template, name, nodes)
        scheme = Scheme(
            template_id=template.id, name=name.strip(), nodes=list(nodes), creator=actor.username,
            created_at=bound().clock(),
        )  # fmt: skip
        session.add(scheme)
        session.flush()
        detail = {"template_id": template.id, "name": scheme.name}
        record(session, actor, "scheme", scheme.id, "create", project_id=project.id, detail=detail)
        session.expunge(scheme)
    return scheme


def change_scheme(
    actor: Actor, project: Project, template_id: int, scheme_id: int, name: str, nodes: Sequence[str],
    source: str = "business",
) -> Scheme:  # fmt: skip
    """Give a scheme another name and other nodes; tasks that were made with it stay as they are."""
    with writing() as session:
        template = _editable(actor, project, template_id, source)
        scheme = _find(template, scheme_id)
        _check(template, name, nodes, scheme_id)
        scheme.name, scheme.nodes = name.strip(), list(nodes)
        detail = {"template_id": template.id, "name": scheme.name}
        record(session, actor, "scheme", scheme.id, "change", project_id=project.id, detail=detail)
        session.flush()
        session.expunge(scheme)
    return scheme


def delete_scheme(actor: Actor, project: Project, template_id: int, scheme_id: int, source: str = "business") -> None:
    """Take a scheme away; raises NotFound."""
    with writing() as session:
        scheme = _find(_editable(actor, project, template_id, source), scheme_id)
        session.delete(scheme)
        record(session, actor, "scheme", scheme_id, "delete", project_id=project.id, detail={"name": scheme.name})


def left_out_by(template_id: int, tree: Mapping[str, Any], scheme_ids: Iterable[int]) -> list[str]:
    """Return the optional nodes that none of the schemes executes; raises NotFound for a scheme of another template."""
    wanted = set(scheme_ids)
    found = db.session.scalars(select(Scheme).where(Scheme.template_id == template_id, Scheme.id.in_(wanted))).all()
    missing = wanted - {scheme.id for scheme in found}
    if missing:
        raise NotFound("scheme", ", ".join(map(str, sorted(missing))))
    return left_out_besides(tree, {node_id for scheme in found for node_id in scheme.nodes})


def left_out_besides(tree: Mapping[str, Any], executed: Iterable[str]) -> list[str]:
    """Return the optional nodes that are not among those to be executed."""
    kept = set(executed)
    return [id_ for id_, node in tree["activities"].items() if node.get("optional") and id_ not in kept]


def _editable(actor: Actor, project: Project, template_id: int, source: str) -> Template:
    """Find a template whose schemes the actor may change."""
    require(actor, project, "edit")
    if source not in OWN:
        require_on_common(actor, "edit")
    return find_template(project, template_id, source)


def _find(template: Template, scheme_id: int) -> Scheme:
    scheme = db.session.get(Scheme, scheme_id)
    if scheme is None or scheme.template_id != template.id:
        raise NotFound("scheme", scheme_id)
    return scheme


def _check(template: Template, name: str, nodes: Sequence[str], own_id: int | None = None) -> None:
    """Raise InvalidInput or Refused where a scheme of the template cannot be so."""
    activities = version_of(template).tree["activities"]
    problems = (
        [] if 1 <= len(name.strip()) <= 64 else [Problem("name", say("a scheme's name has 1 to 64 characters"), "name")]
    )
    unknown = [node_id for node_id in nodes if not activities.get(node_id, {}).get("optional")]
    problems += [
        Problem("not_optional", say("node {node} is not an optional node of the flow", node=n), n) for n in unknown
    ]
    if problems:
        raise InvalidInput.of(problems)
    same = select(Scheme.id).where(Scheme.template_id == template.id, Scheme.name == name.strip())
    if db.session.scalar(same if own_id is None else same.where(Scheme.id != own_id)):
        raise Refused("exists", say("the flow has a scheme {name} already", name=name.strip()))
