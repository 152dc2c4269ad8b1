"""What the first start makes: the user admin, and a demo project with flows to look at and run."""

from __future__ import annotations

import json
from pathlib import Path

from app.services.access import SYSTEM
from app.services.accounts import create_project, create_user, has_users
from app.services.templates import create_template
from app.settings import Settings

DEMO_BIZ_ID = 2
SAMPLES = Path(__file__).parent.parent / "samples"


def first_start(settings: Settings) -> str | None:
    """Make the user admin and the demo project, if there is nobody yet; returns the password if it was generated."""
    if has_users():
        return None
    password = create_user("admin", settings.admin_password or None, is_admin=True)
    project = create_project("Demo", DEMO_BIZ_ID, settings.timezone)
    made: dict[str, int] = {}
    for path in sorted(SAMPLES.glob("*.json")):
        sample = json.loads(path.read_text(encoding="utf-8"))
        # A sample names the flow that its subprocess runs by the file that holds it.
        for node in sample["tree"]["activities"].values():
            if node["type"] == "SubProcess":
                node["template_id"] = str(made[node["template_id"]])
        template = create_template(
            SYSTEM,
            project,
            sample["name"],
            sample["tree"],
            category=sample["category"],
            description=sample["description"],
        )
        made[path.stem] = template.id
    return None if settings.admin_password else password
