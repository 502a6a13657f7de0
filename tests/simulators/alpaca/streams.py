"""The simulated Alpaca's websockets: the account's `trade_updates` and the market's quotes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.figures import moment, plain
from tests.simulators.alpaca.orders import Order
from tests.simulators.loopback.messages import Request, in_json
from tests.simulators.loopback.spoiling import SpoilingConnection
from tests.simulators.loopback.websocket import Websocket, wants_websocket

if TYPE_CHECKING:
    from tests.simulators.alpaca.simulator import FakeAlpaca

UPDATES = "trade_updates"
CHANNELS = ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds")
MARKET = re.compile("/v2/(iex|sip)")
ERRORS = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    405: "symbol limit exceeded",
    406: "connection limit exceeded",
    409: "insufficient subscription",
}


class StreamingConnection(SpoilingConnection):
    """Speaks HTTP until its client asks for a websocket."""

    def carry_out(self, request: Request) -> bool:
        if not wants_websocket(request):
            return super().carry_out(request)
        if self.fake.streams.is_down:
            return self.tell(in_json({"message": "service unavailable"}, 503))
        with self.fake.streams.serving(request, Websocket(self, request)) as session:
            for message in session.socket.messages():
                session.take(message)
        return False


class AccountSession:
    """One client of the account's stream; paper accounts are told in binary frames."""

    def __init__(self, fake: "FakeAlpaca", socket: Websocket) -> None:
        self.fake, self.socket = fake, socket
        self.is_authorized = self.is_listening = False

    def take(self, message: bytes) -> None:
        request = json.loads(message)
        action, data = request["action"], request.get("data") or {}
        match action:
            case "authenticate" | "auth":
                keys = [data.get("key_id", request.get("key")), data.get("secret_key", request.get("secret"))]
                self.is_authorized = keys == [self.fake.key, self.fake.secret]
                self._authorization(action)
            case "listen" if not self.is_authorized:
                self._authorization(action)
            case "listen":
                streams = [name for name in data["streams"] if name == UPDATES]
                self.is_listening = bool(streams)
                self.tell({"stream": "listening", "data": {"streams": streams}})
            case _:
                self.fake.misfits.append(f"the account's stream knows no {action}")

    def tell(self, message: Any) -> None:
        self.socket.send(json.dumps(message).encode())

    def _authorization(self, action: str) -> None:
        status = "authorized" if self.is_authorized else "unauthorized"
        self.tell({"stream": "authorization", "data": {"status": status, "action": action}})


class MarketSession:
    """One client of a feed; it is told in text frames, in lists."""

    def __init__(self, fake: "FakeAlpaca", socket: Websocket, feed: str) -> None:
        self.fake, self.socket, self.feed = fake, socket, feed
        self.is_authenticated = False
        self.quotes: set[str] = set()
        self.tell({"T": "success", "msg": "connected"})

    def take(self, message: bytes) -> None:
        try:
            request = json.loads(message)
            action = request["action"]
        except (ValueError, KeyError, TypeError):
            return self.refuse(400)
        if action == "auth":
            return self._authenticate(request)
        if not self.is_authenticated:
            return self.refuse(401)
        if action not in {"subscribe", "unsubscribe"} or set(request) - {"action", *CHANNELS}:
            return self.refuse(400)
        return self._subscribe(action, set(request.get("quotes") or ()))

    def tell(self, message: dict[str, Any]) -> None:
        self.socket.send(json.dumps([message]))

    def refuse(self, code: int) -> None:
        self.tell({"T": "error", "code": code, "msg": ERRORS[code]})

    def _authenticate(self, request: dict[str, Any]) -> None:
        if self.is_authenticated:
            return self.refuse(403)
        if [request.get("key"), request.get("secret")] != [self.fake.key, self.fake.secret]:
            return self.refuse(402)
        if self.feed not in self.fake.streams.feeds:
            return self.refuse(409)
        if any(other.is_authenticated for other in self.fake.streams.markets if other.feed == self.feed):
            return self.refuse(406)
        self.is_authenticated = True
        return self.tell({"T": "success", "msg": "authenticated"})

    def _subscribe(self, action: str, symbols: set[str]) -> None:
        wanted = self.quotes | symbols if action == "subscribe" else self.quotes - symbols
        if len(wanted) > self.fake.streams.most_symbols:
            return self.refuse(405)
        self.quotes = wanted
        shown = {name: sorted(wanted) if name == "quotes" else [] for name in CHANNELS}
        return self.tell({"T": "subscription", **shown})


class Streams:
    """All clients of both streams, and what goes wrong on the way to them.

    `feeds` are what the plan has and `most_symbols` what it allows of one; while it `is_down`, no stream can
    be opened. `copies` is how often each of the account's events is sent.
    """

    def __init__(self, fake: "FakeAlpaca") -> None:
        self.accounts: list[AccountSession] = []
        self.markets: list[MarketSession] = []
        self.feeds, self.most_symbols = {"iex"}, 30
        self.is_down, self.copies = False, 1
        self._is_stalled = False
        self._fake = fake
        self._lock = RLock()
        self._held: list[Any] | None = None
        self._lost = 0

    @contextmanager
    def serving(self, request: Request, socket: Websocket) -> Iterator[AccountSession | MarketSession]:
        session: AccountSession | MarketSession
        sessions: list[Any]
        if (feed := MARKET.fullmatch(request.path)) is not None:
            session, sessions = MarketSession(self._fake, socket, feed[1]), self.markets
        else:
            session, sessions = AccountSession(self._fake, socket), self.accounts
            if request.path != "/stream":
                self._fake.misfits.append(f"no stream at {request.path}")
        socket.mute = self._is_stalled
        sessions.append(session)
        try:
            yield session
        finally:
            sessions.remove(session)

    def happened(self, order: Order, event: str, **more: str | None) -> None:
        """Tell the account's clients what became of an order; the caller holds the exchange's lock."""
        if not self.accounts:
            return
        now = moment(self._fake.exchange.timer.now())
        ids = {"event_id": str(uuid4()), "execution_id": str(uuid4())}
        told = {"event": event, **ids, "at": now, "timestamp": now, "order": order.as_json(), **more}
        with self._lock:
            if self._lost > 0:
                self._lost -= 1
            elif self._held is not None:
                self._held.append(told)
            else:
                self._tell(told)

    def quoted(self, asset: Asset) -> None:
        """Tell the market's clients a quote; the caller holds the exchange's lock."""
        tick = self._fake.market.tick(asset)
        if tick is None:
            return
        sides = {"bx": "V", "bp": float(tick.bid), "bs": 1, "ax": "V", "ap": float(tick.ask), "as": 1}
        quote = {"T": "q", "S": asset.symbol, **sides, "c": ["R"], "z": "C", "t": moment(tick.at)}
        for session in list(self.markets):
            if asset.symbol in session.quotes:
                session.tell(quote)

    def hold(self) -> None:
        """Keep events back until they are released."""
        with self._lock:
            self._held = []

    def release(self, *, reversed_order: bool = False) -> None:
        """Send what was kept back."""
        with self._lock:
            held, self._held = self._held or [], None
            for told in reversed(held) if reversed_order else held:
                self._tell(told)

    def lose(self, count: int) -> None:
        """Send none of the next events."""
        with self._lock:
            self._lost = count

    def drop(self) -> None:
        """Break every connection off."""
        for session in [*self.accounts, *self.markets]:
            session.socket.drop()

    def stall(self) -> None:
        """Leave every connection open, those to come too, and answer nothing on it any more."""
        self._is_stalled = True
        for session in [*self.accounts, *self.markets]:
            session.socket.mute = True

    def _tell(self, told: Any) -> None:
        for session in list(self.accounts):
            for _ in range(self.copies if session.is_listening else 0):
                session.tell({"stream": UPDATES, "data": told})


def filled(quantity: Any, price: Any, position: Any) -> dict[str, str | None]:
    """Return what a fill's event tells beside the order."""
    return {"qty": plain(quantity), "price": plain(price), "position_qty": plain(position)}
