"""Commands for the database as a whole: backed up, restored, vacuumed."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.commands.reporting import told
from app.services import storage
from app.services.access import SYSTEM
from app.services.backups import restore_backup, write_backup
from app.services.retention import archive_folder

database = AppGroup("database", help="Back the database up, restore it, vacuum it.")


@database.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything that the database holds to FILE; nothing has to be stopped for it."""
    with told():
        count = write_backup(file)
    click.echo(f"wrote {count} rows to {file} ({file.stat().st_size} bytes); keep the secret key with it")
    _tell_archive()


@database.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill the empty database from FILE, which may have been written on SQLite or PostgreSQL, and bring it up to date."""
    with told():
        count = restore_backup(file)
    click.echo(f"read {count} rows from {file}")
    _tell_archive()


@database.command("vacuum")
def vacuum() -> None:
    """Give back the room of rows that were deleted; on SQLite everything waits while it lasts."""
    with told():
        before, after = storage.vacuum()
    click.echo(f"{before} bytes before, {after} bytes now")


def _tell_archive() -> None:
    """Say what is not in a backup."""
    count = storage.storage(SYSTEM).archived
    if count:
        click.echo(f"{count} archived tasks are in files of their own, not in the backup: copy {archive_folder()} too")
