"""Requests that leave for the network: a name is resolved once, every address checked, and the checked one connected to."""

from __future__ import annotations

import ipaddress
import socket
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from app.engine import tracing
from app.sentences import say

MOST_BODY_BYTES = 4 * 1024 * 1024
_MOST_REDIRECTS = 5
_LONGEST_S = 900.0
"""How long an answer may take in all, however steadily it drips."""

_OURS = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "upgrade", "te")
"""The headers that belong to the connection: what a caller wants of them is left out, for it could say two things at once."""

_PACKED, _ZLIB_OR_GZIP = ("gzip", "x-gzip", "deflate"), 47

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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

    A GET or HEAD follows up to five redirects, each checked like the first address. One that leads to another server takes
    none of the caller's headers there, for they may prove the caller. Where this process is traced, the request goes on with
    the trace.
    """
    request = replace(request, headers=_traced(request.headers))
    networks = [ipaddress.ip_network(cidr, strict=False) for cidr in deny]
    url = httpx.URL(request.url)
    until = time.monotonic() + _LONGEST_S
    for _ in range(_MOST_REDIRECTS + 1):
        reply, location = _send_once(request, url, networks, until)
        if location is None or request.method not in ("GET", "HEAD"):
            return reply
        target = url.join(location)
        if _server(target) != _server(url):
            request = replace(request, headers={})
        url = target
    raise Forbidden(say("more than {most} redirects", most=_MOST_REDIRECTS))


def _traced(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return headers with those of the current trace, if there is one; what the caller has set itself stays."""
    own = {name.strip().lower() for name in headers}
    return {**{name: value for name, value in tracing.bound().carrier().items() if name not in own}, **headers}


def checked_address(host: str, port: int, networks: Iterable[Network]) -> str:
    """Resolve a host once and return an address of it that may be connected to; raises Forbidden if any may not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(say("{host} cannot be resolved: {error}", host=host, error=error)) from error
    denied = list(networks)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for text in addresses:
        address = ipaddress.ip_address(text)
        for meant in (address, *_embedded(address)):
            if any(meant in network for network in denied if network.version == meant.version):
                raise Forbidden(
                    say("{host} is {address}, an address that SLUICE_HTTP_DENY does not let flows reach", host=host,
                        address=str(meant))
                )  # fmt: skip
    return addresses[0]


def _embedded(address: Address) -> Iterable[Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for: mapped, behind a NAT64, or by 6to4."""
    if isinstance(address, ipaddress.IPv6Address):
        found = (address.ipv4_mapped, address.sixtofour)
        yield from (inner for inner in found if inner is not None)
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def _send_once(
    request: Request, url: httpx.URL, networks: Sequence[Network], until: float
) -> tuple[Reply, str | None]:  # fmt: skip
    if url.scheme not in ("http", "https") or not url.host:
        raise Forbidden(say("a URL begins with http:// or https://, not {url}", url=repr(str(url)[:80])))
    address = checked_address(url.host, url.port or (443 if url.scheme == "https" else 80), networks)
    # The connection goes to the address that was checked; the name goes into Host and into TLS, as if it had not.
    direct = url.copy_with(host=address)
    given = {name: value for name, value in request.headers.items() if name.strip().lower() not in _OURS}
    # Nothing packed is asked for: a few bytes can be unpacked to any number.
    headers = {**given, "Host": url.netloc.decode("ascii").rpartition("@")[2], "Accept-Encoding": "identity"}
    with (
        httpx.Client(timeout=request.timeout_s, trust_env=False, follow_redirects=False) as client,
        client.stream(
            request.method, direct, headers=headers, content=request.body, extensions={"sni_hostname": url.host}
        ) as response,
    ):
        location = response.headers.get("location") if response.is_redirect else None
        return Reply(response.status_code, _text(_body_of(response, until), response.encoding)), location


def _body_of(response: httpx.Response, until: float) -> bytes:
    """Read what came back, as far as it counts; what is packed is unpacked as far as it counts."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in _PACKED and packed not in ("", "identity"):
        raise httpx.DecodingError(say("the answer is packed ({how}), which was not asked for", how=packed[:40]))
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP) if packed in _PACKED else None
    body = b""
    for chunk in response.iter_raw():
        room = MOST_BODY_BYTES - len(body)
        try:
            body += chunk[:room] if unpacker is None else unpacker.decompress(chunk, room)
        except zlib.error as error:
            raise httpx.DecodingError(say("the answer cannot be unpacked: {error}", error=str(error))) from error
        if len(body) >= MOST_BODY_BYTES:
            break
        if time.monotonic() > until:
            raise httpx.ReadTimeout(say("the answer has not ended after {seconds} seconds", seconds=int(_LONGEST_S)))
    return body


def _text(body: bytes, encoding: str | None) -> str:
    """Read a body in the encoding that it claims; some that Python knows are none for texts."""
    try:
        return body.decode(encoding or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", errors="replace")


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
