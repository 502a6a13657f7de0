from decimal import Decimal

import pytest

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings
from tests.brokers.builders import Clock
from tests.storage.faulty import FaultyStore

pytest.register_assert_rewrite("tests.brokers.conformance")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store():
    return FaultyStore()


@pytest.fixture
def make_broker(store, clock):
    """Build a paper broker on the shared store; settings by keyword."""

    def make(**settings) -> PaperBroker:
        return PaperBroker(store, clock, PaperSettings(**settings))

    return make


@pytest.fixture
def broker(make_broker):
    return make_broker()


@pytest.fixture
def move(broker):
    """Move the simulated price of Apple's share and return what changed."""

    def to(price, symbol="AAPL"):
        return broker.set_prices({symbol: None if price is None else Decimal(price)})

    return to


@pytest.fixture
def position(broker):
    """Read the signed quantity of Apple's share."""

    def read(symbol="AAPL"):
        return sum(held.quantity for held in broker.positions() if held.symbol == symbol)

    return read


@pytest.fixture
def status(broker):
    """Read the status of an order, or of its leg."""

    def read(order, suffix=""):
        return broker.find(order.client_order_id + suffix).status.value

    return read
