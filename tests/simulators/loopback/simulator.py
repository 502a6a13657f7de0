"""What every simulator is: a server on a loopback port that lives in a context and remembers requests."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from tests.simulators.loopback import admin
from tests.simulators.loopback.messages import Answer, Request
from tests.simulators.loopback.server import Connection, Server


class Simulator:
    """A server on a loopback port; use as a context manager and read `url`.

    A subclass names its `connection`, which answers requests, and its `actions` under `/_simulator/`.
    """

    connection: ClassVar[type[Connection]]
    actions: ClassVar[Mapping[tuple[str, str], Callable[[Any, Any], Any]]] = {}

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.misfits: list[str] = []
        self.stopping = threading.Event()
        self._server = Server(("127.0.0.1", port), self, self.connection)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until the context ends."""
        self._server.serve_forever()

    def go_away(self) -> None:
        """Refuse connections, and hang up on those that are there, until `come_back`."""
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        """Serve again, at the same address."""
        address = ("127.0.0.1", self._server.server_address[1])
        self._server = Server(address, self, self.connection)
        threading.Thread(target=self.serve, daemon=True).start()

    def announce(self) -> None:
        """Print the address for whoever started this process, then serve until interrupted."""
        print(self.url, flush=True)  # noqa: T201  # the caller reads it
        self.serve()

    def limits(self) -> dict[str, str]:
        """Return headers that every answer carries."""
        return {}

    def answer_admin(self, request: Request) -> Answer | None:
        """Answer a request to the simulator itself, None when it is none."""
        return admin.answer(self, self.actions, request) if admin.concerns(request.path) else None
