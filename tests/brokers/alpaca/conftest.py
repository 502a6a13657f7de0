from collections.abc import Iterator

import pytest
import responses

from app.brokers.alpaca.broker import AlpacaBroker
from tests.brokers.alpaca.harness import make_alpaca


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    """Alpaca's answers, word for word; each must be asked for."""
    with responses.RequestsMock() as api:
        yield api


@pytest.fixture
def alpaca(clock) -> AlpacaBroker:
    """Build an adapter that is answered by `api`."""
    return make_alpaca(clock)
