"""The paper broker under the suites, and what may happen to its store meanwhile."""

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from app.brokers.paper.broker import PaperBroker
from tests.brokers.builders import APPLE
from tests.storage.faulty import FaultyStore


@dataclass
class PaperUnderTest:
    broker: PaperBroker
    store: FaultyStore

    def move(self, price: Decimal) -> None:
        self.broker.set_prices({APPLE.symbol: price})

    def writes(self) -> int:
        return self.store.asked


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
