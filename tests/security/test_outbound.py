"""Requests of flows and notices: they go where they were checked to go, and what comes back cannot hurt.

Which addresses are denied, however they are written, stands in tests/plugins/test_plugins.py.
"""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from app.engine.plugins import outbound
from app.engine.plugins.messages import Post, send_post
from app.engine.plugins.outbound import MOST_BODY_BYTES, Forbidden, Request, checked_address, send

DENIED = [ipaddress.ip_network(text) for text in ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "10.0.0.0/8")]


class Server(ThreadingHTTPServer):
    """A server that answers as its test says, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): self.headers.get_all(name) for name in self.headers}))
        self.server.answers[self.path](self)

    do_POST = do_GET

    def say(self, body: bytes = b"{}", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def serving() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


web, other = pytest.fixture(serving, name="web"), pytest.fixture(serving, name="other")


def get(url: str, headers: dict[str, str] | None = None, deny: tuple[str, ...] = ()) -> outbound.Reply:
    return send(Request("GET", url, headers or {}, None, 5), deny)


def resolving(monkeypatch, *answers: str) -> list[str]:
    """Let each question for a name be answered by the next address; returns the names that were asked for."""
    left, asked = list(answers), []
    real = socket.getaddrinfo

    def answer(host, port, *args, **kwargs):
        if str(host).endswith(".example"):
            asked.append(host)
            return real(left.pop(0), port, *args, **kwargs)
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_is_resolved_once_so_that_a_second_answer_cannot_lead_elsewhere(web, other, monkeypatch):
    asked = resolving(monkeypatch, "127.0.0.1", "169.254.169.254")
    web.answers["/"] = Handler.say

    assert get(f"http://rebinding.example:{web.server_port}/", deny=("169.254.0.0/16",)).status == 200
    assert asked == ["rebinding.example"]
    assert web.asked[0][1]["host"] == [f"rebinding.example:{web.server_port}"]


def test_each_redirect_is_checked_anew(web, monkeypatch):
    resolving(monkeypatch, "127.0.0.1", "10.0.0.1")
    web.answers["/"] = lambda answer: answer.say(status=302, Location="http://inside.example/")

    with pytest.raises(Forbidden, match=r"inside\.example is 10\.0\.0\.1"):
        get(f"http://outside.example:{web.server_port}/", deny=("10.0.0.0/8",))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "//", "http://"])
def test_a_redirect_leads_to_no_other_kind_of_address(web, location):
    web.answers["/"] = lambda answer: answer.say(status=302, Location=location)
    with pytest.raises((Forbidden, httpx.HTTPError, httpx.InvalidURL)):
        get(f"{web.url}/")


def test_a_redirect_to_another_server_takes_no_credentials_there(web, other):
    web.answers |= {
        "/": lambda answer: answer.say(status=307, Location="/here"),
        "/here": lambda answer: answer.say(status=307, Location=f"{other.url}/there"),
    }
    other.answers["/there"] = Handler.say

    get(f"{web.url}/", {"Authorization": "Bearer secret", "X-Key": "secret"})
    assert [headers.get("authorization") for _, headers in web.asked] == [["Bearer secret"]] * 2
    assert not {"authorization", "x-key"} & other.asked[0][1].keys()


def test_redirects_in_a_circle_end(web):
    web.answers["/"] = lambda answer: answer.say(status=302, Location="/")
    with pytest.raises(Forbidden, match="more than 5 redirects"):
        get(f"{web.url}/")
    assert len(web.asked) == 6


@pytest.mark.parametrize(
    ("address", "is_denied"),
    [
        ("::ffff:127.0.0.1", True), ("64:ff9b::a9fe:a9fe", True), ("2002:a9fe:a9fe::1", True), ("2002:7f00:1::", True),
        ("64:ff9b::808:808", False), ("2002:808:808::1", False), ("2001:db8::1", False), ("8.8.8.8", False),
    ],
)  # fmt: skip
def test_an_address_that_stands_for_a_denied_one_is_denied(monkeypatch, address, is_denied):
    resolving(monkeypatch, address)
    if is_denied:
        with pytest.raises(Forbidden):
            checked_address("some.example", 80, DENIED)
    else:
        assert checked_address("some.example", 80, DENIED) == address


@pytest.mark.parametrize("name", ["host", "HOST", "Content-Length", "transfer-encoding", "Connection", "TE"])
def test_the_headers_of_the_connection_are_not_the_callers(web, name):
    web.answers["/"] = Handler.say
    get(f"{web.url}/", {name: "7"})

    headers = web.asked[0][1]
    assert headers["host"] == [web.url.removeprefix("http://")]
    assert "7" not in [value for values in headers.values() for value in values]


def bomb(kind: str) -> bytes:
    """Sixty-four megabytes of nothing, in a few kilobytes."""
    packer = zlib.compressobj(1, wbits=31 if kind == "gzip" else 15)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()


@pytest.mark.parametrize("kind", ["gzip", "deflate"])
def test_a_bomb_is_unpacked_no_further_than_it_counts(web, kind):
    packed = bomb(kind)
    web.answers["/"] = lambda answer: answer.say(packed, Content_Encoding=kind)
    assert len(get(f"{web.url}/").text) == MOST_BODY_BYTES


def test_what_is_packed_rightly_is_read(web):
    web.answers["/"] = lambda answer: answer.say(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    assert get(f"{web.url}/").text == '{"a": 1}'
    assert web.asked[0][1]["accept-encoding"] == ["identity"]


@pytest.mark.parametrize(("kind", "body"), [("br", b"x"), ("gzip, gzip", b"x"), ("gzip", b"no gzip")])
def test_what_cannot_be_unpacked_fails_with_a_reason(web, kind, body):
    web.answers["/"] = lambda answer: answer.say(body, Content_Encoding=kind)
    with pytest.raises(httpx.DecodingError, match="packed"):
        get(f"{web.url}/")


@pytest.mark.parametrize("encoding", ["zlib", "rot13", "undefined", "idna", "no-such"])
def test_an_encoding_that_is_none_is_taken_for_utf8(web, encoding):
    web.answers["/"] = lambda answer: answer.say("ü".encode(), Content_Type=f"text/plain; charset={encoding}")
    assert get(f"{web.url}/").text == "ü"


def test_an_answer_that_drips_for_ever_is_left(web, monkeypatch):
    monkeypatch.setattr(outbound, "_LONGEST_S", 0.3)
    stop = threading.Event()

    def drip(answer: Handler) -> None:
        answer.send_response(200)
        answer.end_headers()
        while not stop.wait(0.05):
            answer.wfile.write(b"x")
            answer.wfile.flush()

    web.answers["/"] = drip
    with pytest.raises(httpx.ReadTimeout, match="has not ended"):
        get(f"{web.url}/")
    stop.set()


def test_notices_go_the_same_way(web):
    status, problem = send_post(Post(f"{web.url}/hook", {}), ["127.0.0.0/8"])
    assert status == 0
    assert "SLUICE_HTTP_DENY" in problem
    assert web.asked == []


def test_a_notice_follows_no_redirect(web, other):
    web.answers["/hook"] = lambda answer: answer.say(status=302, Location=f"{other.url}/")
    assert send_post(Post(f"{web.url}/hook", {"a": 1}), [])[0] == 302
    assert other.asked == []
