"""Where there is no disk: the lines of `logs.jsonl` and `activity.log`, kept in a bucket's folder by day."""

import gzip
import logging
from collections.abc import Callable
from itertools import count
from threading import Lock

from app.clock import Clock
from app.errors import AppError

PERIOD_SECONDS = 300.0
# What waits while the bucket is away; beyond it the oldest lines are given up, which Cloud Logging has too.
MOST_BYTES = 4 * 1024 * 1024
FOLDER = "archive/logs/"

_logger = logging.getLogger(__name__)

# Writes a file under a name that nobody else uses; raises an AppError.
WriteFile = Callable[[str, bytes], None]


class ArchivedLines:
    """Lines of one kind that wait to be written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: list[bytes] = []
        self._bytes = 0
        self.dropped = 0

    def append(self, line: bytes) -> None:
        """Put a line at the end."""
        with self._lock:
            self._lines.append(line)
            self._bytes += len(line)
            if self._bytes > MOST_BYTES:
                self._drop()

    def take(self) -> list[bytes]:
        """Take all lines out."""
        with self._lock:
            lines, self._lines, self._bytes = self._lines, [], 0
        return lines

    def put_back(self, lines: list[bytes]) -> None:
        """Put lines before those that came since."""
        with self._lock:
            self._lines = [*lines, *self._lines]
            self._bytes += sum(map(len, lines))
            self._drop()

    def _drop(self) -> None:
        place = 0
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._lines[place])
            place += 1
        del self._lines[:place]
        self.dropped += place


class LogArchive:
    """The lines of one process: `machine` has those of `logs.jsonl`, `people` those of `activity.log`."""

    def __init__(self, write: WriteFile, clock: Clock, owner: str) -> None:
        self.machine = ArchivedLines()
        self.people = ArchivedLines()
        self._write = write
        self._clock = clock
        self._owner = owner
        self._numbers = count(1)
        self._turn = Lock()

    def run(self) -> int:
        """Write what waits, a file a kind; return how many lines that were. Raise an AppError."""
        with self._turn:
            return self._keep(self.machine, "logs", "jsonl") + self._keep(self.people, "activity", "log")

    def close(self) -> None:
        """Write what waits, if the bucket takes it; the console has it in any case."""
        try:
            self.run()
        except AppError as error:
            _logger.warning("The last lines are not in the archive: %s", error.message)

    def _keep(self, waiting: ArchivedLines, kind: str, ending: str) -> int:
        lines = waiting.take()
        if not lines:
            return 0
        now = self._clock()
        name = f"{now:%Y-%m-%d}/{kind}-{now:%H%M%S}Z-{self._owner}-{next(self._numbers)}.{ending}.gz"
        try:
            self._write(f"{FOLDER}{name}", gzip.compress(b"".join(lines), mtime=0))
        except BaseException:
            waiting.put_back(lines)
            raise
        if waiting.dropped:
            _logger.warning("%s lines are not in the archive: the bucket was away too long", waiting.dropped)
            waiting.dropped = 0
        return len(lines)
