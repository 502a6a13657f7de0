"""Several processes write to one console: each line in one piece, however long it is."""

import fcntl
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TextIO


class SharedConsole(logging.StreamHandler[TextIO]):
    """Writes one line at a time among the processes that were forked after it was made.

    A pipe takes four kilobytes in one piece and mixes what is longer with others' lines.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._turns = _file()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line when no other process does."""
        with _turn(self._turns):
            super().emit(record)

    def close(self) -> None:
        """Let go of the console."""
        if self._turns is not None:
            self._turns.close()
        super().close()


def _file() -> IO[bytes] | None:
    # Where nothing can be written, a mixed line is better than no start.
    with suppress(OSError):
        return tempfile.TemporaryFile()
    return None


@contextmanager
def _turn(file: IO[bytes] | None) -> Iterator[None]:
    """Wait for the other processes; such a lock is each process's own, and a killed one holds none."""
    if file is None:
        yield
        return
    with suppress(OSError, ValueError):
        fcntl.lockf(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            fcntl.lockf(file, fcntl.LOCK_UN)
