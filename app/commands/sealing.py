"""Commands for the secrets in the database, when the secret key changes."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.commands.reporting import told
from app.services.resealing import Count, count_older
from app.services.resealing import reseal as reseal_all

secrets = AppGroup("secrets", help="Secrets in the database, when SLUICE_SECRET_KEY changes.")


@secrets.command("reseal")
def reseal() -> None:
    """Seal everything anew with the first key of SLUICE_SECRET_KEY. Nothing has to be stopped; may be broken off."""
    with told():
        count = reseal_all()
    click.echo(f"sealed {count.older} secrets anew")
    _tell_unopened(count)


@secrets.command("check")
def check() -> None:
    """Say whether anything is sealed with another key than the first; exit code 1 if so."""
    with told():
        count = count_older()
    _tell_unopened(count)
    if count.older:
        raise click.ClickException(f"{count.older} secrets are sealed with an older key; see `secrets reseal`")
    click.echo("everything is sealed with the newest key")


def _tell_unopened(count: Count) -> None:
    for place in count.unopened:
        click.echo(f"what looks like a secret is opened by none of the keys: {place}", err=True)
