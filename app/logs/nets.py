"""Where every line of the console is an entry: what others print, and errors that nobody caught, are too."""

import io
import logging
import sys
import threading
from types import TracebackType
from typing import Any, TextIO

_logger = logging.getLogger("gatehouse.process")


class LinesAsEntries(io.TextIOBase):
    """Stands in for a stream of the console and logs each line that is printed there."""

    def __init__(self, console: TextIO, *, name: str, level: int) -> None:
        self.console = console
        self._logger = logging.getLogger(name)
        self._level = level
        self._begun = ""
        self._lock = threading.RLock()

    def writable(self) -> bool:
        """Tell that it can be printed to."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the console behind it."""
        return self.console.fileno()

    def write(self, text: str) -> int:
        """Log the lines that are whole now."""
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                self._log(line)
        return len(text)

    def flush(self) -> None:
        """Log what has no end yet."""
        with self._lock:
            begun, self._begun = self._begun, ""
            self._log(begun)

    def _log(self, line: str) -> None:
        if line.strip():
            self._logger.log(self._level, "%s", line)


def console(stream: TextIO) -> TextIO:
    """Return the stream itself, or the one behind what stands in for it."""
    behind: TextIO = getattr(stream, "console", stream)
    return behind


def catch_everything() -> None:
    """Let nothing reach the console but entries; for a process that has no other use for it."""
    logging.captureWarnings(True)
    # An entry that cannot be written is told nowhere: the next one may go through.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    sys.stdout = LinesAsEntries(console(sys.stdout), name="stdout", level=logging.INFO)
    sys.stderr = LinesAsEntries(console(sys.stderr), name="stderr", level=logging.WARNING)


def _uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    _logger.critical("The process ends by an error that nobody caught", exc_info=(kind, error, traceback))


def _uncaught_in_thread(failed: Any) -> None:
    if failed.exc_type is SystemExit:
        return
    name = failed.thread.name if failed.thread is not None else "unknown"
    trouble = (failed.exc_type, failed.exc_value, failed.exc_traceback)
    _logger.error("The thread %s ends by an error that nobody caught", name, exc_info=trouble)


def _unraisable(failed: Any) -> None:
    trouble = (failed.exc_type, failed.exc_value, failed.exc_traceback)
    _logger.error("%s: %r", failed.err_msg or "Nobody could catch an error", failed.object, exc_info=trouble)
