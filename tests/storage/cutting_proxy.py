"""A proxy on loopback that cuts, swallows or refuses what passes, at a moment of the test's choosing."""

import socket
import threading
from contextlib import suppress
from enum import Enum

CHUNK = 65536


class Cut(Enum):
    """When a connection is cut whose client says the marker."""

    BEFORE = "what was said does not reach the server"
    AFTER = "the server has answered; its answer does not come back"
    MEANWHILE = "the server is still at work"
    SILENT = "nothing comes back, and nothing is cut"


class CuttingProxy:
    """In front of a server; `cut` is what happens to the next connection that says `marker`."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.marker = b""
        self.cut: Cut | None = None
        self.cuts = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next(self, cut: Cut, marker: str) -> None:
        """Cut the next connection that says the marker."""
        self.cut, self.marker = cut, marker.encode()

    def refuse(self) -> None:
        """Refuse whoever comes from now on."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        """Refuse whoever comes, and cut all."""
        self.refuse()
        for end in self._open:
            _cut(end)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                self._open += (client, server)
                link = _Link(client, server)
                threading.Thread(target=self._ask, args=(link,), daemon=True).start()
                threading.Thread(target=self._answer, args=(link,), daemon=True).start()

    def _ask(self, link: "_Link") -> None:
        with suppress(OSError):
            while said := link.client.recv(CHUNK):
                if self.cut is not None and self.marker in said:
                    link.doomed, self.cut = self.cut, None
                    self.cuts += 1
                if link.doomed is not Cut.BEFORE:
                    link.server.sendall(said)
                if link.doomed in {Cut.BEFORE, Cut.MEANWHILE}:
                    break
        link.end()

    def _answer(self, link: "_Link") -> None:
        with suppress(OSError):
            while said := link.server.recv(CHUNK):
                if link.doomed is Cut.AFTER:
                    break
                if link.doomed is None:
                    link.client.sendall(said)
        link.end()


class _Link:
    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.doomed: Cut | None = None

    def end(self) -> None:
        if self.doomed is not Cut.SILENT:
            _cut(self.client)
            _cut(self.server)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
