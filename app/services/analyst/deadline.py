"""A time limit that holds whatever the other side does."""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """Cuts the connections that are watched once the time is over.

    A timeout of a socket starts anew with every byte, so that a server which trickles could keep us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._has_cut = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    @property
    def seconds_left(self) -> float:
        """How much time there is, never less than nothing."""
        return max(0.0, self._ends - time.monotonic())

    @property
    def is_over(self) -> bool:
        """True when the time is used up."""
        return self._has_cut or self.seconds_left == 0

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection too."""
        with self._lock:
            self._watched.append(connection)
            if self._has_cut:
                _shut(connection)

    def _cut(self) -> None:
        with self._lock:
            self._has_cut = True
            for connection in self._watched:
                _shut(connection)


def _shut(connection: socket.socket) -> None:
    # Unlike a close this wakes the thread that waits for the socket. An encrypted one is shut without a
    # goodbye, which would wait for the other side.
    with suppress(OSError, ValueError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
