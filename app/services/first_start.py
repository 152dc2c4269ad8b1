"""What the first start makes: the user admin, and a demo project with flows to look at and run."""

from __future__ import annotations

from app.services.access import SYSTEM
from app.services.accounts import create_project, create_user, enter_user, has_users
from app.services.samples import add_samples
from app.settings import Settings

DEMO_BIZ_ID = 2


def first_start(settings: Settings) -> str | None:
    """Make the user admin and the demo project, if there is nobody yet; returns the password if it was generated."""
    if has_users():
        return None
    # Whoever tries the product out may have any password; an installation that others depend on may not.
    make = create_user if settings.is_production else enter_user
    password = make("admin", settings.admin_password or None, is_admin=True)
    add_samples(SYSTEM, create_project("Demo", DEMO_BIZ_ID, settings.timezone))
    return None if settings.admin_password else password
