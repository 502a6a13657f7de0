"""A dialect is one schema file and one line in the registry; this is such a file."""

import pytest
from marshmallow import RAISE, post_load

from app.blueprints.api.openapi.document import build_document
from app.domain.orders import Side
from app.domain.signals import Dialect, Intent, Signal
from app.schemas.base import Schema
from app.schemas.dialects import DIALECTS
from app.schemas.entry import DialectEntry
from app.schemas.fields import Amount, Text, Word
from tests.builders import WEBHOOK_SECRET

pytestmark = pytest.mark.integration


class SemaphoreSchema(Schema):
    """JSON in, Signal out."""

    class Meta:
        unknown = RAISE

    semaphore = Word("up", "down", required=True)
    symbol = Text(required=True, longest=60)
    size = Amount(required=True, positive=True)

    @post_load
    def _to_signal(self, data, **_):
        return Signal(
            dialect=ENTRY.dialect,
            symbol=data["symbol"],
            intent=Intent.ORDER,
            side=Side.BUY if data["semaphore"] == "up" else Side.SELL,
            quantity=data["size"],
        )


ENTRY = DialectEntry(
    dialect=Dialect("semaphore"),
    schema=SemaphoreSchema(),
    marks=("semaphore",),
    told_by="semaphore",
    sample={"semaphore": "up", "symbol": "BTCUSD", "size": "0.01"},
)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """The one line."""
    monkeypatch.setitem(DIALECTS, ENTRY.name, ENTRY)


def test_new_dialect_when_previewed_then_its_order_is_planned(operator):
    operator.put("/api/paper/prices", json={"BTCUSD": "95000"})
    ticket = operator.post("/api/preview", json=ENTRY.sample).json

    assert (ticket["dialect"], ticket["status"]) == ("semaphore", "ordered")
    assert [(order["side"], order["quantity"]) for order in ticket["orders"]] == [("buy", "0.01")]


def test_new_dialect_when_posted_then_traded_and_a_repeat_gets_the_first_answer(client, operator):
    operator.put("/api/paper/prices", json={"BTCUSD": "95000"})
    alert = ENTRY.sample | {"secret": WEBHOOK_SECRET}
    first, second = (client.post("/webhook", json=alert) for _ in range(2))

    assert (first.status_code, first.json["status"]) == (200, "filled")
    assert second.json == first.json
    assert operator.get(f"/api/tickets/{first.json['ticket']}").json["dialect"] == "semaphore"


def test_new_dialect_when_malformed_then_refused_by_name(client):
    answer = client.post("/webhook", json=ENTRY.sample | {"secret": WEBHOOK_SECRET, "size": "a lot"})

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "ALERT_MALFORMED")
    assert "size" in answer.json["error"]["message"]


def test_new_dialect_when_the_api_is_described_then_it_is_there(app):
    assert "SemaphoreAlert" in build_document(app)["components"]["schemas"]
