"""Requests that leave for the network: a name is resolved once, every address checked, and the checked one connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import httpx

MOST_BODY_BYTES = 4 * 1024 * 1024
_MOST_REDIRECTS = 5


class Forbidden(Exception):
    """A request may not go where it was to go."""


@dataclass(frozen=True, slots=True)
class Request:
    """An outgoing request. `timeout_s` bounds each wait for the other side."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, at most `MOST_BODY_BYTES` of it."""

    status: int
    text: str


def send(request: Request, deny: Sequence[str]) -> Reply:
    """Send a request; raises Forbidden for a denied address, httpx.HTTPError for a failure of the network.

    A GET or HEAD follows up to five redirects, each checked like the first address.
    """
    networks = [ipaddress.ip_network(cidr, strict=False) for cidr in deny]
    url = httpx.URL(request.url)
    for _ in range(_MOST_REDIRECTS + 1):
        reply, location = _send_once(request, url, networks)
        if location is None or request.method not in ("GET", "HEAD"):
            return reply
        url = url.join(location)
    raise Forbidden(f"more than {_MOST_REDIRECTS} redirects")


def checked_address(host: str, port: int, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> str:
    """Resolve a host once and return an address of it that may be connected to; raises Forbidden if any may not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} cannot be resolved: {error}") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for text in addresses:
        address = ipaddress.ip_address(text)
        mapped = getattr(address, "ipv4_mapped", None) or address
        if any(mapped in n for n in networks if n.version == mapped.version):
            raise Forbidden(f"{host} is {mapped}, an address that SLUICE_HTTP_DENY does not let flows reach")
    return addresses[0]


def _send_once(
    request: Request, url: httpx.URL, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> tuple[Reply, str | None]:
    if url.scheme not in ("http", "https") or not url.host:
        raise Forbidden(f"a URL begins with http:// or https://, not {str(url)[:80]!r}")
    address = checked_address(url.host, url.port or (443 if url.scheme == "https" else 80), networks)
    # The connection goes to the address that was checked; the name goes into Host and into TLS, as if it had not.
    direct = url.copy_with(host=address)
    headers = {**request.headers, "Host": url.netloc.decode("ascii").rpartition("@")[2]}
    with (
        httpx.Client(timeout=request.timeout_s, trust_env=False, follow_redirects=False) as client,
        client.stream(
            request.method, direct, headers=headers, content=request.body, extensions={"sni_hostname": url.host}
        ) as response,
    ):
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) >= MOST_BODY_BYTES:
                break
        text = body[:MOST_BODY_BYTES].decode(response.encoding or "utf-8", errors="replace")
        location = response.headers.get("location") if response.is_redirect else None
        return Reply(response.status_code, text), location
