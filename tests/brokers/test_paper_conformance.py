from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.brokers.paper import PaperBroker
from tests.brokers.builders import APPLE
from tests.brokers.conformance import BrokerConformance
from tests.brokers.memory_store import MemoryStore

pytestmark = pytest.mark.unit


@dataclass
class PaperDesk:
    broker: PaperBroker
    store: MemoryStore

    def move(self, price: Decimal) -> None:
        self.broker.set_prices({APPLE.symbol: price})

    def writes(self) -> int:
        return len(self.store.documents)


class TestPaperBroker(BrokerConformance):
    @pytest.fixture
    def desk(self, broker, store):
        desk = PaperDesk(broker, store)
        desk.move(Decimal(100))
        return desk

    def test_market_when_asked_then_always_open(self, desk):
        assert desk.broker.market(APPLE).is_open
