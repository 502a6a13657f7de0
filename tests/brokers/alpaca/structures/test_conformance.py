from decimal import Decimal

import pytest

from tests.brokers.conformance.apple_options import AppleOptions
from tests.brokers.conformance.simulated import AFTER, BEFORE, CUT, SimulatedLine, SimulatedUnderTest
from tests.brokers.conformance.structures import StructureConformance, UniqueIdConformance
from tests.simulators.alpaca.chains import list_chain

pytestmark = pytest.mark.integration


class OptionsUnderTest(SimulatedUnderTest):
    """The contracts of the underlying are quoted anew at its new price."""

    def move(self, price: Decimal) -> None:
        super().move(price)
        list_chain(self.fake, self.ticker, price)


class TestAlpacaDesk(SimulatedLine, AppleOptions, UniqueIdConformance, StructureConformance):
    @pytest.fixture
    def connected(self, connect_alpaca):
        return connect_alpaca()

    @pytest.fixture
    def options(self, connected, fake):
        return OptionsUnderTest(connected, fake, "AAPL")

    @pytest.fixture
    def partial_options(self, options, fake):
        fake.inject("partial_fill", fraction=Decimal("0.4"))
        return options

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
