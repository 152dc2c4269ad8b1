"""Commands that write everything to a file, and fill an empty database from it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.commands.reporting import told
from app.services.backups import restore_backup, write_backup

database = AppGroup("database", help="Back the database up, and restore it.")


@database.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything that the database holds to FILE; nothing has to be stopped for it."""
    with told():
        count = write_backup(file)
    click.echo(f"wrote {count} rows to {file} ({file.stat().st_size} bytes); keep the secret key with it")


@database.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill the empty database from FILE, which may have been written on SQLite or PostgreSQL, and bring it up to date."""
    with told():
        count = restore_backup(file)
    click.echo(f"read {count} rows from {file}")
