"""How fast the canvas is with 1,000 nodes: how long it draws them, and the frames while one is dragged.

Both are told as multiples of an empty page's in the same browser and run: of the paint of a page with nothing on it, and of
its frames while the pointer moves. So a slow machine does not make the canvas look slow.
"""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from app.engine.dispatch import InlineDispatcher
from app.extensions import db
from app.factory import create_app
from app.models.base import Base
from app.services.first_start import first_start
from app.settings import Settings
from tests.drawing import flow

ROUNDS, MOVES = 5, 60
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
"""A session is bound to the agent that logged in."""

DRAW = """async (tree) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  // What was there goes first: it is drawing that is measured.
  if (tree) window.sluice.editor.open(JSON.parse(document.getElementById('editor-data').textContent).tree);
  await painted();
  const begin = performance.now();
  if (tree) window.sluice.editor.open(tree);
  await painted();
  const seen = performance.now() - begin, waiting = tree ? window.sluice.editor.get('graphicsFactory').waiting : new Map();
  if (!waiting.size) return [seen, seen];
  while (waiting.size) await new Promise(requestAnimationFrame);
  await painted();
  return [seen, performance.now() - begin];
}"""
WATCH = """() => {
  const frames = [];
  let last = performance.now(), stopped = false, told = 0;
  // The frame in which the pointer has moved counts, and the next one, which waits for what that one has painted; others
  // nobody waits for.
  const next = (now) => {
    if (told > 0) frames.push(now - last);
    last = now;
    told -= 1;
    if (!stopped) requestAnimationFrame(next);
  };
  const move = () => { told = 2; };
  window.addEventListener('pointermove', move, true);
  requestAnimationFrame(next);
  window.stopWatching = () => {
    stopped = true;
    window.removeEventListener('pointermove', move, true);
    return frames.slice(1);
  };
}"""
SHOW = """(id) => {
  const get = (name) => window.sluice.editor.get(name), shape = get('elementRegistry').get(id);
  get('view').zoomTo(1);
  get('view').reveal(shape);
  const { x, y } = get('view').toWindow({ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 });
  return [x, y];
}"""


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians in milliseconds: until what is in view is drawn, until all is, and of the frames while something is dragged, with
    the slowest but one in twenty."""

    seen_ms: float
    drawing_ms: float
    frame_ms: float
    slow_frame_ms: float


def thousand_nodes() -> dict[str, Any]:
    """Return a flow of 100 parallel blocks of eight nodes each, with their gateways: 1,000 nodes."""
    blocks = [
        f"{'start' if i == 0 else f'join{i - 1}'} > par{i} ; "
        + " ; ".join(f"par{i} > a{i}x{j} > join{i}" for j in range(8))
        for i in range(100)
    ]
    return flow(" ; ".join(blocks) + " ; join99 > end")


def speed_of_empty(page: Any) -> Speed:
    """Measure a page with nothing on it."""
    page.goto("about:blank")
    times = [page.evaluate(DRAW, None) for _ in range(ROUNDS)]
    return _speed(times, _frames(page, (400, 400)))


def speed_of_canvas(page: Any, address: str, tree: Mapping[str, Any], node: str) -> Speed:
    """Measure how the editor at an address draws a tree and drags one of its nodes."""
    page.goto(address)
    page.wait_for_selector("html[data-ready=editor]")
    times = [page.evaluate(DRAW, tree) for _ in range(ROUNDS)]
    x, y = page.evaluate(SHOW, node)
    page.wait_for_timeout(500)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8)
    page.wait_for_timeout(500)
    frames = _frames(page, (x + 8, y + 8))
    page.mouse.up()
    return _speed(times, frames)


def _frames(page: Any, begin: tuple[float, float]) -> list[float]:
    page.evaluate(WATCH)
    for move in range(MOVES):
        page.mouse.move(begin[0] + 2 * move, begin[1] + 3 * (move % 20))
    frames: list[float] = page.evaluate("window.stopWatching()")
    return frames


def _speed(times: list[tuple[float, float]], frames: list[float]) -> Speed:
    seen, whole = (statistics.median(each) for each in zip(*times, strict=True))
    return Speed(seen, whole, statistics.median(frames), statistics.quantiles(frames, n=20)[-1])


def measure_canvas() -> None:
    """Measure in Chromium and print it; without Chromium say so."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed; `apt-get install chromium` brings the canvas's measurements")
        return
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with _site() as (url, cookie), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, user_agent=AGENT)
        context.add_cookies([{"name": "session", "value": cookie, "domain": "127.0.0.1", "path": "/"}])
        page = context.new_page()
        empty = speed_of_empty(page)
        full = speed_of_canvas(page, f"{url}/projects/1/flows/new", thousand_nodes(), "a50x4")
        browser.close()
    _print(empty, full)


def _print(empty: Speed, full: Speed) -> None:
    print(
        f"The canvas with 1,000 nodes in Chromium, medians of {ROUNDS}\n  {'':44} {'empty':>9} {'1,000':>9} {'ratio':>7}"
    )
    for what, before, after in (
        ("what is in view, to the second frame after", empty.seen_ms, full.seen_ms),
        ("all of it, to the second frame after", empty.drawing_ms, full.drawing_ms),
        ("a frame while a node is dragged", empty.frame_ms, full.frame_ms),
        ("the slowest frame but one in twenty", empty.slow_frame_ms, full.slow_frame_ms),
    ):
        print(f"  {what:44} {before:6.1f} ms {after:6.1f} ms {after / before:7.1f}")
    print()


@contextmanager
def _site() -> Iterator[tuple[str, str]]:
    """Yield the address of a site with the demo project, and the session of its admin."""
    with tempfile.TemporaryDirectory(prefix="sluice-canvas-") as folder:
        environ = {
            "SLUICE_DATA_DIR": folder, "SLUICE_DATABASE_URL": f"sqlite:///{Path(folder) / 'c.db'}",
            "SLUICE_SECRET_KEY": "canvas" * 6, "SLUICE_ADMIN_PASSWORD": "opensesame",
        }  # fmt: skip
        app = create_app(Settings.from_environ(environ), InlineDispatcher())
        with app.app_context():
            Base.metadata.create_all(db.engine)
            first_start(app.config["SLUICE"])
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", _log_in(app)
        finally:
            server.shutdown()
            thread.join(10)


def _log_in(app: Flask) -> str:
    client, agent = app.test_client(), {"User-Agent": AGENT}
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login", headers=agent).text)
    assert token is not None, "the login page has a token"
    form = {"csrf": token.group(1), "username": "admin", "password": "opensesame"}
    client.post("/login", data=form, headers=agent)
    cookie = client.get_cookie("session")
    assert cookie is not None, "the admin logs in"
    return str(cookie.value)


if __name__ == "__main__":
    measure_canvas()
