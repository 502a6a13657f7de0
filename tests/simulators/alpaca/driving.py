"""A plain HTTP client of the simulator, for its own tests."""

from typing import Any

import requests

from tests.simulators.alpaca.simulator import FakeAlpaca

BRACKET = {
    "order_class": "bracket",
    "take_profit": {"limit_price": "110"},
    "stop_loss": {"stop_price": "90"},
}
OCO = BRACKET | {"order_class": "oco", "side": "sell", "type": "limit"}


class Driver:
    """Sends what it is told to and hides nothing."""

    def __init__(self, fake: FakeAlpaca) -> None:
        self.fake = fake
        self.session = requests.Session()
        self.session.headers.update({"APCA-API-KEY-ID": fake.key, "APCA-API-SECRET-KEY": fake.secret})

    def call(self, method: str, path: str, *, timeout: float = 5, **arguments: Any) -> requests.Response:
        return self.session.request(method, self.fake.url + path, timeout=timeout, **arguments)

    def submit(self, **changes: Any) -> requests.Response:
        """Send a market order for 10 AAPL, changed; a field that is None is left out."""
        body = {"symbol": "AAPL", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}
        sent = {name: value for name, value in (body | changes).items() if value is not None}
        return self.call("POST", "/v2/orders", json=sent)

    def placed(self, **changes: Any) -> dict[str, Any]:
        """Send an order that must be taken; return it as it stands afterwards, with its legs."""
        answer = self.submit(**changes)
        assert answer.status_code == 200, answer.text
        return self.shown(answer.json()["id"])

    def shown(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/v2/orders/{order_id}?nested=true")
        return found

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def legs(self, order: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Return type, status and quantity of an order's legs as they stand."""
        return [(leg["type"], leg["status"], leg["qty"]) for leg in self.shown(order["id"])["legs"]]
