"""The two websockets of the least Alpaca: each order's three events, and a quote a second of each symbol."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

QUOTE_SECONDS = 1.0
DATA = {Opcode.TEXT, Opcode.BINARY}


class Socket:
    """One client; what is sent to it goes by `write`."""

    def __init__(self, target: str, handshake: bytes, write: Callable[[bytes], None]) -> None:
        self.is_market = target != "/stream"
        self.is_listening = False
        self.symbols: set[str] = set()
        self._write = write
        self._protocol = ServerProtocol()
        self.take(handshake)
        if self.is_market:
            self.tell([{"T": "success", "msg": "connected"}])

    def take(self, data: bytes) -> None:
        """Take in what the client sent."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._protocol.send_response(self._protocol.accept(event))
            elif event.opcode in DATA:
                self._hear(json.loads(event.data))
        self._flush()

    def tell(self, message: Any) -> None:
        """Send a message: of the market as text, of the account in binary frames."""
        if self._protocol.state is not OPEN:
            return
        content = json.dumps(message).encode()
        (self._protocol.send_text if self.is_market else self._protocol.send_binary)(content)
        self._flush()

    def _hear(self, message: dict[str, Any]) -> None:
        match message["action"]:
            case "authenticate":
                self.tell({"stream": "authorization", "data": {"status": "authorized"}})
            case "listen":
                self.tell({"stream": "listening", "data": message["data"]})
                self.is_listening = True
            case "auth":
                self.tell([{"T": "success", "msg": "authenticated"}])
            case action:
                change = self.symbols.update if action == "subscribe" else self.symbols.difference_update
                change(message["quotes"])
                self.tell([{"T": "subscription", "quotes": sorted(self.symbols)}])

    def _flush(self) -> None:
        data = b"".join(self._protocol.data_to_send())
        if data:
            self._write(data)


class Streams:
    """All clients; `quote` makes a quote."""

    def __init__(self, quote: Callable[[], dict[str, Any]]) -> None:
        self._quote = quote
        self._sockets: set[Socket] = set()

    def open(self, target: str, handshake: bytes, write: Callable[[bytes], None]) -> Socket:
        """Take a client in."""
        socket = Socket(target, handshake, write)
        self._sockets.add(socket)
        return socket

    def leave(self, socket: Socket) -> None:
        """Forget a client."""
        self._sockets.discard(socket)

    def placed(self, order: dict[str, Any], position: Decimal) -> None:
        """Tell an order's life: it came, was taken, and filled at once."""
        more = {"qty": order["filled_qty"], "price": order["filled_avg_price"], "position_qty": str(position)}
        for event, told in (("pending_new", {}), ("new", {}), ("fill", more)):
            row = order | ({} if told else {"status": event, "filled_qty": "0", "filled_avg_price": None})
            ids = {"event_id": str(uuid4()), "execution_id": str(uuid4()), "timestamp": order["created_at"]}
            message = {"stream": "trade_updates", "data": {"event": event, **ids, "order": row, **told}}
            for socket in self._sockets:
                if socket.is_listening:
                    socket.tell(message)

    async def quote_for_ever(self) -> None:
        """Send a quote of each symbol every second."""
        while True:
            await asyncio.sleep(QUOTE_SECONDS)
            for socket in list(self._sockets):
                if socket.symbols:
                    socket.tell([{"T": "q", "S": symbol, **self._quote()} for symbol in socket.symbols])
