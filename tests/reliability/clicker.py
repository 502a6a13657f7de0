"""A person with a nervous finger: everything that waits is approved, twice at once."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.reliability.server import Lost, Server

PAUSE_SECONDS = 0.05
CLICKS = 2


class Clicker:
    """Approves in a thread until told to stop; a server that is gone is asked again."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin to click."""
        self._thread.start()

    def stop(self) -> None:
        """Take the finger away."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(CLICKS) as pool:
            while not self._stop.wait(PAUSE_SECONDS):
                for ticket in self._waiting():
                    list(pool.map(self._click, [ticket] * CLICKS))

    def _waiting(self) -> list[str]:
        with contextlib.suppress(Lost):
            answer = self._server.call("GET", "/api/tickets?status=awaiting_approval")
            return [ticket["id"] for ticket in (answer.body or {}).get("tickets", [])]
        return []

    def _click(self, ticket: str) -> None:
        with contextlib.suppress(Lost):
            self._server.call("POST", f"/api/tickets/{ticket}/approve")
