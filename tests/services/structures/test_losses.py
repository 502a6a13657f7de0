"""What an open structure has lost ends its bot's entries like any loss."""

from decimal import Decimal

import pytest

from tests.builders import strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def opened(open_trade, wing, clock, services):
    """Hold two condors that the clock has seen."""
    open_trade()
    for _ in range(40):
        wing.ladders.run()
        clock.move(seconds=1)
    stored = wing.trades.find("default", "t")
    assert stored.trade.units == 2
    services.portfolio.snapshots.run()
    return stored.trade


def test_structure_when_it_stands_at_a_loss_then_plain_entries_end_too(
    opened, client, configure, services, broker, clock
):
    configure(daily_loss_limit="100", use_strategy_contracts=True)
    before = services.portfolio.loss_limits.run()
    broker.set_prices({"AAPL": Decimal(112)})
    clock.move(minutes=1)
    answer = client.post("/webhook", json=strategy_alert(symbol="MSFT", strategy_order_contracts="1"))

    assert (before, answer.json.get("error", {}).get("code")) == (0, "DAILY_LOSS_LIMIT")
    assert services.portfolio.loss_limits.view()[0]["bot"] == "default"
