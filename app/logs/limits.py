"""Not more lines than somebody can read: what strangers cause must not fill a disk."""

import logging
import threading

MINUTE = 60.0
WARNINGS_A_MINUTE = 10


class FewWarnings(logging.Filter):
    """Lets so many warnings a minute pass; the next minute's first one says how many were left out.

    Errors pass: those are our own.
    """

    def __init__(self, limit: int = WARNINGS_A_MINUTE) -> None:
        super().__init__()
        self._limit = limit
        self._began = 0.0
        self._count = 0
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record may be written, by the time that it bears."""
        if record.levelno != logging.WARNING:
            return True
        with self._lock:
            left_out = 0
            if record.created - self._began >= MINUTE:
                left_out = max(0, self._count - self._limit)
                self._began, self._count = record.created, 0
            self._count += 1
            if left_out:
                record.msg = f"{record.getMessage()} ({left_out} more like this were left out before)"
                record.args = ()
            return self._count <= self._limit
