"""A websocket on a connection whose client asked for one: the protocol by its library, faults by us."""

from collections.abc import Iterator
from contextlib import suppress
from threading import RLock

from websockets.frames import Opcode
from websockets.server import ServerProtocol

from tests.simulators.loopback.messages import Request
from tests.simulators.loopback.server import Connection, hang_up

DATA = {Opcode.TEXT, Opcode.BINARY}


def wants_websocket(request: Request) -> bool:
    return request.headers.get("upgrade", "").lower() == "websocket"


class Websocket:
    """Messages both ways; a `mute` one is open and answers nothing, not even a ping."""

    def __init__(self, connection: Connection, request: Request) -> None:
        self.mute = False
        self._connection = connection
        self._lock = RLock()
        self._protocol = ServerProtocol()
        lines = [f"{request.method} {request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        self._protocol.receive_data("\r\n".join([*lines, "", ""]).encode())
        for handshake in self._protocol.events_received():
            self._protocol.send_response(self._protocol.accept(handshake))
        self._flush()

    def send(self, message: str | bytes) -> None:
        """Send a text or a binary frame; a client that has gone misses it."""
        with self._lock, suppress(Exception):
            if isinstance(message, str):
                self._protocol.send_text(message.encode())
            else:
                self._protocol.send_binary(message)
            self._flush()

    def messages(self) -> Iterator[bytes]:
        """Yield what the client sends until it hangs up."""
        while data := self._connection.rfile.read1(65_536):
            with self._lock:
                self._protocol.receive_data(data)
                frames = self._protocol.events_received()
                self._flush()
            yield from (frame.data for frame in frames if frame.opcode in DATA)
            if self._protocol.close_expected():
                return

    def drop(self) -> None:
        """Break the connection off."""
        hang_up(self._connection.connection)

    def _flush(self) -> None:
        if self.mute:
            return
        for data in self._protocol.data_to_send():
            if data:
                self._connection.wfile.write(data)
