"""A strict loopback Alpaca: trading and market data on one port, with faults on demand."""

import json
from collections import deque
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from tests.simulators.alpaca import admin, contract, routes
from tests.simulators.alpaca.data import Data
from tests.simulators.alpaca.exchange import Exchange, Whims
from tests.simulators.alpaca.faults import Fault, Faults
from tests.simulators.alpaca.figures import SECOND
from tests.simulators.alpaca.history import History
from tests.simulators.alpaca.options_data import OptionData
from tests.simulators.alpaca.refusals import Refused, malformed
from tests.simulators.alpaca.streams import StreamingConnection, Streams
from tests.simulators.loopback.messages import Answer, Request
from tests.simulators.loopback.simulator import Simulator

MINUTE_SECONDS = 60
LIMIT = 200


class FakeAlpaca(Simulator):
    """One account on a loopback port; use as a context manager and read `url`.

    `checked` compares every successful answer with Alpaca's schemas into `misfits`. With
    `requests_per_minute` the simulator refuses more than that, as Alpaca does.
    """

    connection, actions = StreamingConnection, admin.ACTIONS

    def __init__(
        self,
        *,
        port: int = 0,
        key: str = "simulated-key",
        secret: str = "simulated-secret",
        cash: str = "100000",
        seed: int = 0,
        checked: bool = False,
        requests_per_minute: int | None = None,
    ) -> None:
        self.key, self.secret = key, secret
        self.exchange = Exchange(Decimal(cash), seed=seed)
        self.market, self.clock = self.exchange.market, self.exchange.clock
        self.data = Data(self.market, self.exchange.catalogue)
        self.history = History(self.market, self.exchange.catalogue)
        self.options = OptionData(self.market, self.exchange.catalogue)
        self.faults = Faults()
        self.streams = Streams(self)
        self.exchange.book.on_event, self.market.on_quote = self.streams.happened, self.streams.quoted
        self._checked, self._limit = checked, requests_per_minute
        self._arrivals: deque[int] = deque()
        super().__init__(port)

    def set_clock(self, at: datetime) -> None:
        """Let it be a moment there: what has expired by then is settled at the next request."""
        with self.exchange.lock:
            self.exchange.timer.set(at)
            self.market.has_days = self.exchange.expiring.is_on = True

    def inject(self, kind: str, **settings: Any) -> None:
        """Add a fault; see `Fault` for its settings."""
        self.faults.add(Fault(kind=kind, **settings))

    def sent(self, method: str, path: str) -> list[Any]:
        """Return the bodies that reached a path, oldest first."""
        return [each.body for each in list(self.requests) if (each.method, each.path) == (method, path)]

    def arrive(self, request: Request) -> tuple[Fault | None, Whims]:
        """Write a request down and throw the dice for it."""
        with self.exchange.lock:
            self.requests.append(request)
            now = self.exchange.timer.now()
            while self._arrivals and self._arrivals[0] < now - MINUTE_SECONDS * SECOND:
                self._arrivals.popleft()
            self._arrivals.append(now)
            return self.faults.strike(request)

    def limits(self) -> dict[str, str]:
        """Return the headers that tell how many requests are left."""
        limit = self._limit or LIMIT
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - len(self._arrivals))),
            "X-RateLimit-Reset": str(self.exchange.timer.now() // SECOND + MINUTE_SECONDS),
        }

    def answer(self, request: Request, whims: Whims) -> Answer:
        """Carry a request out."""
        try:
            self._admit(request)
            view, parts = routes.find(request.method, request.path)
            self.exchange.settle()
            answer = view(self, request, whims, *map(unquote, parts))
        except Refused as refusal:
            return refusal.answer()
        except json.JSONDecodeError:
            return malformed().answer()
        except Exception as error:
            self.misfits.append(f"{request.method} {request.path}: {error!r}")
            raise
        if self._checked:
            found = contract.misfits(request.method, request.path, answer.status, answer.content)
            self.misfits.extend(found)
        return answer

    def _admit(self, request: Request) -> None:
        presented = [request.headers.get(name) for name in ("apca-api-key-id", "apca-api-secret-key")]
        if None in presented:
            raise Refused(401, "forbidden.")
        if presented != [self.key, self.secret]:
            raise Refused(403, "forbidden.")
        if self._limit is not None and len(self._arrivals) > self._limit:
            raise Refused(429, "too many requests.", 42910000)
