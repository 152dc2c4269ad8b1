"""Where a call comes from: the connection's other end, or what proxies that are trusted say about it.

It stands before everything else, so that whatever asks for the address (limits, the journal, the measurements) gets the same
answer. What a proxy that is not trusted says, or a caller who plays one, counts for nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

_FORWARDED_FOR, _FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


class TrustedProxies:
    """A WSGI application before another: it sets the caller's address and scheme to what trusted proxies say."""

    def __init__(self, app: Any, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    def __call__(self, environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        peer = str(environ.get("REMOTE_ADDR") or "")
        if _FORWARDED_FOR in environ:
            environ["REMOTE_ADDR"] = self.caller(peer, environ[_FORWARDED_FOR])
        scheme = str(environ.get(_FORWARDED_PROTO, "")).rpartition(",")[2].strip().lower()
        if scheme in ("http", "https") and self._is_trusted(peer):
            environ["wsgi.url_scheme"] = scheme
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer

    def caller(self, peer: str, forwarded: str) -> str:
        """Return who called: the last address that a trusted proxy has added, and that is not itself one."""
        address = peer
        for hop in reversed(forwarded.split(",")):
            before = _address(hop)
            if before is None or not self._is_trusted(address):
                break
            address = before
        return address

    def _is_trusted(self, text: str) -> bool:
        address = _address(text)
        if address is None:
            return False
        found = ipaddress.ip_address(address)
        return any(found in network for network in self._networks if network.version == found.version)


def _address(text: str) -> str | None:
    """Read an address as proxies write it, perhaps with a port; None if it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
