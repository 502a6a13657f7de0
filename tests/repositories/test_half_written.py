"""A bucket makes changes one by one: whatever a crash leaves of them, counting again comes to the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.orders import OrderRole, Side
from app.domain.trades import FillUpdate
from app.repositories.closed_trades import ClosedTrades
from app.repositories.trades import Trades
from tests.domain.builders import TICKET, receipt

pytestmark = pytest.mark.unit

ONE = Decimal(1)


@pytest.fixture
def trades(store, clock):
    return Trades(store, clock)


@pytest.fixture
def hold(store, trades, clock):
    """Let a bot buy Apple's share, the later bots later."""

    def bought(bot: str, quantity: int) -> None:
        clock.move(minutes=1)
        filled = replace(receipt(quantity, "100", name=f"{bot}-in"), filled_at=clock())
        store.apply(trades.counting(bot, "paper", "AAPL", ONE, [FillUpdate(filled, ticket=TICKET)]))

    return bought


def sold(quantity: int):
    return replace(receipt(quantity, "90", side=Side.SELL, name="operator-1"), fees=Decimal(quantity))


def quantities(trades: Trades) -> dict[str, Decimal]:
    return {trade.bot: trade.quantity for trade in trades.every().values()}


def gains(store, clock) -> dict[str, Decimal]:
    return {trade.bot: trade.gain for trade in ClosedTrades(store).since(date.min)}


@pytest.mark.parametrize("written", range(8))
def test_operators_close_when_it_is_counted_again_then_each_bot_has_lost_it_once(
    store, clock, trades, hold, written
):
    hold("one", 10)
    hold("two", 5)
    store.apply(trades.losing(sold(12), TICKET)[:written])
    store.apply(trades.losing(sold(12), TICKET))

    assert quantities(trades) == {"one": 3}
    assert gains(store, clock) == {"two": -50 - 5}
    assert next(iter(trades.every().values())).fees == 7


@pytest.mark.parametrize("written", range(9))
def test_operators_close_when_it_takes_all_then_counting_again_changes_nothing(
    store, clock, trades, hold, written
):
    hold("one", 10)
    hold("two", 5)
    store.apply(trades.losing(sold(15), TICKET)[:written])
    for _ in range(2):
        store.apply(trades.losing(sold(15), TICKET))

    assert quantities(trades) == {}
    assert gains(store, clock) == {"one": -100 - 10, "two": -50 - 5}


def test_operators_close_when_it_fills_in_parts_then_each_part_counts_once(store, trades, hold):
    hold("one", 20)
    for quantity in (8, 8, 11):
        store.apply(trades.losing(sold(quantity), TICKET))

    assert quantities(trades) == {"one": 9}


@pytest.mark.parametrize("written", range(4))
def test_exit_when_it_is_counted_again_past_midnight_then_one_trade_is_kept(
    store, clock, trades, hold, written
):
    hold("one", 10)
    out = FillUpdate(receipt(10, "90", side=Side.SELL, name="out"), OrderRole.EXIT)
    store.apply(trades.counting("one", "paper", "AAPL", ONE, [out])[:written])
    clock.move(days=1)
    store.apply(trades.counting("one", "paper", "AAPL", ONE, [out]))

    assert len(list(store.list("closed_trades/"))) == 1


def test_numbers_when_a_trade_is_from_before_they_were_then_it_gets_one(store, trades, hold):
    hold("one", 10)
    (document,) = store.list("trades/")
    store.replace(document, {**document.value, "number": 0})

    assert (trades.give_numbers(), trades.give_numbers()) == (1, 0)
    assert next(iter(trades.every().values())).number > 0


def test_newest_first_when_a_trade_was_kept_tomorrow_by_another_clock_then_it_is_shown(
    store, clock, trades, hold
):
    hold("one", 10)
    clock.move(hours=20)
    out = FillUpdate(receipt(10, "90", side=Side.SELL, name="out"), OrderRole.EXIT)
    store.apply(trades.counting("one", "paper", "AAPL", ONE, [out]))

    assert len(list(ClosedTrades(store).newest_first())) == 1
