from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reconciliation import Difference, DifferenceKind, differences, kind_of, losses
from app.domain.trades import Trade

pytestmark = pytest.mark.unit

NOW = datetime(2025, 3, 3, 15, tzinfo=UTC)
MISSING, UNMANAGED = DifferenceKind.MISSING, DifferenceKind.UNMANAGED
QUANTITIES = st.integers(-20, 20).map(Decimal)


def trades_of(*quantities: Decimal | int) -> list[Trade]:
    """Build trades of bots a, b, c in the order in which they were opened."""
    return [
        Trade(bot, "paper", "AAPL", NOW + timedelta(hours=hour), Decimal(quantity))
        for hour, (bot, quantity) in enumerate(zip("abc", quantities, strict=False))
    ]


def left(trades: list[Trade], held: int) -> list[int]:
    after = {
        trade.bot: trade.quantity - lost.copy_sign(trade.quantity)
        for trade, lost in losses(trades, Decimal(held))
    }
    return [int(after.get(trade.bot, trade.quantity)) for trade in trades]


@pytest.mark.parametrize(
    ("held", "known", "kind"),
    [
        *((10, 10, None), (0, 0, None), (-10, -10, None)),
        *((10, 0, UNMANAGED), (-10, 0, UNMANAGED), (10, 4, UNMANAGED), (-10, -4, UNMANAGED)),
        *((0, 10, MISSING), (4, 10, MISSING), (-4, -10, MISSING), (0, -10, MISSING)),
        *((-4, 10, MISSING), (10, -4, MISSING)),
    ],
)
def test_kind_when_held_and_known_are_compared_then_it_says_which_side_lacks(held, known, kind):
    assert kind_of(Decimal(held), Decimal(known)) is kind


def test_differences_when_some_symbols_agree_then_only_the_others_are_named():
    held = {"AAPL": Decimal(10), "MSFT": Decimal(5), "TSLA": Decimal(1)}
    known = {"AAPL": Decimal("10.0"), "MSFT": Decimal(7), "NVDA": Decimal(2)}
    found = [(item.symbol, item.held, item.kind) for item in differences("paper", held, known, NOW)]

    assert found == [("MSFT", 5, MISSING), ("NVDA", 0, MISSING), ("TSLA", 1, UNMANAGED)]


@pytest.mark.parametrize(
    ("quantities", "held", "after"),
    [
        *(((10,), 4, [4]), ((10,), 0, [0]), ((10,), -3, [0]), ((-10,), -4, [-4])),
        *(((10, 5), 12, [10, 2]), ((10, 5), 10, [10, 0]), ((10, 5), 4, [4, 0]), ((10, 5, 1), 15, [10, 5, 0])),
        *(((10, -5), 3, [8, -5]), ((-10, 5), -2, [-7, 5])),
    ],
)
def test_losses_when_units_are_missing_then_the_latest_trade_loses_first(quantities, held, after):
    assert left(trades_of(*quantities), held) == after


@given(st.lists(QUANTITIES.filter(bool), min_size=1, max_size=3), QUANTITIES)
def test_losses_when_trades_say_too_much_then_none_grows_or_changes_sides(quantities, held):
    trades = trades_of(*quantities)

    assert all(0 < lost <= abs(trade.quantity) for trade, lost in losses(trades, held))


@pytest.mark.parametrize(
    ("held", "known", "is_fee"),
    [
        ("0.9975", "1", True),
        ("0.9974", "1", False),
        ("0", "1", False),
        ("-1", "1", False),
        ("1.0025", "1", False),
        # What was sold since took its part of the fee with it, and left the whole of it in the books.
        ("0", "0.0025", True),
        ("0.4975", "0.5", True),
    ],
)
def test_fee_when_no_more_is_missing_than_was_kept_of_what_came_then_it_is_one(held, known, is_fee):
    difference = Difference("paper", "BTC-USD", Decimal(held), Decimal(known), MISSING, NOW)

    assert difference.is_fee(entered=Decimal(1), kept_fee=Decimal("0.0025")) is is_fee


@pytest.mark.parametrize(("held", "since"), [(5, NOW), (6, NOW + timedelta(minutes=1))])
def test_first_seen_when_it_is_still_the_same_then_it_has_lasted_since_then(held, since):
    before = Difference("paper", "AAPL", Decimal(5), Decimal(0), UNMANAGED, NOW)
    now = replace(before, held=Decimal(held), since=NOW + timedelta(minutes=1))

    assert now.first_seen(before).since == since
