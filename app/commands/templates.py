"""Commands that bring flows in and out."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.commands.reporting import told
from app.services.access import SYSTEM, find_project
from app.services.templates import export_template, import_template

templates = AppGroup("templates", help="Saved flows.")


@templates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "biz_id", type=int, required=True, help="Business id of the project.")
def import_(file: Path, biz_id: int) -> None:
    """Save the flow in FILE (YAML as `export` writes it, or a bare pipeline tree) as a template."""
    with told():
        template = import_template(SYSTEM, find_project(SYSTEM, biz_id), file.read_text(encoding="utf-8"))
    click.echo(f"template {template.id} made: {template.name}")


@templates.command("export")
@click.argument("template_id", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--project", "biz_id", type=int, required=True, help="Business id of the project.")
def export(template_id: int, file: Path | None, biz_id: int) -> None:
    """Write template TEMPLATE_ID as YAML to FILE, or to the terminal."""
    with told():
        text = export_template(SYSTEM, find_project(SYSTEM, biz_id), template_id)
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"template {template_id} written to {file}")
