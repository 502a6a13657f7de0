from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.brokers.fyers.broker import FyersBroker
from app.domain.orders import Order, Receipt
from tests.brokers.builders import APPLE
from tests.brokers.conformance import BrokerConformance
from tests.brokers.fyers.harness import Listed, make_fyers
from tests.fyers_logins import simulated_fyers
from tests.simulators.fyers import FakeFyers

pytestmark = pytest.mark.integration

# Apple's share stands for one that the NSE has.
TICKER = "NSE:360ONE-EQ"
WRITES = ("POST", "PATCH", "DELETE")
BEFORE = [
    {"kind": "timeout", "when": "before"},
    {"kind": "reset", "when": "before"},
    {"kind": "unacknowledged", "when": "before"},
    {"kind": "refused", "when": "before"},
    {"kind": "empty", "when": "before"},
    *({"kind": "status", "when": "before", "status": status} for status in (500, 502, 503, 504)),
]
AFTER = [
    {"kind": "timeout", "when": "after"},
    {"kind": "reset", "when": "after"},
    {"kind": "torn", "when": "after"},
    {"kind": "unacknowledged", "when": "after"},
    {"kind": "refused", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "html", "when": "after", "status": 200},
    *({"kind": "status", "when": "after", "status": status} for status in (500, 502, 503, 504)),
]
CUT = [
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "status", "status": 503},
    {"kind": "html", "status": 200},
    {"kind": "empty"},
]


class LookingTwice:
    """Fyers answers a submit before the exchange does; the suite asks about what comes of it."""

    def __init__(self, broker: FyersBroker) -> None:
        self._broker = broker

    def __getattr__(self, name: str):
        return getattr(self._broker, name)

    def submit(self, order: Order) -> Receipt:
        return self._broker.find(self._broker.submit(order).client_order_id)


@dataclass
class FyersDesk:
    broker: LookingTwice
    fake: FakeFyers

    def move(self, price: Decimal) -> None:
        self.fake.market.move(TICKER, price)

    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.fake.requests)


@pytest.fixture
def fake():
    with simulated_fyers(cash="100000", stocks=1) as fake:
        fake.market.limit(TICKER, 50, 150)
        yield fake


@pytest.fixture
def spoil(fake):
    """Let a fault strike requests of these methods."""

    @contextmanager
    def during(fault, methods):
        fake.inject(**fault, methods=methods)
        yield
        fake.faults.clear()

    return lambda fault, *methods: lambda: during(fault, methods)


class TestFyersBroker(BrokerConformance):
    @pytest.fixture
    def desk(self, fake):
        contracts = Listed({TICKER: APPLE})
        broker = make_fyers(fake, contracts=contracts, timeout_seconds=0.3, clock=fake.clock.now)
        desk = FyersDesk(LookingTwice(broker), fake)
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

    def test_account_when_fresh_then_all_money_can_be_spent(self, desk):
        account = desk.broker.account()

        assert (account.cash, account.equity, account.currency) == (100_000, 100_000, "INR")
        assert account.buying_power == account.cash
