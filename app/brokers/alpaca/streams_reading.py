"""Reads beside the thread that listens to a stream: what happens during a read must be seen."""

import logging
from collections.abc import Callable
from threading import Lock, Thread

log = logging.getLogger(__name__)


class ReadApart:
    """One read at a time, each in a thread of its own."""

    def __init__(self, read: Callable[[], None]) -> None:
        self._read = read
        self._reading = Lock()

    def begin(self) -> None:
        """Begin a read, unless one goes on."""
        if not self._reading.acquire(blocking=False):
            return
        try:
            Thread(target=self._run, name="alpaca-positions", daemon=True).start()
        except RuntimeError as error:
            # It is due again in a moment; held on to, it would never be.
            self._reading.release()
            log.warning("Alpaca's positions are read later: %s", error)

    def _run(self) -> None:
        try:
            self._read()
        finally:
            self._reading.release()
