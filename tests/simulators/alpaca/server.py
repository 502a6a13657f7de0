"""HTTP/1.1 over sockets, small enough to be fast and low enough to break connections."""

import socket
import struct
from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.faults import SHORT_WAIT_SECONDS, Fault
from tests.simulators.alpaca.messages import Answer, Request, read_request

if TYPE_CHECKING:
    from tests.simulators.alpaca.exchange import Whims
    from tests.simulators.alpaca.simulator import FakeAlpaca

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingTCPServer):
    """One thread per connection; closing it closes them all."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: "FakeAlpaca") -> None:
        self.fake = fake
        self.connections: set[socket.socket] = set()
        super().__init__(address, Connection)

    def server_close(self) -> None:
        super().server_close()
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
        self.fake = self.server.fake
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
        if own is not None:
            return self.tell(own)
        fault, whims = self.fake.arrive(request)
        if fault is None:
            return self.tell(self.fake.answer(request, whims))
        if fault.kind == "latency":
            self.wait(SHORT_WAIT_SECONDS if fault.seconds is None else fault.seconds)
            return self.tell(self.fake.answer(request, whims))
        return self.spoil(request, whims, fault)

    def spoil(self, request: Request, whims: "Whims", fault: Fault) -> bool:
        answer = fault.answer() if fault.is_before else self.fake.answer(request, whims)
        match fault.kind:
            case "timeout":
                self.wait(fault.seconds)
                if fault.is_before or fault.seconds is None:
                    return hang_up(self.connection)
                return self.tell(answer)
            case "reset":
                return self.reset()
            case "torn":
                return self.tear(answer)
        return self.tell(fault.answer())

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
