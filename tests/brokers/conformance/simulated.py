"""The suite at a simulated broker on loopback: whose line fails in the ways that its simulator knows."""

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import Broker
from app.domain.orders import Order, OrderClass, Receipt
from tests.builders import in_a_hurry

WRITES = ("POST", "PATCH", "DELETE")
# Every broker's line fails so; each adds the ways of its own.
BEFORE = [
    {"kind": "timeout", "when": "before"},
    {"kind": "reset", "when": "before"},
    *({"kind": "status", "when": "before", "status": status} for status in (500, 502, 503, 504)),
]
AFTER = [
    {"kind": "timeout", "when": "after"},
    {"kind": "reset", "when": "after"},
    {"kind": "html", "when": "after", "status": 200},
    *({"kind": "status", "when": "after", "status": status} for status in (500, 502, 503, 504)),
]
CUT = [
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "status", "status": 503},
    {"kind": "html", "status": 200},
]


class LookingTwice:
    """Brokers answer a submit before the first fill; the suite asks about what comes of it."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def __getattr__(self, name: str):
        return getattr(self._broker, name)

    def submit(self, order: Order) -> Receipt:
        receipt = self._broker.submit(order)
        # A pair of exits is found by the names of its legs only.
        return receipt if order.order_class is OrderClass.OCO else self._broker.find(receipt.client_order_id)


@dataclass
class SimulatedUnderTest:
    """An adapter and its simulator, where AAPL trades under the name of `ticker`."""

    broker: LookingTwice
    fake: Any
    ticker: str

    def move(self, price: Decimal) -> None:
        self.fake.market.move(self.ticker, price)

    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.fake.requests)


class SimulatedLine:
    """Fixtures of the suite; needs `connected`, a broker, and its simulator `fake`."""

    @pytest.fixture
    def spoil(self, fake, connected):
        """Let a fault of the line strike requests of these methods."""

        @contextmanager
        def during(fault, methods):
            fake.inject(**fault, methods=methods)
            with in_a_hurry(connected, fault["kind"]):
                yield
            fake.faults.clear()

        return lambda fault, *methods: lambda: during(fault, methods)

    @pytest.fixture
    def partial_under_test(self, under_test, fake):
        fake.inject("partial_fill", fraction=Decimal("0.4"))
        return under_test

    @pytest.fixture
    def lose_order(self, lost_before, spoil):
        return spoil(lost_before, *WRITES)

    @pytest.fixture
    def lose_answer(self, lost_after, spoil):
        return spoil(lost_after, *WRITES)

    @pytest.fixture
    def cut_line(self, cut, spoil):
        return spoil(cut, "GET")
