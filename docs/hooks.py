"""What the site has that no file of this folder holds: pages made of the code, of the repository's own files, and pictures.

MkDocs calls the functions named `on_…`; the others make text, and are tested without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PICTURES = ROOT / "var" / "docs" / "pictures"
OWN = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md"}
"""Files of the repository that are pages of the site."""

_PICTURE = re.compile(r"^<!-- picture: ([\w-]+) \| (.+) -->$", re.MULTILINE)


def generated_pages() -> dict[str, str]:
    """Return the pages that are no files of this folder, by their paths."""
    own = {page: (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](") for name, page in OWN.items()}
    return {**own, "commands.md": commands()}


def completed(path: str, text: str) -> str:
    """Return a page's text with its pictures, the list of decisions, and links to pages of the site."""
    for name, page in OWN.items():
        text = text.replace(f"](../{name}", f"]({page}").replace(f"](../../{name}", f"](../{page}")
    if path == "decisions/index.md":
        text += "\n" + "\n".join(decisions()) + "\n"
    return _PICTURE.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    name, words = found.groups()
    return f"![{words}](pictures/{name}.png)" if (PICTURES / f"{name}.png").exists() else ""


def decisions() -> Iterator[str]:
    """Yield a line for each decision, by number."""
    for path in sorted(DOCS.glob("decisions/0*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        yield f"- [{title.replace('. ', ' · ', 1)}]({path.name})"


def commands() -> str:
    """Return a page with what each command says of itself."""
    from app.client.command import sluice  # noqa: PLC0415 - only this page needs the code
    from app.factory import create_app  # noqa: PLC0415
    from app.settings import Settings  # noqa: PLC0415

    app = create_app(Settings.from_environ({"SLUICE_SECRET_KEY": "none" * 8}))
    # `db` is Flask-Migrate's own, for those who change tables.
    of_the_server = {name: group for name, group in sorted(app.cli.commands.items()) if name != "db"}
    groups = [("sluice", sluice), *((f"flask --app wsgi {name}", group) for name, group in of_the_server.items())]
    told = "\n".join(line for name, command in groups for line in _told(command, name, None))
    return f"# Commands\n\nEach as it says of itself, by `--help`.\n\n{told}"


def _told(command: Any, name: str, parent: Any) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    yield f"## {name}\n" if parent is None else f"### {context.command_path}\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    for inner in sorted(getattr(command, "commands", {})):
        yield from _told(command.commands[inner], inner, context)


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages and the pictures to the site."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - the tests do without it

    for path, text in generated_pages().items():
        files.append(File.generated(config, path, content=text))
    for picture in sorted(PICTURES.glob("*.png")):
        files.append(File.generated(config, f"pictures/{picture.name}", abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Complete a page."""
    return completed(page.file.src_uri, markdown)
