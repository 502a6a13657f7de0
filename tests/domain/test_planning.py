from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.orders import Side
from app.domain.planning import Plan, left_unused, plan
from app.domain.reasons import Reason
from app.domain.signals import Intent
from tests.domain.builders import signal, target, targeting

pytestmark = pytest.mark.unit

BUY, SELL = Side.BUY, Side.SELL
ENTER_LONG, EXIT_LONG = (Intent.ENTER_LONG, BUY), (Intent.EXIT_LONG, SELL)
ENTER_SHORT, EXIT_SHORT = (Intent.ENTER_SHORT, SELL), (Intent.EXIT_SHORT, BUY)
LONG, FLAT, SHORT = 1, 0, -1

NOTHING = Plan(skip=Reason.POSITION_NONE)
REACHED = Plan(skip=Reason.POSITION_REACHED)


def close(quantity):
    return Plan(close=Decimal(quantity))


def enter(side, quantity=None, *, closing=0):
    return Plan(Decimal(closing), side, None if quantity is None else Decimal(quantity))


def carry_out(decided, held):
    """The position after a plan whose sizes are all known."""
    after = held - decided.close * (1 if held > 0 else -1)
    if decided.entry_side is None:
        return after
    return after + decided.entry_side.sign * decided.entry_quantity


@pytest.mark.parametrize(
    ("size_field", "by_contracts", "size", "expected"),
    [
        ("quantity", True, 4, close(4)),
        ("quantity", True, 15, close(10)),
        ("quantity", True, 0, close(10)),
        ("quantity", True, None, close(10)),
        ("quantity", False, 4, close(10)),
        (None, True, 4, close(10)),
    ],
)
@pytest.mark.parametrize(("row", "held"), [(EXIT_LONG, 10), (EXIT_SHORT, -10)])
def test_exit_when_its_size_is_somebodys_wish_then_no_more_is_closed_where_sizes_are_traded(
    row, held, size_field, by_contracts, size, expected
):
    wanted = signal(*row, quantity=size, size_field=size_field)

    assert plan(wanted, Decimal(held), by_contracts=by_contracts) == expected


@pytest.mark.parametrize(
    ("changes", "decided", "unused"),
    [
        ({"stop_loss": 95, "take_profit": 110}, close(10), ["stop-loss", "take-profit"]),
        ({"stop_loss": 95, "take_profit": 110}, enter(BUY), []),
        ({"quantity": 4, "size_field": "qty"}, close(10), ["qty"]),
        ({"quantity": 4, "size_field": "qty"}, close(4), []),
        ({"unused": ("sl",)}, close(10), ["sl"]),
        ({"quantity": 4}, close(10), []),
    ],
)
def test_unused_when_nothing_is_entered_then_what_an_entry_would_use_is_named(changes, decided, unused):
    assert left_unused(signal(**changes), decided) == unused


@pytest.mark.parametrize(
    ("row", "held", "expected"),
    [
        (ENTER_LONG, 0, enter(BUY)),
        (ENTER_LONG, 10, enter(BUY)),
        (ENTER_LONG, -10, enter(BUY, closing=10)),
        (EXIT_LONG, 0, NOTHING),
        (EXIT_LONG, 10, close(10)),
        (EXIT_LONG, -10, NOTHING),
        (ENTER_SHORT, 0, enter(SELL)),
        (ENTER_SHORT, 10, enter(SELL, closing=10)),
        (ENTER_SHORT, -10, enter(SELL)),
        (EXIT_SHORT, 0, NOTHING),
        (EXIT_SHORT, 10, NOTHING),
        (EXIT_SHORT, -10, close(10)),
        ((Intent.CLOSE, SELL), 0, NOTHING),
        ((Intent.CLOSE, SELL), 10, close(10)),
        ((Intent.CLOSE, SELL), -10, close(10)),
    ],
)
def test_trade_type_when_position_is_held_then_plan_follows_the_table(row, held, expected):
    assert plan(signal(*row), Decimal(held), by_contracts=False) == expected


@pytest.mark.parametrize(
    ("row", "held", "contracts", "expected"),
    [
        (ENTER_LONG, 0, 5, enter(BUY, 5)),
        (ENTER_LONG, 10, 5, enter(BUY, 5)),
        (ENTER_LONG, 0, None, enter(BUY)),
        # TradingView's reversing order counts what it closes
        (ENTER_LONG, -10, 15, enter(BUY, 5, closing=10)),
        (ENTER_SHORT, 10, 15, enter(SELL, 5, closing=10)),
        # an order too small for that is the entry alone
        (ENTER_SHORT, 10, 10, enter(SELL, 10, closing=10)),
        (ENTER_SHORT, 10, 3, enter(SELL, 3, closing=10)),
        (EXIT_LONG, 10, 3, close(10)),
    ],
)
def test_trade_type_when_by_contracts_then_entry_is_what_tradingview_opens(row, held, contracts, expected):
    assert plan(signal(*row, quantity=contracts), Decimal(held), by_contracts=True) == expected


@pytest.mark.parametrize(
    ("side", "held", "expected"),
    [
        (BUY, 0, enter(BUY, 5)),
        (BUY, 10, enter(BUY, 5)),
        (BUY, -10, close(5)),
        (BUY, -5, close(5)),
        (BUY, -2, enter(BUY, 3, closing=2)),
        (SELL, 0, enter(SELL, 5)),
        (SELL, -10, enter(SELL, 5)),
        (SELL, 10, close(5)),
        (SELL, 5, close(5)),
        (SELL, 2, enter(SELL, 3, closing=2)),
    ],
)
@pytest.mark.parametrize("by_contracts", [False, True])
def test_bridge_order_when_position_is_held_then_closes_adds_or_crosses_zero(
    side, held, expected, by_contracts
):
    order = signal(Intent.ORDER, side, quantity=5)

    assert plan(order, Decimal(held), by_contracts=by_contracts) == expected


@pytest.mark.parametrize(
    ("held", "cover_only", "expected"),
    [
        (-10, True, close(5)),
        (-5, True, close(5)),
        (-4, True, Plan(refusal=Reason.COVER_EXCEEDS_SHORT)),
        (0, True, Plan(refusal=Reason.COVER_WITHOUT_SHORT)),
        (10, True, Plan(refusal=Reason.COVER_WITHOUT_SHORT)),
        (-10, False, close(5)),
        (-2, False, enter(BUY, 3, closing=2)),
        (0, False, enter(BUY, 5)),
    ],
)
def test_cover_when_less_is_sold_short_then_refused_unless_the_bot_may_buy(held, cover_only, expected):
    order = signal(Intent.COVER, BUY, quantity=5)

    assert plan(order, Decimal(held), by_contracts=False, cover_only=cover_only) == expected


@pytest.mark.parametrize(
    ("alert", "held", "expected"),
    [
        (targeting(SELL, FLAT, LONG, 0, 10), 7, close(7)),
        (targeting(BUY, FLAT, SHORT, 0, 10), -7, close(7)),
        (targeting(SELL, FLAT, LONG, 0, 10), 0, NOTHING),
        (targeting(BUY, LONG, FLAT, 10, 0), 0, enter(BUY)),
        (targeting(SELL, SHORT, FLAT, 10, 0), 0, enter(SELL)),
        (targeting(BUY, LONG, SHORT, 10, 10), -7, enter(BUY, closing=7)),
        (targeting(SELL, SHORT, LONG, 10, 10), 7, enter(SELL, closing=7)),
        # a repeated entry, or a reversal that we already made
        (targeting(BUY, LONG, FLAT, 10, 0), 7, REACHED),
        (targeting(BUY, LONG, SHORT, 10, 10), 7, REACHED),
        (targeting(BUY, LONG, LONG, 10, 10), 7, REACHED),
        # growing and shrinking by TradingView's ratio
        (targeting(BUY, LONG, LONG, 15, 10), 7, enter(BUY)),
        (targeting(SELL, SHORT, SHORT, 15, 10), -7, enter(SELL)),
        (targeting(SELL, LONG, LONG, 5, 10), 8, close(4)),
        (targeting(BUY, SHORT, SHORT, 5, 10), -8, close(4)),
        (targeting(SELL, LONG, LONG, 0, 10), 8, close(8)),
        # no sizes: growing can be told by the action, shrinking cannot
        (targeting(BUY, LONG), 7, enter(BUY)),
        (targeting(SELL, LONG), 7, Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)),
        (targeting(SELL, LONG, LONG, 5, None), 7, Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)),
        (targeting(SELL, LONG, LONG, None, 10), 7, Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)),
        (targeting(SELL, LONG, LONG, 5, 0), 7, Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)),
        # a partial exit of a position that we missed never opens it
        (targeting(SELL, LONG, LONG, 5, 10), 0, NOTHING),
        (targeting(BUY, SHORT, SHORT, 5, 10), 0, NOTHING),
        (targeting(SELL, LONG, LONG, 5, 10), -7, NOTHING),
        # a close that comes after the opposite entry closes what its side can close alone
        (targeting(SELL, FLAT, LONG, 0, 10), -7, NOTHING),
        (targeting(BUY, FLAT, SHORT, 0, 10), 7, NOTHING),
        (targeting(SELL, FLAT), -7, NOTHING),
        (targeting(SELL, FLAT), 7, close(7)),
        (targeting(BUY, LONG, LONG, 5, 10), 7, NOTHING),
        # sizes that contradict the action
        (targeting(SELL, LONG, LONG, 15, 10), 7, NOTHING),
        (targeting(BUY, SHORT, SHORT, 15, 10), -7, NOTHING),
        (targeting(BUY, LONG, LONG, 15, 10), -7, enter(BUY, closing=7)),
    ],
)
def test_target_when_bot_sizes_itself_then_follows_side_and_ratio(alert, held, expected):
    assert plan(alert, Decimal(held), by_contracts=False) == expected


@pytest.mark.parametrize(
    ("alert", "held", "expected"),
    [
        (targeting(SELL, FLAT, LONG, 0, 10), 7, close(7)),
        (targeting(SELL, FLAT, LONG, 0, 10), 0, NOTHING),
        (targeting(BUY, LONG, FLAT, 10, 0), 0, enter(BUY, 10)),
        (targeting(BUY, LONG, FLAT, 10, 0), 4, enter(BUY, 6)),
        (targeting(BUY, LONG, FLAT, 10, 0), 10, REACHED),
        (targeting(BUY, LONG, SHORT, 10, 10), -7, enter(BUY, 10, closing=7)),
        (targeting(SELL, SHORT, LONG, 10, 10), 7, enter(SELL, 10, closing=7)),
        (targeting(SELL, LONG, LONG, 5, 10), 10, close(5)),
        (targeting(SELL, LONG, LONG, 5, 10), 8, close(3)),
        (targeting(BUY, SHORT, SHORT, 5, 10), -8, close(3)),
        (targeting(BUY, LONG, LONG, 15, 10), 10, enter(BUY, 5)),
        # what was missed is not made up for by an alert of the other direction
        (targeting(SELL, LONG, LONG, 5, 10), 2, NOTHING),
        (targeting(SELL, LONG, LONG, 5, 10), 0, NOTHING),
        (targeting(BUY, SHORT, SHORT, 5, 10), 3, NOTHING),
        # a buy does not sell what is held beyond TradingView's size
        (targeting(BUY, LONG, FLAT, 10, 0), 12, REACHED),
        (targeting(SELL, SHORT, FLAT, 10, 0), -12, REACHED),
        (targeting(SELL, FLAT, LONG, 0, 10), -7, NOTHING),
        # no sizes: the order's own contracts
        (targeting(BUY, LONG, contracts=6), 0, enter(BUY, 6)),
        (targeting(SELL, LONG, LONG, contracts=6), 10, close(6)),
        (targeting(SELL, LONG, LONG, contracts=6), 4, close(4)),
        (targeting(SELL, LONG, LONG), 4, Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)),
        (targeting(SELL, SHORT, LONG, contracts=15), 10, enter(SELL, 5, closing=10)),
    ],
)
def test_target_when_by_contracts_then_goes_to_tradingviews_position(alert, held, expected):
    assert plan(alert, Decimal(held), by_contracts=True) == expected


sizes = st.decimals(0, 10**12, places=9)
positive = st.decimals(Decimal("1e-9"), 10**12, places=9)
positions = st.decimals(-(10**12), 10**12, places=9)
directions = st.sampled_from([LONG, FLAT, SHORT])
sides = st.sampled_from(Side)
targets = st.builds(
    target, directions, st.none() | directions, now_size=st.none() | sizes, before_size=st.none() | sizes
)
targeting_signals = st.builds(
    signal, st.just(Intent.TARGET), sides, quantity=st.none() | sizes, target=targets
)
table_signals = st.builds(
    lambda row, quantity: signal(*row, quantity=quantity),
    st.sampled_from([ENTER_LONG, EXIT_LONG, ENTER_SHORT, EXIT_SHORT]),
    st.none() | sizes,
)
orders = st.builds(signal, st.just(Intent.ORDER), sides, quantity=positive)


@given(targeting_signals | table_signals | orders, positions, st.booleans())
def test_plan_when_anything_arrives_then_never_closes_more_than_is_held(alert, held, by_contracts):
    assert 0 <= plan(alert, held, by_contracts=by_contracts).close <= abs(held)


@given(targeting_signals | table_signals | orders, positions, st.booleans())
def test_plan_when_anything_arrives_then_enters_only_in_the_alerts_direction(alert, held, by_contracts):
    assert plan(alert, held, by_contracts=by_contracts).entry_side in {None, alert.side}


@given(targeting_signals | table_signals | orders, positions, st.booleans())
def test_plan_when_anything_arrives_then_closes_only_what_its_side_can_close(alert, held, by_contracts):
    decided = plan(alert, held, by_contracts=by_contracts)

    assert decided.close == 0 or held * alert.side.sign < 0


@given(targeting_signals | table_signals | orders, positions, st.booleans())
def test_plan_when_it_enters_then_nothing_of_the_other_side_is_left(alert, held, by_contracts):
    decided = plan(alert, held, by_contracts=by_contracts)
    assume(decided.entry_side is not None)

    assert (held - decided.close * (1 if held > 0 else -1)) * decided.entry_side.sign >= 0


@given(targeting_signals, positions, st.booleans())
def test_target_when_reached_for_then_never_enters_the_side_tradingview_is_not_on(alert, held, by_contracts):
    decided = plan(alert, held, by_contracts=by_contracts)

    assert decided.entry_side is None or decided.entry_side.sign == alert.target.now


@given(st.sampled_from([EXIT_LONG, EXIT_SHORT, (Intent.CLOSE, SELL)]), positions, st.booleans())
def test_exit_when_anything_is_held_then_never_opens(row, held, by_contracts):
    assert plan(signal(*row), held, by_contracts=by_contracts).entry_side is None


@given(sides, st.sampled_from([LONG, SHORT]), positive, positions)
def test_target_by_contracts_when_size_is_known_then_nearer_unless_against_its_side(side, now, size, held):
    decided = plan(targeting(side, now, None, size), held, by_contracts=True)
    wanted, after = now * size, carry_out(decided, held)

    assert after == wanted or abs(wanted - after) < abs(wanted - held) or (wanted - held) * side.sign < 0


@given(st.sampled_from([LONG, SHORT]), positive, positions)
def test_target_by_contracts_when_alert_goes_its_way_then_position_is_tradingviews(now, size, held):
    side = BUY if now * size > held else SELL
    assume((side.sign == now) or (held * now > 0))

    assert carry_out(plan(targeting(side, now, None, size), held, by_contracts=True), held) == now * size


@given(sides, positive, positions)
def test_bridge_order_when_planned_then_position_moves_by_exactly_its_quantity(side, quantity, held):
    decided = plan(signal(Intent.ORDER, side, quantity=quantity), held, by_contracts=False)

    assert carry_out(decided, held) == held + side.sign * quantity
