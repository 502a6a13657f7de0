from decimal import Decimal

import pytest

from tests.brokers.conformance.apple_options import AppleOptions
from tests.brokers.conformance.structures import StructureConformance, UniqueIdConformance
from tests.brokers.paper.faults import PaperUnderTest, failing, losing_answers

pytestmark = pytest.mark.unit


class TestPaperDesk(AppleOptions, UniqueIdConformance, StructureConformance):
    """Its line is the store, which is either out of reach or does not say what it did.

    Its level is a setting.
    """

    offline = frozenset({"level"})

    @pytest.fixture
    def options(self, broker, store):
        return PaperUnderTest(broker, store)

    @pytest.fixture
    def partial_options(self, make_broker, store):
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
