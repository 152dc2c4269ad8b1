"""The commands: `flask --app wsgi …`."""

from __future__ import annotations

from flask import Flask

from app.commands import accounts, backups, flow_locks, members, sealing, templates


def register(app: Flask) -> None:
    """Add the commands to the application."""
    for group in (
        accounts.users,
        members.projects,
        accounts.apps,
        accounts.keys,
        accounts.tokens,
        templates.templates,
        flow_locks.flow,
        backups.database,
        sealing.secrets,
    ):
        app.cli.add_command(group)
