"""The threads in which a worker calls plugins that may block, so that they hold up nothing else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Pool:
    """At most `size` threads; a place is reserved in the claim's transaction and used, or given back, after it."""

    def __init__(self, size: int) -> None:
        self._places = threading.BoundedSemaphore(size)
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def reserve(self) -> bool:
        """Reserve a place; False when all are taken."""
        return self._places.acquire(blocking=False)

    def release(self) -> None:
        """Give a reserved place back unused."""
        self._places.release()

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work` in a thread that uses a reserved place."""

        def run() -> None:
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
