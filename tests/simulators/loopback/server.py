"""HTTP/1.1 over sockets, small enough to be fast and low enough to break connections."""

import socket
import struct
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event
from typing import TYPE_CHECKING, Any

from tests.simulators.loopback.messages import Answer, Request, read_request

if TYPE_CHECKING:
    from tests.simulators.loopback.simulator import Simulator

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingTCPServer):
    """One thread per connection; closing it closes them all.

    It sleeps until a client comes or `shutdown` wakes it: that of the standard library looks up all the time.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: "Simulator", connection: type["Connection"]) -> None:
        self.fake = fake
        self.connections: set[socket.socket] = set()
        self._waker, self._woken = socket.socketpair()
        self._is_over = Event()
        super().__init__(address, connection)

    def serve_forever(self, poll_interval: float = 0) -> None:  # as the library has it
        """Serve until `shutdown`."""
        try:
            with DefaultSelector() as events:
                events.register(self, EVENT_READ)
                events.register(self._woken, EVENT_READ)
                while self._woken not in (key.fileobj for key, _ in events.select()):
                    self._handle_request_noblock()
        finally:
            self._is_over.set()

    def shutdown(self) -> None:
        """Let serving end, and wait until it has."""
        with suppress(OSError):  # it was closed before
            self._waker.send(b"!")
        self._is_over.wait()

    def server_close(self) -> None:
        super().server_close()
        self._waker.close()
        self._woken.close()
        for connection in list(self.connections):
            hang_up(connection)

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


class Connection(StreamRequestHandler):
    """Requests of one client, one after the other."""

    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.fake: Any = self.server.fake
        self.server.connections.add(self.connection)

    def handle(self) -> None:
        while (request := read_request(self.rfile)) is not None:
            if not self.respond(request):
                return

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def respond(self, request: Request) -> bool:
        """Answer a request; False when the connection is done with."""
        own = self.fake.answer_admin(request)
        return self.tell(own) if own is not None else self.carry_out(request)

    def carry_out(self, request: Request) -> bool:
        """Answer a request that is not for the simulator itself."""
        raise NotImplementedError

    def wait(self, seconds: float | None) -> None:
        self.fake.stopping.wait(seconds)

    def tell(self, answer: Answer) -> bool:
        self.wfile.write(answer.as_bytes(self.fake.limits()))
        return True

    def tear(self, answer: Answer) -> bool:
        whole = answer.as_bytes(self.fake.limits())
        self.wfile.write(whole[: len(whole) - len(answer.content) // 2 - 1])
        return hang_up(self.connection)

    def reset(self) -> bool:
        """Close so that the client sees a reset and no orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        return False


def hang_up(connection: socket.socket) -> bool:
    with suppress(OSError):  # the client was faster
        connection.shutdown(socket.SHUT_RDWR)
    return False
