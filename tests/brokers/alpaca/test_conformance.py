from decimal import Decimal

import pytest

from tests.brokers.conformance import BrokerConformance
from tests.brokers.conformance.simulated import (
    AFTER,
    BEFORE,
    CUT,
    LookingTwice,
    SimulatedLine,
    SimulatedUnderTest,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


class TestAlpacaBroker(SimulatedLine, BrokerConformance):
    @pytest.fixture
    def connected(self, connect_alpaca):
        return connect_alpaca()

    @pytest.fixture
    def under_test(self, connected, fake):
        under_test = SimulatedUnderTest(LookingTwice(connected), fake, "AAPL")
        under_test.move(Decimal(100))
        return under_test

    @pytest.fixture(params=[*BEFORE, {"kind": "rate_limit", "when": "before"}], ids=str)
    def lost_before(self, request):
        return request.param

    @pytest.fixture(
        params=[
            *AFTER,
            {"kind": "status", "when": "after", "status": 429},
            {"kind": "html", "when": "after", "status": 502},
        ],
        ids=str,
    )
    def lost_after(self, request):
        return request.param

    @pytest.fixture(params=CUT, ids=str)
    def cut(self, request):
        return request.param
