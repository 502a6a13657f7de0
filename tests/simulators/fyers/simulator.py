"""A strict loopback Fyers: trading, data and symbol master on one port, with faults on demand."""

from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from tests.simulators.fyers import admin, routes, shapes
from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.data import Data
from tests.simulators.fyers.exchange import Exchange
from tests.simulators.fyers.faults import IP_TEXT, Fault, Faults, changes_orders
from tests.simulators.fyers.history import History
from tests.simulators.fyers.limits import Limits
from tests.simulators.fyers.refusals import Refused, forbidden
from tests.simulators.fyers.tokens import Tokens
from tests.simulators.fyers.whims import Whims
from tests.simulators.loopback.messages import Answer, Request
from tests.simulators.loopback.simulator import Simulator
from tests.simulators.loopback.spoiling import SpoilingConnection


class FakeFyers(Simulator):
    """One account on a loopback port; use as a context manager and read `api_url`, `data_url`, `master_url`.

    `checked` compares every answer with documented shapes into `misfits`. With `rate_limits` more
    than Fyers takes is refused. `stocks` lists only so many of them, for a small symbol master.
    """

    connection, actions = SpoilingConnection, admin.ACTIONS

    def __init__(
        self,
        *,
        port: int = 0,
        app_id: str = "SIMULATED-100",
        secret: str = "simulated-secret",
        redirect_uri: str | None = None,
        cash: str = "1000000",
        checked: bool = False,
        rate_limits: bool = False,
        stocks: int | None = None,
    ) -> None:
        self.secret, self.redirect_uri = secret, redirect_uri
        self.clock = Clock()
        self.exchange: Exchange = Exchange(Decimal(cash), self.clock, stocks)
        self.market = self.exchange.market
        self.data = Data(self.exchange.listing, self.market, self.clock)
        self.history = History(self.exchange.listing)
        self.tokens = Tokens(self.clock, app_id, secret)
        self.rate: Limits = Limits(self.clock, enabled=rate_limits)
        self.faults = Faults()
        self.ip_allowed, self.login_works = True, True
        self.master_modes = {"csv": "good", "json": "good"}
        self._checked = checked
        super().__init__(port)

    @property
    def app_id(self) -> str:
        return self.tokens.app_id

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v3"

    @property
    def data_url(self) -> str:
        return f"{self.url}/data"

    @property
    def master_url(self) -> str:
        return f"{self.url}{routes.MASTER_FOLDER}NSE_FO.csv"

    def inject(self, kind: str, **settings: Any) -> None:
        """Add a fault; see `Fault` for its settings."""
        self.faults.add(Fault(kind=kind, **settings))

    def counts(self) -> dict[str, int]:
        """Return how many requests each path had."""
        return dict(Counter(f"{each.method} {each.path}" for each in list(self.requests)))

    def orders(self) -> list[dict[str, Any]]:
        """Return every order there ever was, oldest first, legs and rejected ones among them."""
        with self.exchange.lock:
            return [
                self.exchange.shown(order, number)
                for number, order in enumerate(self.exchange.book.orders.values(), 1)
            ]

    def login_outcome(self) -> dict[str, str]:
        """Return what a login sends back to the redirect address."""
        if not self.login_works:
            return {"s": "error", "code": "-1", "message": "user cancelled the login"}
        return {"s": "ok", "code": "200", "auth_code": self.tokens.code()}

    def arrive(self, request: Request) -> tuple[Any, Whims]:
        """Write a request down and throw the dice for it."""
        with self.exchange.lock:
            self.requests.append(request)
            fault, whims = self.faults.strike(request)
            if fault is not None and fault.kind == "dead_token":
                self.tokens.kill()
                return None, whims
            return fault, whims

    def answer(self, request: Request, whims: Whims) -> Answer:
        """Carry a request out."""
        answer = self._answered(request, whims)
        if self._checked and not request.path.startswith(routes.MASTER_FOLDER):
            found = shapes.misfits(request.method, request.path, answer.status, answer.content)
            self.misfits.extend(found)
        return answer

    def _answered(self, request: Request, whims: Whims) -> Answer:
        try:
            self._admit(request)
            view, parts = routes.find(request.method, request.path)
            self.exchange.settle()
            return view(self, request, whims, *map(unquote, parts))
        except Refused as refusal:
            return refusal.answer()
        except Exception as error:
            self.misfits.append(f"{request.method} {request.path}: {error!r}")
            raise

    def _admit(self, request: Request) -> None:
        if request.path.startswith(routes.MASTER_FOLDER):
            return
        with self.exchange.lock:
            self.rate.admit()
        if request.path in routes.OPEN_PATHS:
            return
        is_data = request.path.startswith("/data/")
        self.tokens.admit(request.headers.get("authorization"), is_data=is_data)
        if not self.ip_allowed and changes_orders(request):
            raise forbidden(IP_TEXT)
