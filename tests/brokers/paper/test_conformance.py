from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest

from app.brokers.paper.broker import PaperBroker
from tests.brokers.builders import APPLE
from tests.brokers.conformance import BrokerConformance
from tests.storage.faulty import FaultyStore

pytestmark = pytest.mark.unit


@dataclass
class PaperUnderTest:
    broker: PaperBroker
    store: FaultyStore

    def move(self, price: Decimal) -> None:
        self.broker.set_prices({APPLE.symbol: price})

    def writes(self) -> int:
        return self.store.asked


class TestPaperBroker(BrokerConformance):
    """Its line is the store, which is either out of reach or does not say what it did."""

    @pytest.fixture
    def under_test(self, broker, store):
        under_test = PaperUnderTest(broker, store)
        under_test.move(Decimal(100))
        return under_test

    @pytest.fixture
    def partial_under_test(self, make_broker, store):
        under_test = PaperUnderTest(make_broker(partial_fill_probability=Decimal(1)), store)
        under_test.move(Decimal(100))
        return under_test

    @pytest.fixture
    def lose_order(self, store):
        return lambda: failing(store, "create")

    @pytest.fixture
    def lose_answer(self, store):
        return lambda: losing_answers(store)

    @pytest.fixture
    def cut_line(self, store):
        return lambda: failing(store, "list", "get")


@contextmanager
def failing(store: FaultyStore, *methods: str):
    store.failing = set(methods)
    yield
    store.failing = set()


@contextmanager
def losing_answers(store: FaultyStore):
    store.loses_answers = True
    yield
    store.loses_answers = False
