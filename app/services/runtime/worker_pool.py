"""A few threads that work off what is handed over."""

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from app.logs import carried

Work = Callable[[], None]

_logger = logging.getLogger(__name__)


class WorkPool:
    """Runs so many works at once and no more; what has not begun at a stop is left to the next start."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._works: SimpleQueue[Work | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        """True when works are taken."""
        return bool(self._threads) and not self._stopping.is_set()

    @property
    def is_stopping(self) -> bool:
        """True when nothing new should be begun."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Take works from now on."""
        with self._lock:
            while len(self._threads) < self._size:
                # A daemon: a work that hangs must not keep the process from ending.
                name = f"review-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def put(self, work: Work) -> bool:
        """Hand a work over, with the request that it belongs to; False when nobody takes it."""
        if not self.is_running:
            return False
        self._works.put(carried(work))
        return True

    def stop(self, seconds: float) -> None:
        """Begin nothing new, and give what is under way so long to end."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        for _ in self._threads:
            self._works.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while (work := self._works.get()) is not None and not self._stopping.is_set():
            try:
                work()
            except Exception:  # one work's trouble must not cost the others their thread
                _logger.exception("A work failed in an unforeseen way")
