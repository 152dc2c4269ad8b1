"""How the texts of settings are read: each reader raises ValueError with what is wanted."""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from limits import parse_many

from app.engine.core.groups import is_group


def number(least: int, most: int) -> Callable[[str], int]:
    """Read whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most} is wanted, not {text!r}")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Read seconds, from half a one to an hour."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.5 <= seconds <= 3600:
        raise ValueError(f"seconds from 0.5 to 3600 are wanted, not {text!r}")
    return seconds


def switch(text: str) -> bool | None:
    """Read on or off; None for auto."""
    known = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False, "auto": None}
    if text.lower() not in known:
        raise ValueError(f"on or off is wanted, not {text!r}")
    return known[text.lower()]


def on_or_off(text: str) -> bool:
    """Read on or off."""
    return bool(switch(text))


def issuer(text: str) -> str:
    """Read the URL of a provider; what it vouches for must not be changed on the way, so only this machine needs no TLS."""
    url = urlsplit(text)
    is_here = url.scheme == "http" and is_loopback(url.hostname)
    if text and (not url.hostname or not (url.scheme == "https" or is_here) or url.query or url.fragment):
        raise ValueError(f"an address that begins with https:// is wanted, not {text!r}")
    return text


def zone(text: str) -> str:
    """Read the name of a time zone."""
    if text not in available_timezones():
        raise ValueError(f"{text!r} is not a time zone; one is Asia/Shanghai")
    return text


def one_of(*known: str) -> Callable[[str], str]:
    """Read one of some words."""

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"{', '.join(known[:-1])} or {known[-1]} is wanted, not {text!r}")
        return text

    return read


def rate(text: str) -> str:
    """Read rates such as 6000 per minute; nothing stands for no limit."""
    try:
        parse_many(text or "1 per second")
    except ValueError as error:
        raise ValueError(f"a rate such as 6000 per minute is wanted, not {text!r}") from error
    return text


def public_key(text: str) -> str:
    """Read a PEM text, whose line ends may be written as \\n, or the same in base64, as BlueKing's platform writes it."""
    if not text:
        return text
    pem = text.replace("\\n", "\n").strip()
    try:
        pem = pem if pem.startswith("-----") else base64.b64decode(pem, validate=True).decode("ascii").strip()
    except ValueError:
        pem = ""
    if not pem.startswith("-----BEGIN PUBLIC KEY-----"):
        raise ValueError("an RSA public key in PEM (-----BEGIN PUBLIC KEY-----), or that in base64, is wanted")
    return pem + "\n"


def instances(text: str) -> Mapping[str, Mapping[str, object]]:
    """Read the file of instances: {id: {"start": command, "stop": command, "projects": [business ids]}}."""
    if not text:
        return {}
    try:
        found = json.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"the file {text} cannot be read as JSON: {error}") from error
    entries = found.values() if isinstance(found, dict) else [None]
    if not all(isinstance(entry, dict) and _is_instance(entry) for entry in entries):
        raise ValueError(f'{text} must hold {{"i-abc": {{"start": "command", "stop": "command", "projects": [2]}}}}')
    return dict(found)


def _is_instance(entry: Mapping[str, object]) -> bool:
    projects = entry.get("projects")
    texts = all(isinstance(entry.get(key), str) and str(entry[key]).strip() for key in ("start", "stop"))
    return texts and isinstance(projects, list) and all(isinstance(number, int) for number in projects)


def cidrs(text: str) -> tuple[str, ...]:
    """Read networks, by commas."""
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        ipaddress.ip_network(part, strict=False)
    return parts


def networks(text: str) -> tuple[str, ...] | None:
    """Read networks, by commas; None for auto, nothing for none."""
    return None if text == "auto" else cidrs("" if text == "none" else text)


def groups(text: str) -> tuple[str, ...]:
    """Read names of worker groups, by commas."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names or not all(is_group(name) for name in names):
        raise ValueError("names of 1 to 64 letters, digits, _, . and -, by commas")
    return names


def is_loopback(host: object) -> bool:
    """Say whether a host is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
