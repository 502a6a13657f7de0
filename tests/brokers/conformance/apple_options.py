"""The terms of desks that trade American options: AAPL at 100 on Monday, 3 March 2025, and dollars."""

from datetime import date
from decimal import Decimal

import pytest

from tests.brokers.conformance.structures import DeskTerms
from tests.brokers.paper.structures.builders import FRIDAY, enter, structure

CONDOR = ("+P90", "-P95", "-C105", "+C110")
SHAPES = {
    "condor": CONDOR,
    "spread": ("+C100", "-C105"),
    "neighbour": ("+C100", "-C110"),
    "single": ("+P95",),
    "butterfly": ("+C95", "-2C100", "+C105"),
    "rests": CONDOR,
    "falls": ("+C100", "-C105"),
}
REFUSED = {
    "naked": enter(structure("-C105"), "-1"),
    "strangle": enter(structure("-P95", "-C105"), "-2"),
    "lizard": enter(structure("-P95", "-C105", "+C110"), "-2", units=100),
    "decimals": enter(structure("+C100", "-C105"), "2.005"),
    "expired": enter(structure("+C100", expiry=date(2025, 2, 21)), "1"),
    "no units": enter(structure(*CONDOR), "-1", units=0),
    "too dear": enter(structure("+C100"), "500", units=10),
    "too large": enter(structure("+P90", "-P95"), "-0.50", units=1000),
}


class AppleOptions:
    """Fixtures of the suite."""

    offline: frozenset[str] = frozenset()

    @pytest.fixture
    def terms(self):
        return DeskTerms(
            underlying="AAPL",
            price=Decimal(100),
            expiry=FRIDAY,
            currency="USD",
            build=structure,
            shapes=SHAPES,
            offline=self.offline,
        )

    @pytest.fixture(params=REFUSED)
    def refused(self, request):
        return REFUSED[request.param]
