"""HTTP whose connections a deadline can cut."""

import socket
from collections.abc import Callable
from typing import Any, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

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
