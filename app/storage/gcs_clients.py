"""The clients of one process, one for each thread."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakSet

FETCHERS = 16


class BucketClients:
    """The clients and fetching threads of one process: a session crosses neither threads nor forks."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.process = os.getpid()
        self.fetchers = ThreadPoolExecutor(FETCHERS, "gcs-fetch")
        self._connect = connect
        self._thread = threading.local()
        self._opened: WeakSet[Any] = WeakSet()

    def client(self) -> Any:
        """Return this thread's own client."""
        client = getattr(self._thread, "client", None)
        if client is None:
            client = self._thread.client = self._connect()
            self._opened.add(client)
        return client

    def close(self) -> None:
        """Close every client."""
        self.fetchers.shutdown(cancel_futures=True)
        for client in tuple(self._opened):
            client.close()
