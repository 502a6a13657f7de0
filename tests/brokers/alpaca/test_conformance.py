from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.brokers.alpaca.broker import AlpacaBroker
from app.domain.orders import Order, Receipt
from tests.brokers.conformance import BrokerConformance
from tests.simulators.alpaca import FakeAlpaca

pytestmark = pytest.mark.integration


WRITES = ("POST", "PATCH", "DELETE")
BEFORE = [
    {"kind": "timeout", "when": "before"},
    {"kind": "reset", "when": "before"},
    {"kind": "rate_limit", "when": "before"},
    *({"kind": "status", "when": "before", "status": status} for status in (500, 502, 503, 504)),
]
AFTER = [
    {"kind": "timeout", "when": "after"},
    {"kind": "reset", "when": "after"},
    *({"kind": "status", "when": "after", "status": status} for status in (429, 500, 502, 503, 504)),
    {"kind": "html", "when": "after", "status": 502},
    {"kind": "html", "when": "after", "status": 200},
]
CUT = [
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "status", "status": 503},
    {"kind": "html", "status": 200},
]


class LookingTwice:
    """Alpaca answers a submit before the first fill; the suite asks about what comes of it."""

    def __init__(self, broker: AlpacaBroker) -> None:
        self._broker = broker

    def __getattr__(self, name: str):
        return getattr(self._broker, name)

    def submit(self, order: Order) -> Receipt:
        receipt = self._broker.submit(order)
        # A pair of exits is found by the names of its legs only.
        return self._broker.find(receipt.client_order_id) or receipt


@dataclass
class AlpacaDesk:
    broker: LookingTwice
    fake: FakeAlpaca

    def move(self, price: Decimal) -> None:
        self.fake.market.move("AAPL", price)

    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.fake.requests)


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def alpaca(connect_alpaca):
    return connect_alpaca(timeout_seconds=0.3)


@pytest.fixture
def spoil(fake) -> Callable[..., AbstractContextManager[None]]:
    """Let a fault of the line strike requests of these methods."""

    @contextmanager
    def during(fault, methods):
        fake.inject(**fault, methods=methods)
        yield
        fake.faults.clear()

    return lambda fault, *methods: lambda: during(fault, methods)


class TestAlpacaBroker(BrokerConformance):
    @pytest.fixture
    def desk(self, alpaca, fake):
        desk = AlpacaDesk(LookingTwice(alpaca), fake)
        desk.move(Decimal(100))
        return desk

    @pytest.fixture
    def partial_desk(self, desk, fake):
        fake.inject("partial_fill", fraction=Decimal("0.4"))
        return desk

    @pytest.fixture(params=BEFORE, ids=str)
    def lose_order(self, request, spoil):
        return spoil(request.param, *WRITES)

    @pytest.fixture(params=AFTER, ids=str)
    def lose_answer(self, request, spoil):
        return spoil(request.param, *WRITES)

    @pytest.fixture(params=CUT, ids=str)
    def cut_line(self, request, spoil):
        return spoil(request.param, "GET")
