from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import Broker
from app.services.instruments.tickers import ListedTickers
from tests.brokers.conformance.simulated import AFTER, BEFORE, CUT, SimulatedLine
from tests.brokers.conformance.structures import DeskTerms, StructureConformance
from tests.brokers.fyers.harness import make_fyers
from tests.brokers.paper.structures.builders import enter
from tests.fyers_logins import simulated_fyers

pytestmark = pytest.mark.integration
SILENT = ("unacknowledged", "refused", "empty")
ORDERS = "orders/sync"
SHAPES = {
    "condor": ("+P24600", "-P24800", "-C25200", "+C25400"),
    "spread": ("+C25000", "-C25200"),
    "neighbour": ("+C25000", "-C25400"),
    "single": ("+P24800",),
    "butterfly": ("+C24800", "-2C25000", "+C25200"),
    # Orders of several legs trade at once or not at all.
    "rests": ("+P24800",),
    "falls": ("+P24800",),
}
REFUSED = {
    "four legs": (SHAPES["condor"], "-1", 1),
    "no units": (SHAPES["spread"], "0.10", 0),
    "too dear": (SHAPES["spread"], "0.10", 27),
    "beyond the freeze": (SHAPES["spread"], "0.10", 28),
}


@dataclass
class OptionsUnderTest:
    """The desk of a broker; every contract that was built costs the same."""

    broker: Broker
    fake: Any
    contracts: ListedTickers
    built: list[str] = field(default_factory=list)

    def move(self, price: Decimal) -> None:
        for symbol in self.built:
            self.fake.market.move(symbol, str(price))

    def writes(self) -> int:
        return sum(request.method != "GET" and ORDERS in request.path for request in self.fake.requests)


class TestFyersDesk(SimulatedLine, StructureConformance):
    """Two or three legs go as one order, a condor as two hedged pairs, and ids are not unique."""

    @pytest.fixture
    def fake(self):
        with simulated_fyers(stocks=2, frozen=True, cash="10000000") as fake:
            yield fake

    @pytest.fixture
    def connected(self, fake, contracts):
        return make_fyers(fake, contracts=contracts, clock=fake.clock.now, structures=True)

    @pytest.fixture
    def options(self, connected, fake, contracts):
        return OptionsUnderTest(connected, fake, contracts)

    @pytest.fixture
    def terms(self, structure, options, days, contracts):
        def build(*texts):
            made = structure(*texts)
            options.built += [contracts.ticker_of(leg.instrument) for leg in made.legs]
            return made

        return DeskTerms(
            underlying="NIFTY",
            price=Decimal(25000),
            expiry=days[0],
            currency="INR",
            build=build,
            shapes=SHAPES,
            shares=False,
            # By settings, and by the exchange's own list.
            offline=frozenset({"level", "expiries"}),
            # A plain order trades at the last price here.
            better=Decimal("0.05"),
            # What is bound as margin is no cash any more.
            purse="equity",
        )

    @pytest.fixture(params=REFUSED)
    def refused(self, request, terms, fake):
        texts, limit, units = REFUSED[request.param]
        fake.exchange.account.cash = Decimal(100_000)
        return enter(terms.build(*texts), limit, units=units)

    @pytest.fixture
    def partial_options(self, options, fake):
        fake.inject("partial_fill", fraction=Decimal("0.4"))
        return options

    @pytest.fixture(params=[*BEFORE, *({"kind": kind, "when": "before"} for kind in SILENT)], ids=str)
    def lost_before(self, request):
        return request.param | {"path": ORDERS}

    @pytest.fixture(
        params=[*AFTER, *({"kind": kind, "when": "after"} for kind in (*SILENT, "torn"))], ids=str
    )
    def lost_after(self, request):
        return request.param | {"path": ORDERS}

    @pytest.fixture(params=[*CUT, {"kind": "empty"}], ids=str)
    def cut(self, request):
        return request.param
