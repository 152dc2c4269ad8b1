"""Asks whether anything that the product is made of has a known hole. `make audit`; needs the network.

pip-audit looks the Python packages up, npm the others. Where one of them cannot be asked, that is told, and is no failure:
then nothing is known, neither good nor bad.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_TOOLS = ROOT / "var" / "audit"
_PIP_AUDIT = "pip-audit>=2.9,<3"
_FILES = ("requirements.txt", "requirements-otel.txt", "requirements-dev.txt", "requirements-docs.txt")
_LONGEST_S = 300


class Unreachable(Exception):
    """There was nobody to ask."""


def main() -> int:
    """Ask about both kinds of packages; returns 1 where a hole is known."""
    found: list[str] = []
    for name, ask in (("Python packages", holes_of_python), ("npm packages", holes_of_npm)):
        try:
            holes = ask()
        except Unreachable as error:
            print(f"{name}: not checked, {error}")
            continue
        print(f"{name}: {len(holes)} known holes" if holes else f"{name}: no known hole")
        found += holes
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


def holes_of_python() -> list[str]:
    """Return the known holes of the pinned Python packages, a line each."""
    tool = _TOOLS / "bin" / "pip-audit"
    if not tool.exists():
        _run([sys.executable, "-m", "venv", str(_TOOLS)])
        if _run([str(_TOOLS / "bin" / "pip"), "install", "-q", _PIP_AUDIT]).returncode:
            raise Unreachable("pip-audit cannot be installed")
    files = [word for name in _FILES for word in ("-r", name)]
    told = _read(
        _run([str(tool), *files, "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"])
    )
    return python_holes(told)


def python_holes(told: Any) -> list[str]:
    """Read what pip-audit tells; raises Unreachable where it could look up none of the packages."""
    packages = told.get("dependencies", []) if isinstance(told, dict) else []
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        raise Unreachable("the list of holes of the Python packages is not reachable")
    return [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for package in known
        for hole in package.get("vulns", [])
    ]


def holes_of_npm() -> list[str]:
    """Return the known holes of the pinned npm packages, a line each."""
    return npm_holes(_read(_run(["npm", "audit", "--json"])))


def npm_holes(told: Any) -> list[str]:
    """Read what npm tells; raises Unreachable where it has got no list."""
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        raise Unreachable("the list of holes of the npm packages is not reachable")
    return [
        f"{name} {hole.get('range', '')}: {hole.get('severity', '')}" for name, hole in told["vulnerabilities"].items()
    ]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"{Path(command[0]).name} did not run: {type(error).__name__}") from error


def _read(done: subprocess.CompletedProcess[str]) -> Any:
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
