"""The threads in which a worker calls plugins that may block, so that they hold up nothing else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class _Here(threading.local):
    """What a thread of this process is doing: whether it is one of a pool's, and whether it has reserved a place there."""

    in_pool = False
    has_reserved = False


class Pool:
    """At most `size` threads; a place is reserved in the claim's transaction and used, or given back, after it."""

    def __init__(self, size: int) -> None:
        self._size, self._here = size, _Here()
        self._places = threading.BoundedSemaphore(size)
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    @property
    def is_wanted(self) -> bool:
        """Say whether this thread leaves to the pool what may block: one of the pool's own does it itself."""
        return self._size > 0 and not self._here.in_pool

    def reserve(self) -> bool:
        """Reserve a place for this thread to use; False when all are taken."""
        self._here.has_reserved = self._places.acquire(blocking=False)
        return self._here.has_reserved

    def give_back(self) -> None:
        """Give the place back that this thread has reserved and not used, if there is one: its claim was undone."""
        if self._here.has_reserved:
            self._here.has_reserved = False
            self._places.release()

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread that uses the reserved place."""
        self._here.has_reserved = False

        def run() -> None:
            self._here.in_pool = True
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(threading.current_thread())
                self._places.release()

        thread = threading.Thread(target=run, name="plugin", daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def wait(self, timeout_s: float) -> None:
        """Wait for the threads to end, `timeout_s` in all."""
        end = time.monotonic() + timeout_s
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
