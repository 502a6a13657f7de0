"""The least Alpaca that takes orders, a process of its own: valid answers at once, and when each order came.

Unlike the strict simulator it knows every symbol, fills on arrival and does little beside what is measured.
Times are `time.monotonic()`, which all processes of a machine share.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from benchmarks.receiver_streams import Socket, Streams

Found: TypeAlias = tuple[HTTPStatus, Any]

PRICE = Decimal(100)
MONEY = "1000000"
# As long as Alpaca's own answers, as its documentation shows them.
ACCOUNT = {
    "id": "e6fe16f3-64a4-4921-8928-cadf02f92f98",
    "account_number": "PA0000000001",
    "status": "ACTIVE",
    "crypto_status": "ACTIVE",
    "currency": "USD",
    "cash": MONEY,
    "equity": MONEY,
    "last_equity": MONEY,
    "buying_power": MONEY,
    "regt_buying_power": MONEY,
    "daytrading_buying_power": MONEY,
    "non_marginable_buying_power": MONEY,
    "options_buying_power": MONEY,
    "long_market_value": "0",
    "short_market_value": "0",
    "initial_margin": "0",
    "maintenance_margin": "0",
    "daytrade_count": 0,
    "multiplier": "2",
    "pattern_day_trader": False,
    "trading_blocked": False,
    "transfers_blocked": False,
    "account_blocked": False,
    "trade_suspended_by_user": False,
    "shorting_enabled": True,
    "created_at": "2025-01-02T14:30:00.000000Z",
}
CLOCK = {
    "timestamp": "2030-01-02T12:00:00-05:00",
    "is_open": True,
    "next_open": "2030-01-03T09:30:00-05:00",
    "next_close": "2030-01-02T16:00:00-05:00",
}
ABSENT = HTTPStatus.NOT_FOUND, {"code": 40410000, "message": "position does not exist"}


class Book:
    """Positions, and when each order came."""

    def __init__(self) -> None:
        self.received: dict[str, float] = {}
        self._positions: dict[str, Decimal] = {}

    def answer(self, method: str, target: str, body: bytes) -> Found:
        """Answer one request."""
        came = time.monotonic()
        url = urlsplit(target)
        if method == "POST":
            return HTTPStatus.OK, self._placed(json.loads(body), came)
        value = self._read(url.path.removeprefix("/v2").split("/")[1:], url.query)
        return ABSENT if value is None else (HTTPStatus.OK, value)

    def held(self, symbol: str) -> Decimal:
        """Return how much of a symbol was bought."""
        return self._positions.get(symbol, Decimal())

    def _read(self, place: list[str], query: str) -> Any:
        match place:
            case ["positions", symbol]:
                held = self._positions.get(symbol)
                return None if held is None else _position(symbol, held)
            case ["assets", symbol]:
                return _asset(symbol)
            case ["stocks", "quotes", "latest"]:
                symbols = parse_qs(query)["symbols"][0].split(",")
                return {"quotes": {symbol: _quote() for symbol in symbols}}
            case ["positions"]:
                return [_position(*held) for held in self._positions.items()]
        known = {"account": ACCOUNT, "clock": CLOCK, "orders": [], "received": self.received}
        return known.get("/".join(place))

    def _placed(self, order: dict[str, str], came: float) -> dict[str, Any]:
        self.received[order["client_order_id"]] = came
        symbol, now = order["symbol"], _now()
        filled = Decimal(order["qty"]) if "qty" in order else Decimal(order["notional"]) / PRICE
        self._positions[symbol] = self._positions.get(symbol, Decimal()) + filled
        return {
            "id": str(uuid4()),
            "client_order_id": order["client_order_id"],
            **dict.fromkeys(("created_at", "updated_at", "submitted_at", "filled_at"), now),
            **dict.fromkeys(("expired_at", "canceled_at", "failed_at", "replaced_at", "replaced_by")),
            "replaces": None,
            "asset_id": "904837e3-3b76-47ec-b432-046db621571b",
            "symbol": symbol,
            "asset_class": "us_equity",
            "notional": order.get("notional"),
            "qty": order.get("qty"),
            "filled_qty": str(filled),
            "filled_avg_price": str(PRICE),
            "order_class": "",
            "order_type": order["type"],
            "type": order["type"],
            "side": order["side"],
            "time_in_force": order["time_in_force"],
            **dict.fromkeys(("limit_price", "stop_price", "legs", "trail_percent", "trail_price", "hwm")),
            "status": "filled",
            "extended_hours": False,
        }


class Connection(asyncio.Protocol):
    """Requests of one client, one after the other; each answer comes `distance` seconds later."""

    def __init__(self, book: Book, streams: Streams, distance: float) -> None:
        self._book = book
        self._streams = streams
        self._distance = distance
        self._bytes = b""
        self._socket: Socket | None = None
        self._transport: asyncio.Transport

    def connection_lost(self, _: Exception | None) -> None:
        """Tell it nothing more."""
        if self._socket is not None:
            self._streams.leave(self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is answered on."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer once a request is whole; a websocket takes over from there."""
        if self._socket is not None:
            self._socket.take(data)
            return
        self._bytes += data
        head, end, body = self._bytes.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._bytes = b""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if b"upgrade: websocket" in head.lower():
            self._socket = self._streams.open(target, head + end, self._later)
            return
        status, value = self._book.answer(method, target, body)
        if method == "POST":
            self._streams.placed(value, self._book.held(value["symbol"]))
        if self._distance:
            asyncio.get_running_loop().call_later(self._distance, self._write, status, value)
        else:
            self._write(status, value)

    def _later(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self._distance, self._transport.write, data)

    def _write(self, status: HTTPStatus, value: Any) -> None:
        content = json.dumps(value).encode()
        top = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json; charset=UTF-8\r\n"
        self._transport.write(f"{top}Content-Length: {len(content)}\r\n\r\n".encode() + content)


def _length(head: bytes) -> int:
    lines = (line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
    return next((int(value) for name, value in lines if name == b"content-length"), 0)


def _position(symbol: str, quantity: Decimal) -> dict[str, Any]:
    return {
        "asset_id": "904837e3-3b76-47ec-b432-046db621571b",
        "symbol": symbol,
        "exchange": "NASDAQ",
        "asset_class": "us_equity",
        "asset_marginable": True,
        "avg_entry_price": str(PRICE),
        "qty": str(quantity),
        "qty_available": str(quantity),
        "side": "long",
        "market_value": str(quantity * PRICE),
        "cost_basis": str(quantity * PRICE),
        "current_price": str(PRICE),
        "lastday_price": str(PRICE),
        **dict.fromkeys(("unrealized_pl", "unrealized_plpc", "unrealized_intraday_pl", "change_today"), "0"),
    }


def _asset(symbol: str) -> dict[str, Any]:
    return {
        "id": "904837e3-3b76-47ec-b432-046db621571b",
        "class": "us_equity",
        "exchange": "NASDAQ",
        "symbol": symbol,
        "name": f"{symbol} Common Stock",
        "status": "active",
        **dict.fromkeys(("tradable", "marginable", "shortable", "easy_to_borrow", "fractionable"), True),
    }


def _quote() -> dict[str, Any]:
    price = float(PRICE)
    sides = {"bx": "V", "bp": price - 0.01, "bs": 1, "ax": "V", "ap": price + 0.01, "as": 1}
    return {"t": _now(), **sides, "c": ["R"], "z": "C"}


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


async def serve() -> None:
    """Serve on the port and at the distance (milliseconds) that the command line names, until killed."""
    port, distance = int(sys.argv[1]), float(sys.argv[2]) / 1000
    streams = Streams(_quote)
    connection = partial(Connection, Book(), streams, distance)
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port)
    await asyncio.gather(server.serve_forever(), streams.quote_for_ever())


if __name__ == "__main__":
    asyncio.run(serve())
