"""Alerts of one strategy in any order of arrival: one position, and never against an alert's own side."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.orders import Side
from app.domain.planning import plan
from app.domain.reasons import Reason
from app.domain.signals import Intent, Target
from app.domain.strategy_positions import LATEST, StrategyPosition, StrategyState, move_of, take_move
from tests.domain.builders import NOW, signal

pytestmark = pytest.mark.unit

SECOND = timedelta(seconds=1)


def told(units):
    return (units > 0) - (units < 0), Decimal(abs(units))


def alert(before, after, sent_at=None, *, sized=True):
    """One order of a strategy, from one signed position to another."""
    (was, was_size), (now, now_size) = told(before), told(after)
    sizes = (now_size, was_size) if sized else (None, None)
    side = Side.BUY if after > before else Side.SELL
    return signal(Intent.TARGET, side, target=Target(now, was, *sizes), sent_at=sent_at)


def chain(*positions, every=None, at=NOW):
    """Alerts that lead from position to position; `every` second has one, None: they carry no times."""
    return [
        alert(before, after, None if every is None else at + number * every)
        for number, (before, after) in enumerate(pairwise(positions))
    ]


def begun(position, sent_at=NOW - timedelta(hours=1)):
    return StrategyState(StrategyPosition(*told(position)), sent_at, NOW - timedelta(hours=1))


def arrive(alerts, held, *, by_contracts=True, state=None, apart=SECOND):
    """Let alerts arrive; return the position, and what each did to it."""
    state, moves, at = state or begun(held), [], NOW + timedelta(seconds=30)
    held = Decimal(held)
    for item in alerts:
        state, goal = take_move(state, move_of(item.target, item.sent_at, at))
        decided = plan(item, held, by_contracts=by_contracts, overtaken_by=goal)
        # A bot that sizes itself trades seven units.
        entered = decided.entry_quantity if decided.entry_quantity is not None else Decimal(7)
        entry = ZERO if decided.entry_side is None else decided.entry_side.sign * entered
        after = held - decided.close * (1 if held > 0 else -1) + entry
        moves.append((item, after - held, decided))
        held, at = after, at + apart
    return held, moves


ZERO = Decimal(0)
BARS = {
    "close, then the opposite entry": (10, 0, -5),
    "close, then a smaller entry": (10, 0, 5),
    "close, then an entry of the same size": (10, 0, 10),
    "reversal at once": (10, -10),
    "trim, then close": (10, 5, 0),
    "trim, then add": (10, 5, 8),
    "entry, then close": (0, 10, 0),
    "entry, then trim": (0, 10, 4),
    "reversal, then close": (10, -10, 0),
    "trim, close, opposite entry": (10, 6, 0, -5),
    "close, entry, trim": (10, 0, 8, 3),
    "short: close, then the opposite entry": (-10, 0, 5),
    "short: close, then an entry of the same size": (-10, 0, -10),
    "short: trim, then add": (-10, -4, -9),
}


@pytest.mark.parametrize("positions", BARS.values(), ids=BARS)
@pytest.mark.parametrize("every", [SECOND, timedelta(0)], ids=["other times", "one time"])
def test_bar_when_its_alerts_arrive_in_any_order_then_the_position_is_tradingviews(positions, every):
    for order in permutations(chain(*positions, every=every)):
        assert arrive(order, positions[0])[0] == positions[-1]


@pytest.mark.parametrize("positions", [BARS[name] for name in BARS if "same size" not in name])
def test_bar_when_only_sizes_are_told_then_two_alerts_may_arrive_in_any_order(positions):
    two = chain(*positions)[:2]
    for order in permutations(two):
        assert arrive(order, positions[0])[0] == positions[len(two)]


@pytest.mark.parametrize("positions", BARS.values(), ids=BARS)
@pytest.mark.parametrize("every", [SECOND, timedelta(0)], ids=["other times", "one time"])
def test_bar_when_the_bot_sizes_itself_then_the_side_is_tradingviews(positions, every):
    held = 7 * told(positions[0])[0]
    for order in permutations(chain(*positions, every=every)):
        after, _ = arrive(order, held, by_contracts=False, state=begun(positions[0]))
        assert told(after)[0] == told(positions[-1])[0]


units = st.integers(-12, 12)
chains = st.lists(units, min_size=2, max_size=5).filter(lambda items: all(a != b for a, b in pairwise(items)))


@given(st.lists(units, min_size=2, max_size=5, unique=True), st.randoms(use_true_random=False))
def test_alerts_when_they_carry_their_times_then_any_order_gives_one_position(positions, random):
    alerts = chain(*positions, every=SECOND)
    random.shuffle(alerts)

    assert arrive(alerts, positions[0])[0] == positions[-1]


@given(
    chains.map(lambda items: [abs(item) for item in items]).filter(
        lambda items: all(a != b for a, b in pairwise(items))
    ),
    st.randoms(use_true_random=False),
)
def test_alerts_when_positions_recur_then_in_doubt_less_is_held(positions, random):
    alerts = chain(*positions, every=SECOND)
    random.shuffle(alerts)

    assert 0 <= arrive(alerts, positions[0])[0] <= positions[-1]


@given(st.lists(units, min_size=3, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_alerts_when_one_bar_has_one_time_then_any_order_gives_one_position(positions, random):
    alerts = chain(*positions, every=timedelta(0))
    random.shuffle(alerts)

    assert arrive(alerts, positions[0])[0] == positions[-1]


@given(
    chains,
    units,
    st.sampled_from([None, timedelta(0), SECOND]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_alerts_when_they_arrive_in_any_order_then_none_trades_against_its_side(
    positions, held, every, by_contracts, random
):
    alerts = chain(*positions, every=every)
    random.shuffle(alerts)
    _, moves = arrive(alerts, held, by_contracts=by_contracts)

    assert all(moved * item.side.sign >= 0 for item, moved, _ in moves)


@given(chains, st.sampled_from([None, timedelta(0), SECOND]))
def test_alerts_when_they_arrive_in_order_then_none_is_taken_for_late(positions, every):
    _, moves = arrive(chain(*positions, every=every), positions[0])

    assert all(decided.skip is not Reason.ALERT_OVERTAKEN for *_, decided in moves)


class TestAnExitIsNotLeftOut:
    """Whatever was lost or said in another way: in doubt the position is closed."""

    def test_exit_when_the_one_before_was_lost_then_closed(self):
        # The close of ten never came; TradingView is in its next trade, and leaves it a minute later.
        entry, leave = alert(0, 5, NOW), alert(5, 0, NOW + timedelta(minutes=1))

        assert arrive([entry, leave], 10)[0] == 0

    def test_exit_when_it_is_older_by_another_messages_time_then_closed(self):
        # One message says {{timenow}}, the other {{time}}: the opening of a bar that began before.
        entry, leave = alert(0, 10, NOW), alert(10, 0, NOW - timedelta(hours=4))

        assert arrive([entry, leave], 0)[0] == 0

    def test_exit_when_times_are_missing_and_sizes_tell_nothing_then_closed(self):
        entry, leave = alert(0, 10), alert(10, 0)

        assert arrive([entry, leave], 10)[0] == 0

    def test_exit_when_sizes_are_missing_and_times_too_then_closed(self):
        entry, leave = alert(0, 5, sized=False), alert(10, 0, sized=False)

        assert arrive([entry, leave], 10)[0] == 0

    def test_exit_when_it_comes_minutes_later_then_closed(self):
        entry, late = alert(0, 10, NOW), alert(10, 0, NOW - SECOND)

        assert arrive([entry, late], 10, apart=LATEST)[0] == 10
        assert arrive([entry, late], 10, apart=LATEST + SECOND)[0] == 0

    def test_exit_when_no_alert_was_seen_before_then_closed(self):
        state, goal = take_move(None, move_of(alert(10, 0, NOW).target, NOW, NOW))

        assert (state.position, goal) == (StrategyPosition(0, ZERO), None)


@given(st.lists(units, min_size=2, max_size=3, unique=True))
def test_state_when_alerts_come_again_and_again_then_few_gaps_are_kept(positions):
    assume(positions[0] != 0)
    state = None
    for item in chain(*positions * 8, every=SECOND):
        state, _ = take_move(state, move_of(item.target, item.sent_at, NOW))

    assert len(state.gaps) <= 4
