"""Clients of the simulator for its own tests: a plain one, and the SDK's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.simulators.fyers.instruments import Instrument
from tests.simulators.fyers.simulator import FakeFyers

REDIRECT = "http://127.0.0.1:1/auth-callback"
PRICE = "100"


class Driver:
    """Sends what it is told to and hides nothing; logged in unless told otherwise."""

    def __init__(self, fake: FakeFyers) -> None:
        self.fake = fake
        self.session = requests.Session()
        self.wear(fake.tokens.login())
        self.option = option(fake)
        fake.market.move(self.option.symbol, PRICE)

    def wear(self, token: str) -> None:
        """Present this access token from now on."""
        self.token = token
        self.session.headers["Authorization"] = f"{self.fake.app_id}:{token}"

    def call(self, method: str, path: str, *, timeout: float = 5, **arguments: Any) -> requests.Response:
        return self.session.request(method, self.fake.url + path, timeout=timeout, **arguments)

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query).json()

    def admin(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = self.call(method, f"/_simulator/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def body(self, **changes: Any) -> dict[str, Any]:
        """Return a market order for one lot of an option, changed; a field that is None is left out."""
        body = {
            "symbol": self.option.symbol,
            "qty": self.option.lot,
            "type": 2,
            "side": 1,
            "productType": "MARGIN",
            "limitPrice": 0,
            "stopPrice": 0,
            "validity": "DAY",
            "offlineOrder": False,
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def submit(self, **changes: Any) -> requests.Response:
        return self.call("POST", "/api/v3/orders/sync", json=self.body(**changes))

    def placed(self, **changes: Any) -> dict[str, Any]:
        """Send an order that must be taken; return it as it stands afterwards."""
        answer = self.submit(**changes)
        assert answer.status_code == 200, answer.text
        return self.shown(answer.json()["id"])

    def shown(self, order_id: str) -> dict[str, Any]:
        order: dict[str, Any] = self.get("/api/v3/orders", id=order_id)["orderBook"][0]
        return order

    def book(self, **query: Any) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = self.get("/api/v3/orders", **query)["orderBook"]
        return orders

    def legs(self, order: dict[str, Any]) -> list[tuple[int, int, int, float]]:
        """Return type, status, quantity and price of an order's legs as they stand."""
        found = [leg for leg in self.book() if leg["parentId"] == order["id"]]
        return [
            (leg["type"], leg["status"], leg["qty"], leg["limitPrice"] or leg["stopPrice"]) for leg in found
        ]

    def position(self) -> dict[str, Any]:
        position: dict[str, Any] = self.get("/api/v3/positions")["netPositions"][0]
        return position

    def move(self, price: str) -> None:
        """Let the option trade at a price."""
        self.fake.market.move(self.option.symbol, price)

    def authorize(self, **changes: Any) -> dict[str, str]:
        """Log in as a browser does; return what comes back to the redirect address."""
        query = {
            "client_id": self.fake.app_id,
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "state": "s1",
        }
        path = "/api/v3/generate-authcode"
        answer = self.call("GET", path, params=query | changes, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return {
            name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()
        }

    def exchange(self, code: str, **changes: Any) -> requests.Response:
        body = {"grant_type": "authorization_code", "appIdHash": self.fake.tokens.app_hash, "code": code}
        return self.call("POST", "/api/v3/validate-authcode", json=body | changes)


def option(fake: FakeFyers) -> Instrument:
    """Return the call on NIFTY at the money of the expiry after next, far from its last day."""
    underlying = fake.exchange.listing.master.underlyings["NIFTY"]
    calls = [
        each
        for options in fake.exchange.listing.options(underlying).values()
        for each in options
        if (each.strike, each.option_type) == (underlying.base, "CE")
    ]
    return calls[2]


@contextmanager
def model(fake: FakeFyers, folder: str, token: str) -> Iterator[Any]:
    """Return the SDK's client of the simulator; its log files are in a folder and closed afterwards."""
    from fyers_apiv3 import fyersModel

    config, bases = fyersModel.Config, (fyersModel.Config.API, fyersModel.Config.DATA_API)
    config.API, config.DATA_API = fake.api_url, fake.data_url
    sdk = fyersModel.FyersModel(client_id=fake.app_id, token=token, log_path=folder)
    try:
        yield sdk
    finally:
        config.API, config.DATA_API = bases
        sdk.service.session.close()
        for logger in (sdk.api_logger, sdk.request_logger):
            logger.removeHandler(logger.logger_handler)
            logger.logger_handler.close()
