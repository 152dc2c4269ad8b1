"""Commands that bring flows in and out."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.commands.reporting import told
from app.services import exchange, schemes
from app.services.access import SYSTEM, find_project

templates = AppGroup("templates", help="Saved flows.")

_where = click.option("--project", "biz_id", type=int, help="Business id of the project; none for common flows.")
_as_what = click.option(
    "--format", "format_", type=click.Choice(["yaml", "dat"]), help="Format; by default what FILE's name says, or YAML."
)


@templates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_where
@_as_what
@click.option("--override", is_flag=True, help="Make new versions of the flows that are there already.")
def import_(file: Path, biz_id: int | None, format_: str | None, override: bool) -> None:
    """Save the flows in FILE as templates: as `export` writes them, as bk-sops does (.dat), or one bare tree."""
    read = exchange.import_dat if _format_of(format_, file) == "dat" else exchange.import_yaml
    with told():
        project = None if biz_id is None else find_project(SYSTEM, biz_id)
        made = read(SYSTEM, project, file.read_text(encoding="utf-8", errors="replace"), override=override)
    for one in sorted(made, key=lambda one: one.id):
        click.echo(f"template {one.id} {'made' if one.is_new else 'replaced'}: {one.name}")
        if one.empty_passwords:
            click.echo(f"  {one.empty_passwords} of its passwords are empty: files carry none, so type them in")


@templates.command("export")
@click.argument("words", nargs=-1, required=True, metavar="TEMPLATE_ID... [FILE]")
@_where
@_as_what
def export(words: tuple[str, ...], biz_id: int | None, format_: str | None) -> None:
    """Write templates, and those that their subprocesses name, to FILE, or to the terminal."""
    *ids, last = words
    file = None if last.isdecimal() else Path(last)
    ids += [] if file else [last]
    if not ids or not all(word.isdecimal() for word in ids):
        raise click.UsageError("name templates by their numbers, and after them at most one file")
    write = exchange.export_dat if _format_of(format_, file) == "dat" else exchange.export_yaml
    with told():
        project = None if biz_id is None else find_project(SYSTEM, biz_id)
        text = write(SYSTEM, project, [int(word) for word in ids])
    if file is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"template {', '.join(ids)} written to {file}")


@templates.command("scheme")
@click.argument("template_id", type=int)
@click.argument("name")
@click.argument("nodes", nargs=-1, metavar="NODE_ID...")
@click.option("--project", "biz_id", type=int, required=True, help="Business id of the project.")
def scheme(template_id: int, name: str, nodes: tuple[str, ...], biz_id: int) -> None:
    """Save an execution scheme: of the optional nodes of template TEMPLATE_ID, only NODE_ID... are executed."""
    with told():
        made = schemes.create_scheme(SYSTEM, find_project(SYSTEM, biz_id), template_id, name, nodes)
    click.echo(f"scheme {made.id} made: {made.name}")


def _format_of(chosen: str | None, file: Path | None) -> str:
    return chosen or ("dat" if file is not None and file.suffix == ".dat" else "yaml")
