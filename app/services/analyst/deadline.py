"""A time limit that holds whatever the other side does."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager


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
            # One that is opened after the end is cut too, or the thread behind it would go on asking.
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


Watch: TypeAlias = Callable[[socket.socket], None]


def watched_session(watch: Watch) -> requests.Session:
    """Return a session that shows every connection that it opens to `watch`."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _WatchedAdapter(watch))
    return session


class Authorization(requests.auth.AuthBase):
    """A header that no .netrc replaces; without a value there is none."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the header in its place."""
        if self._value is not None:
            request.headers["Authorization"] = self._value
        return request


class _WatchedAdapter(HTTPAdapter):
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        # What a tool does is not ours to know: a call that may have arrived is not made again.
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _show_connections(self.poolmanager, self._watch)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        _show_connections(manager, self._watch)
        return manager


def _show_connections(manager: PoolManager, watch: Watch) -> None:
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _watched_pool(pool, watch) for scheme, pool in pools.items()}


def _watched_pool(pool: Any, watch: Watch) -> Any:
    known = pool.ConnectionCls

    def connect(connection: Any) -> None:
        known.connect(connection)
        watch(connection.sock)

    return type(
        pool.__name__, (pool,), {"ConnectionCls": type(known.__name__, (known,), {"connect": connect})}
    )
