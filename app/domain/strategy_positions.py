"""Where a strategy stands by its alerts, in whatever order they arrive.

Every alert with a target tells two positions of TradingView's: the one before its order and the one after it.
So alerts form a chain, and where an alert does not begin at what the last one ended with, others are missing
between them. One that is missing and comes late wants nothing any more: the newest position counts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.signals import Target

# TradingView repeats what was not taken for some seconds, and a restart takes as long; no straggler is later.
LATEST = timedelta(seconds=120)
MOST_GAPS = 4


@dataclass(frozen=True, slots=True)
class StrategyPosition:
    """Long (+1), flat (0) or short (-1), and how large; None: not said."""

    direction: int
    size: Decimal | None = None

    def fits(self, other: "StrategyPosition") -> bool:
        """Tell whether both may be the same position."""
        is_known = self.size is not None and other.size is not None
        return self.direction == other.direction and (not is_known or self.size == other.size)


@dataclass(frozen=True, slots=True)
class Gap:
    """Alerts that are missing, from the position that was known to the one that the next alert began at.

    `sent_at` is the next alert's own time, `seen_at` when it came.
    """

    since: StrategyPosition
    until: StrategyPosition
    sent_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StrategyState:
    """The newest position of a strategy, its alert's own time and arrival, and what is missing before it."""

    position: StrategyPosition
    sent_at: datetime | None
    seen_at: datetime
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class StrategyMove:
    """What one alert tells: from where to where, by its own time, and when it came."""

    before: StrategyPosition | None
    after: StrategyPosition
    sent_at: datetime | None
    at: datetime

    def follows(self, state: StrategyState) -> bool:
        """Tell whether it begins where the newest alert ended."""
        return self.before is not None and self.before.fits(state.position)

    @property
    def only_enters(self) -> bool:
        """True when it opens or adds, and leaves nothing."""
        if self.before is None or self.after.direction == 0:
            return False
        if self.before.direction == 0:
            return True
        before, after = self.before.size, self.after.size
        grows = before is not None and after is not None and after > before
        return self.before.direction == self.after.direction and grows


def move_of(target: Target, sent_at: datetime | None, at: datetime) -> StrategyMove:
    """Read an alert's target as a move of its strategy."""
    before = None if target.before is None else StrategyPosition(target.before, target.before_size)
    return StrategyMove(before, StrategyPosition(target.now, target.now_size), sent_at, at)


def take_move(state: StrategyState | None, move: StrategyMove) -> tuple[StrategyState, Target | None]:
    """Return where the strategy stands after an alert; and as a target, where a later one came before it."""
    if state is None:
        return StrategyState(move.after, move.sent_at, move.at), None
    recent = tuple(gap for gap in state.gaps if move.at - gap.seen_at <= LATEST)
    filled = next((gap for gap in recent if _fills(gap, move, state)), None)
    if filled is not None or _is_older(state, move, recent):
        goal = Target(state.position.direction, now_size=state.position.size)
        return replace(state, gaps=tuple(_narrowed(recent, filled, move))), goal
    if move.before is not None and not move.follows(state):
        recent = (*recent, Gap(state.position, move.before, move.sent_at, move.at))[-MOST_GAPS:]
    return StrategyState(move.after, move.sent_at, move.at, recent), None


def _fills(gap: Gap, move: StrategyMove, state: StrategyState) -> bool:
    """Tell whether an alert is one that is missing.

    In doubt an exit is not, for it must not be left out, and an entry is, for it must not be made twice.
    """
    begins = move.before is not None and move.before.fits(gap.since)
    ends = move.after.fits(gap.until)
    if not begins and not ends:
        return False
    is_whole, is_next = begins and ends, move.follows(state)
    if move.sent_at is not None and gap.sent_at is not None:
        if move.sent_at == gap.sent_at:
            return is_whole or not is_next
        return move.sent_at < gap.sent_at
    # Without times the sizes must tell it from the alert that comes next.
    sizes = (gap.since.size, gap.until.size, move.after.size, move.before and move.before.size)
    return is_whole and None not in sizes and (move.only_enters or not is_next)


def _is_older(state: StrategyState, move: StrategyMove, gaps: tuple[Gap, ...]) -> bool:
    if move.sent_at is None or state.sent_at is None or move.at - state.seen_at > LATEST:
        return False
    # An exit that goes on from the newest position, with nothing missing, is next: its message may mean
    # another time (the opening of the bar), and to leave it out would leave the position open.
    is_next = move.follows(state) and not gaps and not move.only_enters
    return move.sent_at < state.sent_at and not is_next


def _narrowed(gaps: tuple[Gap, ...], filled: Gap | None, move: StrategyMove) -> Iterator[Gap]:
    """Yield what is still missing once an alert of a gap has come."""
    for gap in gaps:
        if gap is not filled:
            yield gap
        elif move.before is not None and not move.before.fits(gap.since):
            yield replace(gap, until=move.before)
        elif not move.after.fits(gap.until):
            yield replace(gap, since=move.after)
