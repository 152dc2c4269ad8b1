"""How much has changed from one tree to another, in numbers: what a list of versions tells of each."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.core.differences import Differences


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each there are. Lines, notes and outputs count alike whether they came, went or changed.

    `arranged` counts what is drawn elsewhere, or stands elsewhere in a list, and is the same otherwise.
    """

    nodes_added: int = 0
    nodes_removed: int = 0
    nodes_changed: int = 0
    variables_added: int = 0
    variables_removed: int = 0
    variables_renamed: int = 0
    variables_changed: int = 0
    lines: int = 0
    notes: int = 0
    outputs: int = 0
    settings: int = 0
    arranged: int = 0


def counts_of(found: Differences) -> Counts:
    """Count what was found."""
    sections = (found.nodes, found.flows, found.variables, found.notes)
    nodes, lines, variables, notes = ([c for c in section.changed if c.changes] for section in sections)
    renamed = [variable for variable in variables if variable.changes[0].path == "key"]
    return Counts(
        nodes_added=len(found.nodes.added),
        nodes_removed=len(found.nodes.removed),
        nodes_changed=len(nodes),
        variables_added=len(found.variables.added),
        variables_removed=len(found.variables.removed),
        variables_renamed=len(renamed),
        variables_changed=len(variables) - len(renamed),
        lines=len(found.flows.added) + len(found.flows.removed) + len(lines),
        notes=len(found.notes.added) + len(found.notes.removed) + len(notes),
        outputs=len(found.outputs.added) + len(found.outputs.removed),
        settings=len(found.rest),
        arranged=sum(not changed.changes for section in sections for changed in section.changed),
    )
