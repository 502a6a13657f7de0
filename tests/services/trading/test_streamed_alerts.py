"""Alerts at an Alpaca that is listened to: what an entry need not ask, an exit asks."""

import time
from datetime import UTC, datetime

import pytest

from tests.brokers.builders import APPLE
from tests.builders import ENTER_LONG, EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration
POSITION = "/v2/positions/AAPL"


@pytest.fixture
def broker(connect_alpaca):
    broker = connect_alpaca(clock=lambda: datetime.now(UTC), streams=True)
    yield broker
    broker.close()


@pytest.fixture
def app(app_at_alpaca, broker):
    return app_at_alpaca(brokers={"alpaca": broker})


@pytest.fixture
def reads(client, alpaca_simulator):
    """Send an alert; return how often the position was read for it."""

    def send(**alert) -> int:
        before = len(alpaca_simulator.requests)
        answer = client.post("/webhook", json=strategy_alert(**alert))
        assert answer.status_code == 200, answer.json
        return sum(request.path == POSITION for request in alpaca_simulator.requests[before:])

    return send


def listens(broker) -> None:
    """Wait until the streams prove the position."""
    deadline = time.monotonic() + 10
    while not broker.snapshot(APPLE, for_entry=True).is_told:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_alert_when_the_streams_know_then_only_an_exit_asks(reads, broker, alpaca_simulator):
    alpaca_simulator.market.move("MSFT", "400")
    reads(symbol="MSFT", **ENTER_LONG)
    listens(broker)
    entry = reads(**ENTER_LONG)
    listens(broker)

    assert (entry, reads(**EXIT_LONG)) == (0, 1)
    assert [held.symbol for held in broker.positions()] == ["MSFT"]
