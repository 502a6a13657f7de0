from decimal import Decimal

import pytest


@pytest.fixture(autouse=True)
def _price(broker):
    broker.set_prices({"AAPL": Decimal(100)})


@pytest.fixture
def desk(broker):
    return broker.structures


@pytest.fixture
def held(broker):
    """Read what is held by name, signed."""
    return lambda: {position.symbol: position.quantity for position in broker.positions()}
