from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.simulators.alpaca.chains import list_chain

MONDAY = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def fake(alpaca_simulator, clock):
    """The simulated Alpaca on the day of the test's clock, with a chain for AAPL at 100."""
    clock.now = MONDAY
    alpaca_simulator.set_clock(MONDAY)
    alpaca_simulator.market.move("AAPL", Decimal(100))
    list_chain(alpaca_simulator, "AAPL", Decimal(100))
    return alpaca_simulator


@pytest.fixture
def alpaca(fake, connect_alpaca):
    return connect_alpaca()


@pytest.fixture
def desk(alpaca):
    return alpaca.structures


@pytest.fixture
def held(alpaca):
    """Read what is held by name, signed."""
    return lambda: {position.symbol: position.quantity for position in alpaca.positions()}
