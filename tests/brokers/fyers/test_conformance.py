from decimal import Decimal

import pytest

from tests.brokers.builders import APPLE
from tests.brokers.conformance import BrokerConformance
from tests.brokers.conformance.simulated import (
    AFTER,
    BEFORE,
    CUT,
    LookingTwice,
    SimulatedLine,
    SimulatedUnderTest,
)
from tests.brokers.fyers.harness import Listed, make_fyers
from tests.fyers_logins import simulated_fyers

pytestmark = pytest.mark.integration

# Apple's share stands for one that the NSE has.
TICKER = "NSE:360ONE-EQ"
SILENT = ("unacknowledged", "refused", "empty")


@pytest.fixture
def fake():
    with simulated_fyers(cash="100000", stocks=1) as fake:
        fake.market.limit(TICKER, 50, 150)
        yield fake


class TestFyersBroker(SimulatedLine, BrokerConformance):
    @pytest.fixture
    def connected(self, fake):
        return make_fyers(fake, contracts=Listed({TICKER: APPLE}), clock=fake.clock.now)

    @pytest.fixture
    def under_test(self, connected, fake):
        under_test = SimulatedUnderTest(LookingTwice(connected), fake, TICKER)
        under_test.move(Decimal(100))
        return under_test

    @pytest.fixture(params=[*BEFORE, *({"kind": kind, "when": "before"} for kind in SILENT)], ids=str)
    def lost_before(self, request):
        return request.param

    @pytest.fixture(
        params=[*AFTER, *({"kind": kind, "when": "after"} for kind in (*SILENT, "torn"))], ids=str
    )
    def lost_after(self, request):
        return request.param

    @pytest.fixture(params=[*CUT, {"kind": "empty"}], ids=str)
    def cut(self, request):
        return request.param

    def test_account_when_fresh_then_all_money_can_be_spent(self, under_test):
        account = under_test.broker.account()

        assert (account.cash, account.equity, account.currency) == (100_000, 100_000, "INR")
        assert account.buying_power == account.cash
