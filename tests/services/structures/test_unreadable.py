"""Structures beside one whose record cannot be read, as a newer version that was taken back leaves it."""

from decimal import Decimal

import pytest

from app.errors import RecordUnreadable
from tests.option_bots import CONDOR_BOT

pytestmark = pytest.mark.integration


def test_entry_when_another_trade_cannot_be_read_then_it_may_hold_the_other_side_of_a_contract(
    configure, enter, store, desk
):
    configure(**CONDOR_BOT)
    store.create("structures/other/1", {"broker": "paper"})

    with pytest.raises(RecordUnreadable, match="structures/other/1"):
        enter()


def test_stop_when_another_trade_cannot_be_read_then_it_is_looked_at_and_the_clock_tells(
    condor, store, tick, broker, wing, services
):
    opened = condor(stop_loss_pct="1")
    store.create("structures/other/1", {"broker": "elsewhere"})
    broker.set_prices({"AAPL": Decimal("107.5")})
    tick(90)

    assert wing.trades.find(opened.bot, opened.id) is None
    assert "structures" in services.supervisor.failing
