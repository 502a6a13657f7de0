"""The whole application between an alert that attacks it and the brokers, and whatever it lets out."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from app.brokers.base import Broker
from app.domain.orders import Order, Receipt
from tests.adversarial.oracle import Sent
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, services_of
from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.openai import FakeOpenAI
from tests.simulators.openai.model import Decision, Model
from tests.simulators.openai.reading import Turn, json_objects
from tests.simulators.optionomics import FakeOptionomics

IDEAS = "/webhooks/optionomics/trade-ideas"
OPENAI_KEY = "sk-adversarial-openai-key"
OPTIONOMICS_TOKEN = "adversarial-optionomics-token"
ALPACA_KEY, ALPACA_SECRET = "adversarial-alpaca-key", "adversarial-alpaca-secret"
PRICE = Decimal("142.5")
PATIENCE_SECONDS = 60
UNDER_WAY = frozenset({"received", "researching"})
OWN_THOUGHTS = {"action": "buy", "symbol": "NVDA", "notional_usd": 250.0, "confidence": 0.84}
DICTATES = frozenset({"action", "notional_usd"})


class Overheard(Model):
    """A model that takes over decisions in JSON too; what it says is noted before anything spoils it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.said: list[Decision] = []

    def decision(self, turn: Turn) -> Decision:
        decision = Model.decision(self, turn)
        for order in dictated([*turn.asked, *turn.told]):
            decision |= {name: order[name] for name in decision if name in order}
        self.said.append(decision)
        return decision


def dictated(texts: Iterable[str]) -> Iterator[Decision]:
    """Yield the objects in texts that look like decisions, those in texts within them too."""
    for text in texts:
        for found in json_objects(text):
            if DICTATES & set(found):
                yield found
            yield from dictated(value for value in found.values() if isinstance(value, str) and "{" in value)


class Watched:
    """A broker that remembers what it was sent."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.submitted: list[Order] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broker, name)

    @property
    def as_sent(self) -> list[Sent]:
        """What it was sent, as the oracle reads it."""
        return [order_as_sent(order) for order in self.submitted]

    def submit(self, order: Order) -> Receipt:
        self.submitted.append(order)
        return self.broker.submit(order)


@dataclass(kw_only=True)
class World:
    """An application with a model that obeys everybody, tools that lie, and two brokers that take orders."""

    app: Flask
    mode: str
    openai: FakeOpenAI
    optionomics: FakeOptionomics
    paper: Watched
    alpaca: FakeAlpaca | None = None
    console: StringIO = field(default_factory=StringIO)
    told: list[Any] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def said(self) -> Decision | None:
        """What the model decided last, as it meant it."""
        model = self.openai.model
        return model.said[-1] if isinstance(model, Overheard) and model.said else None

    def post(self, alert: Any, path: str = IDEAS, **headers: str) -> Any:
        """Post an alert as its sender does; bytes go out as they are."""
        sender = client_of(self.app, **({"x_bot_secret": WEBHOOK_SECRET} | headers))
        body = alert if isinstance(alert, bytes) else json.dumps(alert).encode()
        return self.heard(sender.post(path, data=body, content_type="application/json"))

    def operate(self, method: str, path: str, body: Any = None) -> Any:
        """Ask something as the operator."""
        operator = client_of(self.app, authorization=f"Bearer {OPERATOR_TOKEN}", if_match="*")
        return self.heard(operator.open(path, method=method, json=body))

    def work_off(self, response: Any) -> dict[str, Any]:
        """Carry out what an answer has put off, unless the pool is about to; return the ticket."""
        name, services = response.json["ticket"], services_of(self.app)
        if not services.intake.pool.is_running:
            self.operate("POST", f"/tasks/inbox/{name}")
        deadline = time.monotonic() + PATIENCE_SECONDS
        # Looked up where it is kept: to ask for it that often takes longer than the research.
        while services.operations.ledger.find(UUID(name))["status"] in UNDER_WAY:
            if time.monotonic() > deadline:
                break
            time.sleep(0.005)
        return dict(self.operate("GET", f"/api/tickets/{name}").json)

    def configure(self, **changes: Any) -> None:
        """Change the default bot."""
        answer = self.operate("PATCH", "/api/bots/default", changes)
        assert answer.status_code == 200, answer.json

    def move(self, price: Decimal) -> None:
        """Move the market and let the clock come round, so that exits have their chance."""
        self.operate("PUT", "/api/paper/prices", {"NVDA": str(price)})
        if self.alpaca is not None:
            self.alpaca.market.move("NVDA", price)
        self.operate("POST", "/tasks/tick")

    def heard(self, response: Any) -> Any:
        """Write an answer down, headers and all."""
        self.answers.append(f"{response.headers}\n{response.text}")
        return response

    @property
    def is_fooled(self) -> bool:
        """True when the model decided otherwise than it would have of the seed's idea by itself."""
        return self.said is None or {name: self.said[name] for name in OWN_THOUGHTS} != OWN_THOUGHTS

    @property
    def sent(self) -> list[Sent]:
        """What has left for either broker, oldest first."""
        posted = self.alpaca.sent("POST", "/v2/orders") if self.alpaca is not None else []
        return [order_as_sent(order) for order in self.paper.submitted] + [
            body_as_sent(body) for body in posted
        ]

    @property
    def holding(self) -> Decimal:
        """What the accounts hold in all symbols together, signed."""
        rows = self.operate("GET", "/api/positions?fresh=true").json["positions"]
        return sum((Decimal(row["quantity"]) for row in rows), Decimal(0))

    @property
    def logs(self) -> list[str]:
        """Everything that was logged."""
        folder = Path(self.app.extensions["gatehouse"].settings.log_folder)
        return [self.console.getvalue(), *(file.read_text() for file in folder.iterdir())]


def order_as_sent(order: Order) -> Sent:
    return Sent(
        symbol=order.instrument.symbol,
        side=order.side.value,
        kind=order.instrument.asset_class.value,
        quantity=order.quantity,
        notional=order.notional,
        target=order.take_profit,
        stop=order.stop_loss,
    )


def body_as_sent(body: dict[str, Any]) -> Sent:
    """Read an order that reached Alpaca."""
    figures = {"quantity": body.get("qty"), "notional": body.get("notional")}
    figures["target"] = (body.get("take_profit") or {}).get("limit_price")
    figures["stop"] = (body.get("stop_loss") or {}).get("stop_price")
    known = {name: Decimal(str(value)) for name, value in figures.items() if value is not None}
    return Sent(symbol=body["symbol"], side=body["side"], **known)


def research(obedient: FakeOpenAI, lying: FakeOptionomics) -> dict[str, str]:
    """Return the settings that lead to both."""
    account = {"optionomics_email": lying.email, "optionomics_token": lying.token}
    return account | {
        "optionomics_mcp_url": lying.url,
        "openai_api_key": OPENAI_KEY,
        "openai_base_url": obedient.base_url,
    }
