"""Counters that every process of this machine sees, without a lock and without asking the store.

Each process adds to a row of its own in one small file that all of them have mapped into memory; what is
read is the sum of the rows. A row is taken by a lock on one of its bytes, which the kernel lifts when its
process dies: the next one goes on with the count that it finds, so no sum ever falls.
"""

import fcntl
import logging
import mmap
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

WIDTH = 16
ROWS = 64
BYTES = 8 * WIDTH * ROWS
# The first row holds when the file was made, in its first number.
BIRTH = 0

_logger = logging.getLogger(__name__)


class SharedCounts:
    """Up to sixteen counters in a file, or without one in the memory of this process alone."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._process = 0
        self._file: int | None = None
        self._numbers = memoryview(bytearray(BYTES)).cast("Q")
        self._row = 0

    def add(self, *places: int) -> None:
        """Count a change in each of these places; costs less than a microsecond."""
        with self._lock:
            if self._process != os.getpid():
                self._attach()
            for place in places:
                self._numbers[self._row + place] += 1

    def read(self) -> tuple[int, list[int]]:
        """Return when these counters were made, and the sum of each."""
        with self._lock:
            if self._process != os.getpid():
                self._attach()
            numbers = self._numbers.tolist()
        return numbers[BIRTH], [sum(numbers[WIDTH + place :: WIDTH]) for place in range(WIDTH)]

    def close(self) -> None:
        """Let go of the file; the next count takes it up again."""
        with self._lock:
            self._let_go()
            self._process = 0

    def _attach(self) -> None:
        # A fork inherits the map, but not the lock of its parent's row.
        self._let_go()
        if self._path is not None:
            try:
                self._open(self._path)
            except OSError as error:
                _logger.warning("%s cannot be used, changes are counted apart: %s", self._path.name, error)
        if self._file is None:
            self._numbers, self._row = memoryview(bytearray(BYTES)).cast("Q"), WIDTH
        if not self._numbers[BIRTH]:
            self._numbers[BIRTH] = time.time_ns()
        self._process = os.getpid()

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(self._file).st_size < BYTES:
                os.ftruncate(self._file, BYTES)
            self._numbers = memoryview(mmap.mmap(self._file, BYTES)).cast("Q")
            self._row = WIDTH * self._take_row(self._file)
        except OSError:
            self._let_go()
            raise

    def _take_row(self, file: int) -> int:
        for row in range(1, ROWS):
            with suppress(OSError):
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
                return row
        # More processes than rows: two of them share the last one, and may lose a count to each other.
        return ROWS - 1

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
