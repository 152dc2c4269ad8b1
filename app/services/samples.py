"""Flows to look at and to run, for a project that has none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from app.models.projects import Project
from app.services.access import Actor
from app.services.templates import create_template

SAMPLES = Path(__file__).parent.parent / "samples"


def add_samples(actor: Actor, project: Project) -> Sequence[int]:
    """Save the sample flows in a project, for who may edit there; returns their ids."""
    made: dict[str, int] = {}
    for path in sorted(SAMPLES.glob("*.json")):
        sample = json.loads(path.read_text(encoding="utf-8"))
        # A sample names the flow that its subprocess runs by the file that holds it.
        for node in sample["tree"]["activities"].values():
            if node["type"] == "SubProcess":
                node["template_id"] = str(made[node["template_id"]])
        template = create_template(
            actor, project, sample["name"], sample["tree"], category=sample["category"], description=sample["description"]
        )  # fmt: skip
        made[path.stem] = template.id
    return list(made.values())
