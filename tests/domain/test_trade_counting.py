from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders import OrderRole, Side
from app.domain.trade_counting import count_fill, reduce_trade
from app.domain.trades import FilledSoFar, FillUpdate, Trade
from tests.domain.builders import NOW, TICKET, receipt

pytestmark = pytest.mark.unit

FLAT = Trade("trend", "paper", "AAPL", NOW)
BUY, SELL = Side.BUY, Side.SELL
LATER = NOW + timedelta(hours=2)
EXIT_TICKET = UUID(int=TICKET.int + 1)


def fill(side, quantity, price, *, name, fees="0", at=NOW, ticket=TICKET, role=OrderRole.ENTRY):
    said = receipt(quantity, price, side=side, name=name)
    return FillUpdate(replace(said, fees=Decimal(fees), filled_at=at), role, ticket=ticket)


def run(*fills, multiplier="1"):
    trade, over = FLAT, []
    for item in fills:
        trade, closed = count_fill(trade, item, Decimal(multiplier))
        over += [closed] if closed is not None else []
    return trade, over


def test_trade_when_it_goes_flat_then_it_tells_its_prices_times_fees_gain_and_tickets():
    _, (closed,) = run(
        fill(BUY, 10, "100", name="in", fees="1"),
        fill(BUY, 10, "110", name="in2", fees="1"),
        fill(SELL, 20, "120", name="out", fees="2.5", at=LATER, ticket=EXIT_TICKET, role=OrderRole.EXIT),
    )

    assert (closed.side, closed.quantity, closed.entry_price, closed.exit_price) == (BUY, 20, 105, 120)
    assert (closed.realized_pnl, closed.fees, closed.gain) == (300, Decimal("4.5"), Decimal("295.5"))
    assert (closed.opened_at, closed.closed_at) == (NOW, LATER)
    assert closed.tickets == (str(TICKET), str(EXIT_TICKET))


def test_short_when_it_is_covered_in_parts_then_one_trade_is_closed():
    _, (closed,) = run(
        fill(SELL, 10, "100", name="in"),
        fill(BUY, 4, "90", name="out", role=OrderRole.EXIT),
        fill(BUY, 6, "95", name="out2", role=OrderRole.EXIT),
    )

    assert (closed.side, closed.quantity, closed.exit_price, closed.gain) == (SELL, 10, 93, 70)


def test_option_when_closed_then_the_gain_counts_its_multiplier():
    _, (closed,) = run(fill(SELL, 2, "1.5", name="in"), fill(BUY, 2, "1", name="out"), multiplier="100")

    assert (closed.gain, closed.multiplier) == (100, 100)


def test_entry_when_it_crosses_zero_then_what_is_left_is_a_trade_of_its_own():
    trade, (closed,) = run(
        fill(BUY, 10, "100", name="in"), fill(SELL, 15, "110", name="turn", fees="3", at=LATER)
    )

    assert (closed.gain, closed.fees) == (98, 2)
    assert (trade.quantity, trade.entered.quantity, trade.fees, trade.opened_at) == (-5, 5, 1, LATER)
    assert trade.id != closed.id


def test_trade_when_another_begins_after_it_then_nothing_is_carried_over():
    trade, (closed,) = run(
        fill(BUY, 10, "100", name="in"),
        fill(SELL, 10, "90", name="out", role=OrderRole.EXIT),
        fill(BUY, 5, "80", name="in2", at=LATER, ticket=EXIT_TICKET),
    )

    assert (trade.realized_pnl, trade.entered.quantity, trade.opened_at) == (0, 5, LATER)
    assert (trade.tickets, trade.id != closed.id) == ((str(EXIT_TICKET),), True)


def test_fill_when_it_is_counted_again_after_a_crash_then_the_closed_trade_is_the_same():
    held, _ = run(fill(BUY, 10, "100", name="in"))
    leaving = fill(SELL, 10, "90", name="out", at=LATER, role=OrderRole.EXIT)
    one, other = (count_fill(held, leaving, Decimal(1))[1] for _ in range(2))

    assert one == other
    assert one is not None


def test_fees_when_an_order_fills_in_parts_then_each_counts_once():
    trade, _ = run(fill(BUY, 4, "100", name="in", fees="1"), fill(BUY, 10, "100", name="in", fees="2.5"))

    assert trade.fees == Decimal("2.5")


def test_trade_when_closed_at_a_price_nobody_knows_then_there_is_no_gain():
    held, _ = run(fill(BUY, 10, "100", name="in"))
    left, closed = reduce_trade(held, Decimal(4), LATER)
    gone, over = reduce_trade(left, Decimal(6), LATER, price=Decimal(120))

    assert (closed, left.quantity, gone.quantity) == (None, 6, 0)
    assert (over.exit_price, over.gain, over.is_priced, over.realized_pnl) == (None, None, False, 120)


def test_trade_when_the_operator_closes_it_then_price_fees_and_ticket_count():
    held, _ = run(fill(SELL, 10, "100", name="in"))
    sold = {"price": Decimal(90), "fees": Decimal(1), "ticket": EXIT_TICKET}
    _, closed = reduce_trade(held, Decimal(10), LATER, **sold)

    assert (closed.gain, closed.exit_price, closed.tickets[-1]) == (99, 90, str(EXIT_TICKET))


def test_stored_trade_when_it_is_of_before_histories_then_it_is_understood():
    old = {
        "bot": "trend",
        "broker": "paper",
        "symbol": "AAPL",
        "opened_at": "2026-06-02T14:30:00Z",
        "quantity": "-4",
        "average_price": "50",
        "realized_pnl": "7",
        "orders": {"x": ["4", "50", False]},
    }
    trade = Trade.from_json(old)

    assert (trade.quantity, trade.entered.quantity, trade.number) == (-4, 4, 0)
    assert trade.id == Trade.from_json(old).id != ""
    assert Trade.from_json(trade.to_json()) == trade


def test_trade_when_it_is_added_to_for_ever_then_it_keeps_its_first_tickets_and_its_last():
    made = [UUID(int=TICKET.int + number) for number in range(300)]
    trade, _ = run(*(fill(BUY, 1, "100", name=f"in{n}", ticket=ticket) for n, ticket in enumerate(made)))

    assert trade.tickets == tuple(map(str, made[:20] + made[-80:]))


def test_fees_when_a_trade_went_flat_between_two_parts_of_its_entry_then_each_counts_once():
    entry = [fill(BUY, 5, "100", name="in", fees="5"), fill(BUY, 10, "100", name="in", fees="10")]
    first, _ = run(entry[0])
    flat, closed = count_fill(first, fill(SELL, 5, "90", name="out", role=OrderRole.EXIT), Decimal(1))
    # The trade is gone by now: the order itself remembers what was counted of it.
    later = replace(entry[1], counted=FilledSoFar.of("5", "100", "5"))
    second, _ = count_fill(FLAT, later, Decimal(1))

    assert (closed.fees, flat.quantity, second.quantity, second.fees) == (5, 0, 5, 5)
