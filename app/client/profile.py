"""Which installation to speak to, and as whom: from the environment, else from a file that only its owner can read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from app.client.connection import Credentials

PREFIX = "SLUICE_CLIENT_"
SECRETS = ("secret", "token")


@dataclass(frozen=True, slots=True)
class Profile:
    """What `sluice login` keeps; `project` is a business id."""

    url: str = ""
    app: str = ""
    secret: str = ""
    user: str = ""
    token: str = ""
    project: int = 0

    @property
    def credentials(self) -> Credentials:
        """Who calls."""
        return Credentials(self.app, self.secret, self.user, self.token)

    def missing(self) -> list[str]:
        """Return the names of what a call needs and is not there."""
        return [name for name in ("url", "app", "secret", "project") if not getattr(self, name)]


class BadProfile(ValueError):
    """What is kept, or what the environment says, cannot be read."""


def variables() -> Mapping[str, str]:
    """Return the environment's name of each field."""
    return {field.name: PREFIX + field.name.upper() for field in fields(Profile)}


def path_of(environ: Mapping[str, str]) -> Path:
    """Return where the profile is kept."""
    chosen = environ.get(f"{PREFIX}FILE")
    folder = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(chosen) if chosen else folder / "sluice" / "client.json"


def read_profile(environ: Mapping[str, str]) -> Profile:
    """Return the profile that is kept, with what the environment says in its place."""
    path = path_of(environ)
    kept = Profile()
    if path.exists():
        try:
            kept = Profile(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise BadProfile(f"{path} is no profile; `sluice login` writes a new one") from error
    given = {name: environ[variable] for name, variable in variables().items() if environ.get(variable)}
    project = given.pop("project", str(kept.project))
    if not project.isdecimal():
        raise BadProfile(f"{PREFIX}PROJECT must be a business id, a whole number; it is {project!r}")
    return replace(kept, **given, project=int(project))


def keep_profile(profile: Profile, environ: Mapping[str, str]) -> Path:
    """Write the profile to a file that nobody else may read at any moment, and return where that is."""
    path = path_of(environ)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(profile), file, indent=1)
    fresh.replace(path)
    return path
