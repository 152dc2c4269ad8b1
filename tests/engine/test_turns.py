"""Writers of SQLite take turns, so that nobody naps while the database is free."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.sqlite import TurnTaking, tune


@pytest.fixture
def connect(tmp_path: Path):
    """Open connections to one database, as the product does."""
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    tune(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE word (word TEXT)"))
    opened = []

    def open_one() -> TurnTaking:
        opened.append(engine.raw_connection())
        return opened[-1].driver_connection

    yield open_one
    for connection in opened:
        connection.close()
    engine.dispose()


def test_a_writer_waits_for_the_one_before_and_goes_on_when_that_one_ends(connect):
    first, order = connect(), []

    def write() -> None:
        second = connect()
        second.begin_immediate()
        order.append("second")
        second.rollback()

    first.begin_immediate()
    other = threading.Thread(target=write)
    other.start()
    time.sleep(0.1)
    order.append("first")
    first.commit()
    other.join(10)

    assert order == ["first", "second"]


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_whoever_ends_passes_the_turn_on(connect, end):
    first, second = connect(), connect()
    first.begin_immediate()
    getattr(first, end)()

    second.begin_immediate()
    assert second.in_transaction
    second.rollback()


def test_a_process_that_is_killed_in_its_turn_holds_up_nobody(connect, tmp_path):
    begun = tmp_path / "begun"
    child = os.fork()
    if not child:
        connection = connect()
        connection.begin_immediate()
        begun.touch()
        time.sleep(60)
        os._exit(1)
    while not begun.exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    connection = connect()
    connection.begin_immediate()
    assert connection.in_transaction
    connection.rollback()


def test_many_writers_at_once_lose_nothing(connect):
    def write() -> None:
        connection = connect()
        for _ in range(50):
            connection.begin_immediate()
            connection.execute("INSERT INTO word VALUES ('x')")
            connection.commit()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert connect().execute("SELECT count(*) FROM word").fetchone() == (200,)
