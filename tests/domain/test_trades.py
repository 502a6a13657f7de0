import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import OrderRole, Side
from app.domain.trade_counting import count_fill as count_with_closed
from app.domain.trades import FilledSoFar, FillUpdate, Trade, bots_share
from tests.domain.builders import NOW, receipt

pytestmark = pytest.mark.unit

ONE = Decimal(1)
FLAT = Trade("trend", "paper", "AAPL", NOW)
BUY, SELL = Side.BUY, Side.SELL


def count_fill(trade, fill, multiplier):
    return count_with_closed(trade, fill, multiplier)[0]


def history(*fills, trade=FLAT, multiplier=ONE):
    """Count fills of (side, quantity, price), each of its own order; return the trade and what it closed."""
    over = []
    for place, (side, quantity, price) in enumerate(fills):
        fill = FillUpdate(receipt(quantity, price, side=side, name=f"o{place}"))
        trade, closed = count_with_closed(trade, fill, multiplier)
        over += [closed] if closed is not None else []
    return trade, over


def counted(*fills, **options):
    return history(*fills, **options)[0]


@pytest.mark.parametrize(
    ("fills", "quantity", "average", "realized"),
    [
        ([(BUY, 10, "100")], 10, 100, 0),
        ([(BUY, 10, "100"), (BUY, 30, "120")], 40, 115, 0),
        ([(BUY, 10, "100"), (SELL, 4, "110")], 6, 100, 40),
        ([(BUY, 10, "100"), (SELL, 10, "90")], 0, 100, -100),
        ([(SELL, 10, "100"), (BUY, 4, "90")], -6, 100, 40),
        ([(SELL, 10, "100"), (BUY, 10, "110")], 0, 100, -100),
        # through zero: what is left was opened at the last price, as a trade of its own
        ([(BUY, 10, "100"), (SELL, 15, "110")], -5, 110, 0),
        ([(SELL, 10, "100"), (BUY, 15, "90")], 5, 90, 0),
    ],
)
def test_fills_when_counted_then_quantity_average_and_profit_follow(fills, quantity, average, realized):
    trade = counted(*fills)

    assert (trade.quantity, trade.average_price, trade.realized_pnl) == (quantity, average, realized)


def test_profit_when_instrument_is_an_option_then_counts_its_multiplier():
    assert counted((BUY, 2, "1"), (SELL, 2, "1.5"), multiplier=Decimal(100)).realized_pnl == 100


def test_receipt_when_seen_again_then_nothing_is_counted():
    once = count_fill(FLAT, FillUpdate(receipt(5)), ONE)

    assert count_fill(once, FillUpdate(receipt(5)), ONE) is once
    assert count_fill(once, FillUpdate(receipt(3)), ONE) is once


def test_receipt_when_order_fills_further_then_only_the_rest_is_counted_at_its_own_price():
    partly = count_fill(FLAT, FillUpdate(receipt(5, "100")), ONE)
    fully = count_fill(partly, FillUpdate(receipt(10, "105")), ONE)

    assert (fully.quantity, fully.average_price) == (10, 105)


def test_receipt_when_exit_fills_in_parts_then_profit_is_of_all_its_fills():
    held = counted((BUY, 10, "100"))
    partly = count_fill(held, FillUpdate(receipt(5, "110", side=SELL, name="x")), ONE)
    fully = count_fill(partly, FillUpdate(receipt(10, "105", side=SELL, name="x")), ONE)

    assert (fully.quantity, fully.realized_pnl) == (0, 50)


@pytest.mark.parametrize("nothing", [receipt(0), receipt(5, None)])
def test_receipt_when_nothing_was_filled_then_trade_is_untouched(nothing):
    assert count_fill(FLAT, FillUpdate(nothing), ONE) is FLAT


def test_trade_when_stored_and_taken_up_then_same():
    trade = counted((BUY, 10, "33.33"), (SELL, "0.000000001", "40"))

    assert Trade.from_json(json.loads(json.dumps(trade.to_json()))) == trade


def test_trade_when_many_orders_were_counted_then_remembers_only_recent_ones():
    trade = counted(*[(BUY, 1, "100")] * 50)

    assert trade.quantity == 50
    assert len(trade.orders) < 10


quantities = st.decimals(Decimal("0.001"), 1000, places=3)
prices = st.decimals(1, 1000, places=2)


@given(st.lists(st.tuples(st.sampled_from(Side), quantities, prices), max_size=8))
def test_trade_when_anything_is_filled_then_money_is_conserved(fills):
    trade, over = history(*fills)
    spent = sum((side.sign * quantity * price for side, quantity, price in fills), Decimal(0))
    realized = trade.realized_pnl if trade.quantity else 0
    realized += sum(closed.realized_pnl for closed in over)

    assert trade.quantity == sum(side.sign * quantity for side, quantity, _ in fills)
    assert trade.quantity * trade.average_price - realized == pytest.approx(spent, abs=Decimal("1e-9"))


@pytest.mark.parametrize(
    ("own", "account", "shared", "expected"),
    [
        (0, 10, False, 10),
        (4, -10, False, -10),
        (4, 10, True, 4),
        (14, 10, True, 10),
        (-4, -10, True, -4),
        (-14, -10, True, -10),
        (4, -10, True, 0),
        (0, 10, True, 0),
        (4, 0, True, 0),
    ],
)
def test_share_when_account_is_shared_then_bots_own_and_never_more_than_there_is(
    own, account, shared, expected
):
    assert bots_share(Decimal(own), Decimal(account), shared=shared) == expected


def test_share_when_trade_is_replaced_then_trade_is_frozen():
    with pytest.raises(AttributeError):
        FLAT.quantity = ONE
    assert replace(FLAT, quantity=ONE).quantity == 1


def test_count_fill_when_an_exit_sold_more_than_the_trade_then_the_trade_ends_at_nothing():
    held = counted((BUY, 5, "100"))
    after = count_fill(held, FillUpdate(receipt(8, "110", side=SELL, name="out"), OrderRole.EXIT), ONE)

    assert (after.quantity, after.realized_pnl) == (0, 50)


def test_count_fill_when_its_open_order_counted_a_part_then_only_the_rest_counts():
    rest = FillUpdate(receipt(10, "105", name="slow"), counted=FilledSoFar(Decimal(4), Decimal(100)))

    assert count_fill(FLAT, rest, ONE).quantity == 6
