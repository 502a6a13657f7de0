"""Alerts, a clock that is moved by hand, and a broker that does what a test tells it to."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from app.brokers.base import Broker
from app.domain.accounts import Account, MarketHours, Position, Quote
from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass, Instrument
from app.domain.opinions import Action, Decision, Direction, Failure, Opinion, Question
from app.domain.orders import Order, OrderStatus, Receipt
from app.domain.tickets import new_ticket_id
from app.errors import BrokerRejected, BrokerUnavailable, StoreUnavailable
from app.wiring.container import EXTENSION, Services

OPERATOR_TOKEN = "the-operators-own-token"
WEBHOOK_SECRET = "the-default-bots-secret"
ACCOUNT_SECRET = "47462f2d-378c-4bf5-a016-1c1221aa0e62"
NUMBERS = count(1)


def strategy_alert(**changes) -> dict:
    """Build a distinct strategy alert; None leaves a field out."""
    alert = {
        "symbol": "AAPL",
        "strategy_order_id": "long",
        "strategy_order_action": "buy",
        "strategy_order_contracts": "10",
        "strategy_order_price": "100",
        "strategy_order_comment": f"alert {next(NUMBERS)}",
    }
    return {name: value for name, value in (alert | changes).items() if value is not None}


def bridge_alert(**changes) -> dict:
    """Build a distinct bridge alert of the default bot, secret included; None leaves a field out."""
    alert = {
        "secret": WEBHOOK_SECRET,
        "strategy_id": "breakout",
        "fund_id": "default",
        "symbol": "BTC-USD",
        "side": "buy",
        "quantity": "0.05",
        "order_type": "limit",
        "limit_price": "95000",
        "tif": "day",
        "actor": "tradingview",
        "idempotency_key": f"breakout-{next(NUMBERS)}",
        "thesis": "a breakout with volume",
    }
    return {name: value for name, value in (alert | changes).items() if value is not None}


def trade_idea(**changes) -> dict:
    """Build a distinct trade idea that the rule is in favour of; None leaves a field out."""
    idea = {
        "alert_name": f"High confidence ideas {next(NUMBERS)}",
        "source": "trade_idea",
        "symbol": "NVDA",
        "direction": "bullish",
        "strategy": "buy_call",
        "model": "swing",
        "entry_price": 142.5,
        "target_price": 148.0,
        "stop_price": 139.0,
        "triggered_at": "2026-06-02T14:22:00Z",
        "matched_criteria": {"direction": "bullish", "confidence_min": 0.75},
    }
    return {name: value for name, value in (idea | changes).items() if value is not None}


BEARISH = {"direction": "bearish", "target_price": 137.0, "stop_price": 146.0}


# The four rows of the trade-type table.
ENTER_LONG = {"strategy_order_id": "long", "strategy_order_action": "buy"}
EXIT_LONG = {"strategy_order_id": "long", "strategy_order_action": "sell"}
ENTER_SHORT = {"strategy_order_id": "sell", "strategy_order_action": "sell"}
EXIT_SHORT = {"strategy_order_id": "sell", "strategy_order_action": "buy"}


def services_of(app) -> Services:
    """Return an application's collaborators."""
    return app.extensions[EXTENSION]


def client_of(app, **headers: str):
    """Build a test client that sends these headers (underscores for dashes) with every request."""
    client = app.test_client()
    client.environ_base.update({f"HTTP_{name.upper()}": value for name, value in headers.items()})
    return client


def post_at_once(app, alerts: list[dict], path: str = "/webhook") -> list:
    """Post every alert from a thread of its own; return the responses in order."""

    def post(alert: dict):
        return client_of(app, x_bot_secret=WEBHOOK_SECRET).post(path, json=alert)

    with ThreadPoolExecutor(len(alerts)) as pool:
        return list(pool.map(post, alerts))


@contextmanager
def in_a_hurry(broker: Broker, fault: str = "timeout", seconds: float = 0.5) -> Iterator[None]:
    """Let an adapter wait no longer than that for an answer, where a broker's fault is that it gives none.

    At any other time it has all the time of the world: on a busy machine each answer may take a second.
    """
    if fault != "timeout":
        yield
        return
    transport = broker._transport
    usual, transport._timeout_seconds = transport._timeout_seconds, seconds
    try:
        yield
    finally:
        transport._timeout_seconds = usual


class ScriptedAnalyst:
    """An analyst that decides as it is told, remembers what it was asked, and can be made to wait or fail."""

    name, model = "scripted", "script-1"

    def __init__(self, **decision) -> None:
        self.decision = decision
        self.failure: Failure | None = None
        self.before_answer: Callable[[], object] = lambda: None
        self.asked: list[Question] = []

    def opine(self, question: Question) -> Opinion:
        self.asked.append(question)
        self.before_answer()
        if self.failure is not None:
            return Opinion(analyst=self.name, model=self.model, failure=self.failure)
        action = Action.SELL_SHORT if question.direction is Direction.BEARISH else Action.BUY
        said = {"action": action, "symbol": question.symbol, "notional_usd": question.max_notional}
        said |= {"confidence": Decimal("0.9"), "rationale": "It looks good."}
        return Opinion(analyst=self.name, model=self.model, decision=Decision(**said | self.decision))


def fresh_ticket_id(at: datetime) -> UUID:
    """Return the id of a ticket that begins at a moment."""
    return new_ticket_id(at, os.urandom)


class HandClock:
    """A clock that stands still until it is moved; with a `pace` it goes on whenever it is read."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.pace = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.pace
        return self.now

    def move(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def monotonic(self) -> float:
        """Return seconds that go on with it."""
        return self.now.timestamp()

    def wait(self, seconds: float) -> None:
        """Let time pass without sleeping; other threads get their turn."""
        self.move(seconds=seconds)
        time.sleep(0)


class BrokenStore:
    """A store of which single methods can be made to fail."""

    def __init__(self, store) -> None:
        self._store = store
        self.broken: set[str] = set()

    def __getattr__(self, name: str):
        return self._fail if name in self.broken else getattr(self._store, name)

    def _fail(self, *_args, **_options):
        raise StoreUnavailable("The store is out of order.")


class ScriptedBroker(Broker):
    """A broker that records what it is sent, fills it at `price`, and fails as `failures` say.

    A failure that is None fills the order and lets the caller see the next one of the list.
    """

    def __init__(self, name: str = "paper", **capabilities) -> None:
        kinds = frozenset({AssetClass.EQUITY, AssetClass.CRYPTO})
        self.name = name
        self.capabilities = Capabilities(
            **{"name": name, "asset_classes": kinds, "fractional": kinds, "unique_client_order_ids": True}
            | capabilities
        )
        self.price: str | None = "100"
        self.status = OrderStatus.FILLED
        self.is_open = True
        self.is_reachable = True
        self.failures: list[BaseException | None] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.cancel_failures: list[BaseException] = []
        self.before_cancel: Callable[[], object] = lambda: None
        self.before_find: Callable[[], object] = lambda: None
        self.canceled_as = OrderStatus.CANCELED
        self.submitted: list[Order] = []
        self.taken: dict[str, Receipt] = {}
        self.held: dict[str, Decimal] = {}

    def submit(self, order: Order) -> Receipt:
        self.submitted.append(order)
        self.before_answer()
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        return self.take(order)

    def take(self, order: Order, status: OrderStatus | None = None) -> Receipt:
        """Hold an order as if its submit had arrived, whatever its sender was told."""
        status, price = status or self.status, Decimal(self.price or 0)
        is_filled = status is OrderStatus.FILLED
        filled = (order.quantity or Decimal(0)) if is_filled else Decimal(0)
        symbol = order.instrument.symbol
        self.held[symbol] = self.held.get(symbol, Decimal(0)) + order.side.sign * filled
        self.taken[order.client_order_id] = Receipt(
            client_order_id=order.client_order_id,
            broker_order_id=f"{self.name}-{len(self.taken) + 1}",
            broker=self.name,
            symbol=symbol,
            side=order.side,
            type=order.type,
            status=status,
            created_at=datetime.now(UTC),
            quantity=order.quantity,
            filled_quantity=filled,
            average_fill_price=price if is_filled else None,
        )
        return self.taken[order.client_order_id]

    def find(self, client_order_id: str) -> Receipt | None:
        self.before_find()
        self._answer()
        return self.taken.get(client_order_id)

    def cancel(self, receipt: Receipt) -> None:
        self.before_cancel()
        if self.cancel_failures:
            raise self.cancel_failures.pop(0)
        held = self.taken[receipt.client_order_id]
        if held.status.is_final:
            raise BrokerRejected(f"{receipt.client_order_id} is {held.status.value}.")
        self.taken[receipt.client_order_id] = replace(held, status=self.canceled_as)

    def replace(self, receipt: Receipt, _change: object) -> Receipt:
        raise BrokerRejected(f"{receipt.client_order_id} cannot be changed.")

    def open_orders(self) -> list[Receipt]:
        self._answer()
        return [receipt for receipt in self.taken.values() if not receipt.status.is_final]

    def positions(self) -> list[Position]:
        self._answer()
        return [Position(symbol, held, Decimal(100)) for symbol, held in self.held.items() if held]

    def account(self) -> Account:
        self._answer()
        return Account(Decimal(100_000), Decimal(100_000), Decimal(100_000))

    def quote(self, _instrument: Instrument) -> Quote | None:
        self._answer()
        return Quote(Decimal(self.price), datetime.now(UTC)) if self.price is not None else None

    def market(self, _instrument: Instrument) -> MarketHours:
        return MarketHours(is_open=self.is_open)

    def ping(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if not self.is_reachable:
            raise BrokerUnavailable("The broker does not answer.")
