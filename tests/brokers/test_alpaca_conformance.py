from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.brokers.alpaca import AlpacaBroker
from app.domain.orders import Order, Receipt
from tests.brokers.conformance import BrokerConformance
from tests.simulators.alpaca import FakeAlpaca

pytestmark = pytest.mark.integration


class LookingTwice:
    """Alpaca answers a submit before the first fill; the suite asks about what comes of it."""

    def __init__(self, broker: AlpacaBroker) -> None:
        self._broker = broker

    def __getattr__(self, name: str):
        return getattr(self._broker, name)

    def submit(self, order: Order) -> Receipt:
        return self._broker.find(self._broker.submit(order).client_order_id)


@dataclass
class AlpacaDesk:
    broker: LookingTwice
    fake: FakeAlpaca

    def move(self, price: Decimal) -> None:
        self.fake.market.move("AAPL", price)

    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.fake.requests)


@pytest.fixture
def fake():
    with FakeAlpaca(checked=True) as fake:
        yield fake
        assert fake.misfits == []


@pytest.fixture
def alpaca(fake, clock):
    addresses = {"trading_url": fake.url, "data_url": fake.url}
    return AlpacaBroker(fake.key, fake.secret, paper=True, **addresses, timeout_seconds=2, clock=clock)


class TestAlpacaBroker(BrokerConformance):
    @pytest.fixture
    def desk(self, alpaca, fake):
        desk = AlpacaDesk(LookingTwice(alpaca), fake)
        desk.move(Decimal(100))
        return desk
