"""Templates brought out and in: several at once, with the templates that their subprocesses name."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from app.engine.core.values import Json, plain_text
from app.errors import InvalidInput, Problem, Refused
from app.extensions import db
from app.models.projects import Project
from app.models.templates import Template, TemplateVersion
from app.sentences import say
from app.services.access import Actor, Permission, may, require, require_on_common
from app.services.dat_files import read_dat, write_dat
from app.services.engine import writing
from app.services.notices import without_webhooks
from app.services.portable import Origin, Portable, children_of, in_order, named, problems_of_file, with_nodes_changed
from app.services.sealing import opened, sealed_from_file, without_secrets
from app.services.templates import (
    OWN,
    add_template,
    add_version,
    current_tree,
    find_template,
    subprocesses_of,
    template_of,
    template_problems,
    version_of,
)
from app.services.yaml_files import read_yaml, write_yaml

_OVER_COMMON = say("Unable to override common flows or keep ID when importing business flows data")


@dataclass(frozen=True, slots=True)
class Imported:
    """A template that an import saved: made, or given a new version.

    `empty_passwords` of its passwords are to be typed in: files carry none.
    """

    id: int
    name: str
    is_new: bool
    empty_passwords: int


def export_dat(
    actor: Actor, project: Project | None, template_ids: Sequence[int], digests: Mapping[int, str] | None = None
) -> str:
    """Write templates of the project, or common ones, and all that their subprocesses name, as bk-sops' `.dat`.

    Passwords are left empty. A subprocess that keeps an older version of a template brings that version along as a
    template of its own, so that no import sets the template itself back. `digests` tells which versions to write, by
    template id, where it is not the current ones.
    """
    return write_dat([_bare(portable) for portable in _exported(actor, project, template_ids, digests or {})])


def export_yaml(
    actor: Actor, project: Project | None, template_ids: Sequence[int], digests: Mapping[int, str] | None = None
) -> str:
    """Write the same templates as `export_dat`, as YAML to be read by people."""
    return write_yaml([_bare(portable) for portable in _exported(actor, project, template_ids, digests or {})])


def with_children(actor: Actor, project: Project, drawn: Portable) -> list[Portable]:
    """Return a flow that is drawn but not published, and all that its subprocesses name, as a file holds them.

    Passwords are left empty. Raises InvalidInput with every subprocess that names a flow which does not exist.
    """
    require(actor, project, "view")
    children, problems = _children(project, drawn.tree)
    if problems:
        raise InvalidInput.of(problems)
    held = _gathered(project, children.values())
    keys = _keys(held, {}, taken={drawn.key})
    links: dict[str, dict[str, Json]] = {i: {"template_id": keys[t.id, v.digest]} for i, (t, v) in children.items()}
    whole = replace(drawn, tree=with_nodes_changed(drawn.tree, links))
    return [_bare(p) for p in (whole, *(_portable(one, mark, project, keys) for mark, one in held.items()))]


def _children(
    project: Project, tree: Mapping[str, Any]
) -> tuple[dict[str, tuple[Template, TemplateVersion]], list[Problem]]:
    """Find what the subprocesses of a tree name, by node id, and what is wrong with those that name nothing."""
    found: dict[str, tuple[Template, TemplateVersion]] = {}
    problems: list[Problem] = []
    for node_id, node in subprocesses_of(tree):
        try:
            found[node_id] = template_of(node_id, node, project)
        except InvalidInput as error:
            problems += error.problems
    return found, problems


def import_dat(actor: Actor, project: Project | None, text: str, *, override: bool = False) -> list[Imported]:
    """Save the templates of a `.dat` file, Sluice's or bk-sops' own, in the project, or as common ones.

    All are saved or none; InvalidInput tells everything that is wrong with any. Each becomes a new template, which keeps
    its pipeline id if that is free in the project. With `override`, one whose pipeline id the project has already
    becomes a new version of that template instead, with the file's name, category and description: its id stays, older
    versions stay, and so do tasks that were made of them. bk-sops goes by its own database's ids there, which say
    nothing on another server. A subprocess that names a common template which is here too goes on naming it.
    """
    _require(actor, project, "edit")
    portables = read_dat(text)
    if project is None and override and not all(portable.is_common for portable in portables):
        raise Refused("business_over_common", _OVER_COMMON)
    return _import(actor, project, portables, override=override)


def import_yaml(actor: Actor, project: Project | None, text: str, *, override: bool = False) -> list[Imported]:
    """Save the templates of a YAML file like those of a `.dat`, or one bare tree in YAML or JSON.

    One without an id is a new template; with `override` it becomes a new version of the only one with its name.
    """
    _require(actor, project, "edit")
    return _import(actor, project, read_yaml(text), override=override)


def copy_templates(
    actor: Actor, project: Project, target: Project, template_ids: Sequence[int], *, most: int
) -> list[Imported]:
    """Make new templates in another project, as if exported and imported; raises Refused for more than `most`.

    For who may edit both projects passwords come along, sealed for the other project; else they are left empty.
    """
    if len(template_ids) > most:
        raise Refused(
            "too_many_copies",
            say("at most {most} flows are copied at once, not {count}", most=most, count=len(template_ids)),
            most=most,
        )
    _require(actor, target, "edit")
    portables = _exported(actor, project, template_ids, {})
    if may(actor, project, "edit"):
        carried = [_opened(portable, project) for portable in portables]
    else:
        carried = [_bare(portable) for portable in portables]
    return _import(actor, target, carried, override=False)


def _bare(portable: Portable) -> Portable:
    return replace(portable, tree=without_secrets(portable.tree))


def _opened(portable: Portable, project: Project) -> Portable:
    """Return a template with its passwords in plain text; those of a common one stay where it is."""
    tree = without_secrets(portable.tree) if portable.is_common else opened(portable.tree, project.id)
    return replace(portable, tree=tree)


def _require(actor: Actor, project: Project | None, permission: Permission) -> None:
    if project is not None:
        require(actor, project, permission)
    else:
        require_on_common(actor, permission)


@dataclass(frozen=True, slots=True)
class _Held:
    """A version of a template that is exported; `children` are those that its subprocess nodes name, by node id."""

    template: Template
    version: TemplateVersion
    children: Mapping[str, tuple[int, str]]


def _exported(
    actor: Actor, project: Project | None, template_ids: Sequence[int], digests: Mapping[int, str]
) -> list[Portable]:
    _require(actor, project, "view")
    if not template_ids:
        raise InvalidInput(Problem("nothing", say("name at least one template to export")))
    wanted = [find_template(project, template_id) for template_id in template_ids]
    held = _gathered(project, [(template, version_of(template, digests.get(template.id, ""))) for template in wanted])
    keys = _keys(held, digests)
    return [_portable(one, mark, project, keys) for mark, one in held.items()]


def _keys(
    held: Mapping[tuple[int, str], _Held], digests: Mapping[int, str], *, taken: Collection[str] = ()
) -> dict[tuple[int, str], str]:
    """Return the keys in a file: a pipeline id for the current version, or the one that `digests` wants, if not `taken`."""
    currents = {one.template.id: version_of(one.template).digest for one in held.values()} | dict(digests)
    keys: dict[tuple[int, str], str] = {}
    used = set(taken)
    for mark, one in held.items():
        pipeline_id, digest = one.template.pipeline_id, one.version.digest
        is_free = digest == currents[one.template.id] and pipeline_id not in used
        other = hashlib.md5(f"{pipeline_id}{digest}".encode(), usedforsecurity=False).hexdigest()
        keys[mark] = pipeline_id if is_free else other
        used.add(keys[mark])
    return keys


def _gathered(
    project: Project | None, wanted: Iterable[tuple[Template, TemplateVersion]]
) -> dict[tuple[int, str], _Held]:
    """Find templates and all that their subprocesses name, by (template id, digest); the wanted ones come first."""
    held: dict[tuple[int, str], _Held] = {}
    waiting = deque(wanted)
    while waiting:
        template, version = waiting.popleft()
        if (template.id, version.digest) in held:
            continue
        owner = project if template.project_id is not None else None
        named_ones = {i: template_of(i, node, owner) for i, node in subprocesses_of(version.tree)}
        waiting.extend(named_ones.values())
        children = {i: (child.id, its_version.digest) for i, (child, its_version) in named_ones.items()}
        held[template.id, version.digest] = _Held(template, version, children)
    return held


def _portable(
    held: _Held, mark: tuple[int, str], project: Project | None, keys: Mapping[tuple[int, str], str]
) -> Portable:
    template, is_common = held.template, held.template.project_id is None
    origin = Origin(
        template.id, keys[mark] == template.pipeline_id, template.project_id,
        None if is_common or project is None else project.biz_id,
        template.creator, template.editor or template.creator, template.created_at, template.edited_at,
    )  # fmt: skip
    links: dict[str, dict[str, Json]] = {node_id: {"template_id": keys[c]} for node_id, c in held.children.items()}
    return Portable(
        keys[mark], template.name, with_nodes_changed(held.version.tree, links), category=template.category,
        description=template.description, pipeline_id=keys[mark], is_common=is_common, origin=origin,
        notify_type=template.notify_type, notify_receivers=without_webhooks(template.notify_receivers),
        executor_proxy=template.executor_proxy, flow_type=template.flow_type,
    )  # fmt: skip


def _import(actor: Actor, project: Project | None, portables: Sequence[Portable], *, override: bool) -> list[Imported]:
    problems = problems_of_file(portables)
    if problems:
        raise InvalidInput.of(problems)
    with writing():
        present = _templates_of(project)
        published = [template for template in present if template.current_version_id is not None]
        there = _matches(published, portables) if override else {}
        portables, empty = _with_own_passwords(project, portables, there)
        for portable in portables:
            if portable.names_local:
                own = there.get(portable.key)
                found = template_problems(project, portable.tree, own.id if own is not None else None)
                problems += [named(portable, problem) for problem in found]
        if problems:
            raise InvalidInput.of(problems)
        saving = _Saving(actor, project, there, {template.pipeline_id for template in present}, empty)
        return saving.save(portables)


def _with_own_passwords(
    project: Project | None, portables: Sequence[Portable], there: Mapping[str, Template]
) -> tuple[list[Portable], dict[str, int]]:
    """Return templates with the passwords that they can have here, and how many of each are empty, by key."""
    project_id, empty, changed = project.id if project is not None else None, {}, []
    for portable in portables:
        before = current_tree(there.get(portable.key))
        tree, empty[portable.key] = sealed_from_file(portable.tree, project_id, before)
        changed.append(replace(portable, tree=tree))
    return changed, empty


def _templates_of(project: Project | None) -> Sequence[Template]:
    owner = Template.project_id.is_(None) if project is None else Template.project_id == project.id
    return db.session.scalars(select(Template).where(owner, Template.is_deleted.is_(False))).all()


def _matches(present: Sequence[Template], portables: Sequence[Portable]) -> dict[str, Template]:
    """Find the templates that those of a file replace: by pipeline id or, if the file tells none, by name."""
    there: dict[str, Template] = {}
    problems: list[Problem] = []
    for portable in portables:
        field, wanted = ("pipeline_id", portable.pipeline_id) if portable.pipeline_id else ("name", portable.name)
        found = [template for template in present if getattr(template, field) == wanted]
        if len(found) > 1:
            message = say("there are {count} flows of this name: tell by its id which one to replace", count=len(found))
            problems.append(named(portable, Problem("ambiguous", message, "name")))
        elif found and found[0] in there.values():
            message = say("another flow of the file replaces template {id} as well", id=found[0].id)
            problems.append(named(portable, Problem("ambiguous", message, "id")))
        elif found:
            there[portable.key] = found[0]
    if problems:
        raise InvalidInput.of(problems)
    return there


class _Saving:
    """Saves the templates of one file: those first that others name, since these name what was made of them.

    `there` are the templates to replace, by key; `taken` the pipeline ids that a new template cannot have; `empty` how
    many passwords of each are empty, by key.
    """

    def __init__(
        self, actor: Actor, project: Project | None, there: Mapping[str, Template], taken: Collection[str],
        empty: Mapping[str, int],
    ) -> None:  # fmt: skip
        self._actor, self._project, self._there, self._taken, self._empty = actor, project, there, taken, empty
        self._saved: dict[str, tuple[Template, TemplateVersion]] = {}

    def save(self, portables: Sequence[Portable]) -> list[Imported]:
        """Save all; returns them in the order of the file."""
        commons = _common_ones(self._project, portables)
        self._saved |= {key: (template, version_of(template)) for key, template in commons.items()}
        made = {p.key: self._save(p) for p in in_order(portables) if p.key not in commons}
        return [made[portable.key] for portable in portables if portable.key in made]

    def _save(self, portable: Portable) -> Imported:
        nodes = portable.tree["activities"]
        links = {node_id: self._link(nodes[node_id], *self._saved[key]) for node_id, key in children_of(portable)}
        name, description = plain_text(portable.name), plain_text(portable.description)
        template = self._there.get(portable.key)
        is_new = template is None
        tree = with_nodes_changed(portable.tree, links)
        if template is None:
            pipeline_id = "" if portable.pipeline_id in self._taken else portable.pipeline_id
            template = add_template(
                self._actor, self._project, name, tree, category=plain_text(portable.category),
                description=description, pipeline_id=pipeline_id,
            )  # fmt: skip
        else:
            template.name, template.description = name, description
            template.category = plain_text(portable.category)
            add_version(self._actor, template, tree)
        if portable.notify_type or portable.notify_receivers:
            template.notify_type, template.notify_receivers = portable.notify_type, portable.notify_receivers
        template.executor_proxy = plain_text(portable.executor_proxy) or template.executor_proxy
        template.flow_type = portable.flow_type or template.flow_type
        self._saved[portable.key] = template, version_of(template)
        return Imported(template.id, template.name, is_new, self._empty[portable.key])

    def _link(self, node: Mapping[str, Any], template: Template, version: TemplateVersion) -> dict[str, Json]:
        """Return what a subprocess node says of the template that it names now."""
        link: dict[str, Json] = {"template_id": str(template.id)}
        if node.get("version"):
            link["version"] = version.digest
        is_own = template.project_id is not None
        if (str(node.get("template_source") or "business") in OWN) != is_own:
            link["template_source"] = "business" if is_own else "common"
        return link


def _common_ones(project: Project | None, portables: Sequence[Portable]) -> dict[str, Template]:
    """Find the common templates that flows of the file name and that are here too, so need no copy, by their keys."""
    if project is None:
        return {}
    here = {template.pipeline_id: template for template in _templates_of(None)}
    children = {key for portable in portables for _, key in children_of(portable)}
    wanted = [portable for portable in portables if portable.is_common and portable.key in children]
    return {p.key: here[p.pipeline_id] for p in wanted if p.pipeline_id in here}
