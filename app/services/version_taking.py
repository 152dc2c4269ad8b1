"""One order for the flows that hold an older version of a subprocess: each takes the current one, or says why not."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.core.held_versions import with_version
from app.errors import InvalidInput, Refused
from app.models.projects import Project
from app.models.templates import Template
from app.sentences import say
from app.services.access import Actor, require
from app.services.engine import writing
from app.services.flow_choice import nodes_running, shown_variables
from app.services.template_bulk import Outcome, one_by_one
from app.services.templates import add_version, hold_template, template_problems, version_of


def take_current_version(
    actor: Actor, project: Project, template: Template, holder_ids: Sequence[int]
) -> Sequence[Outcome]:
    """Let flows of the project, one by one, run the current version of a flow that was found for the actor."""
    require(actor, project, "edit")
    return one_by_one(actor, project, holder_ids, lambda holder_id: _take(actor, project, template, holder_id))


def _take(actor: Actor, project: Project, template: Template, holder_id: int) -> None:
    with writing():
        require(actor, project, "edit")
        holder = hold_template(project, holder_id)
        if template.current_version_id is None or holder.current_version_id is None:
            raise Refused("not_published", say("only published flows hold versions, and have some"))
        current, tree = version_of(template), version_of(holder).tree
        nodes = nodes_running(tree, template, is_common=False)
        behind = [
            node_id
            for node_id, node in nodes.items()
            if not node.get("always_use_latest") and node.get("version") != current.digest
        ]
        if not behind:
            raise Refused("up_to_date", say("it has the current version already"))
        made = with_version(tree, behind, current.digest, shown_variables(current))
        if problems := template_problems(project, made, holder.id):
            raise InvalidInput.of(problems)
        add_version(actor, holder, made, message=f"{template.name}: v{current.number}")
