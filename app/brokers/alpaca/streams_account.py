"""The account read again and again while alerts come, so that none of them waits for it."""

import logging
import os
from collections.abc import Callable
from threading import Event, Lock, Thread

from app.errors import BrokerUnavailable

# A little less than the second for which the account is believed.
PERIOD_SECONDS = 0.8
# What no alert has asked for so long is read no more: Alpaca takes two hundred calls a minute.
PERIODS = 6

log = logging.getLogger(__name__)


class KeptAccount:
    """A thread that lives while alerts come; `read` reads the account and remembers it."""

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read
        self._lock = Lock()
        self._stopping = Event()
        self._left = 0
        self._process: int | None = None

    def keep(self) -> None:
        """Keep it fresh for some seconds more."""
        with self._lock:
            is_kept = self._left > 0 and self._process == os.getpid()
            self._left = PERIODS
            if is_kept or self._stopping.is_set():
                return
            self._process = os.getpid()
        try:
            Thread(target=self._run, name="alpaca-account", daemon=True).start()
        except RuntimeError as error:
            log.warning("Alpaca's account is not read ahead: %s", error)
            with self._lock:
                self._left = 0

    def close(self) -> None:
        """End the thread; it is not begun again."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(PERIOD_SECONDS):
            with self._lock:
                self._left -= 1
                if self._left <= 0:
                    return
            try:
                self._read()
            except BrokerUnavailable as error:
                # Whoever needs it reads it, and says what is wrong.
                log.info("Alpaca's account could not be read ahead: %s", error)
            except Exception:
                # Whoever keeps it believes that this thread lives.
                log.exception("Alpaca's account could not be read ahead")
