"""Pages that watch tasks: one look serves all of them, and each is told within a second of a commit."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from app.services.following import Following, Position

CREATED, RUNNING = Position("created", 0), Position("running", 3)


class Database:
    """Says where tasks stand; counts how often it is asked."""

    def __init__(self, **standing: Position) -> None:
        self.standing = {int(key[1:]): position for key, position in standing.items()}
        self.looks: list[list[int]] = []
        self.is_away = False

    def look(self, task_ids):
        self.looks.append(sorted(task_ids))
        if self.is_away:
            raise OperationalError("select", {}, Exception("away"))
        return {id_: self.standing[id_] for id_ in task_ids if id_ in self.standing}


def test_who_has_seen_nothing_is_told_at_once_where_a_task_stands() -> None:
    following = Following(Database(t1=RUNNING).look, every_s=0.01)
    assert following.wait(1, None, 30) == RUNNING


def test_who_has_seen_it_waits_for_the_next_move() -> None:
    database = Database(t1=CREATED)
    following = Following(database.look, every_s=0.01)
    threading.Timer(0.1, lambda: database.standing.update({1: RUNNING})).start()
    began = time.monotonic()
    assert following.wait(1, CREATED, 60) == RUNNING
    assert 0.05 < time.monotonic() - began < 30


def test_when_nothing_happens_the_wait_ends_with_what_is_known() -> None:
    following = Following(Database(t1=RUNNING).look, every_s=0.01)
    assert following.wait(1, RUNNING, 0.1) == RUNNING
    assert following.wait(2, None, 0.1) is None


def test_what_was_seen_before_nobody_watched_is_not_told_again() -> None:
    database = Database(t1=Position("failed", 7), t2=RUNNING)
    following = Following(database.look, every_s=0.01)
    assert following.wait(1, None, 30) == Position("failed", 7)

    # Somebody watches another task, so that the thread lives on; the first one is opened again meanwhile.
    other = threading.Thread(target=following.wait, args=(2, RUNNING, 0.5))
    other.start()
    database.standing[1] = Position("running", 8)
    assert following.wait(1, None, 30) == Position("running", 8)
    other.join()


def test_many_watchers_of_many_tasks_cost_one_look() -> None:
    database = Database(t1=RUNNING, t2=RUNNING)
    following = Following(database.look, every_s=0.05)
    waiters = [threading.Thread(target=following.wait, args=(1 + i % 2, RUNNING, 0.6)) for i in range(40)]
    began = time.monotonic()
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        waiter.join()
    # As many as one watcher costs in this time, however long it took to start them all.
    assert len(database.looks) <= (time.monotonic() - began) / 0.05 + 1
    assert [1, 2] in database.looks


def test_a_database_that_is_away_is_asked_again_and_nobody_is_told_nonsense() -> None:
    database = Database(t1=RUNNING)
    following = Following(database.look, every_s=0.01)
    database.is_away = True
    threading.Timer(0.2, lambda: setattr(database, "is_away", False)).start()
    assert following.wait(1, None, 30) == RUNNING


def test_its_thread_ends_when_nobody_watches_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.following._IDLE_S", 0.05)
    following = Following(Database(t1=RUNNING).look, every_s=0.01)
    following.wait(1, None, 30)
    threads = [thread for thread in threading.enumerate() if thread.name == "following"]
    for thread in threads:
        thread.join(30)
    assert threads
    assert not any(thread.is_alive() for thread in threads)
    assert following.wait(1, None, 30) == RUNNING
