"""Whether this is a time at which the bot may enter."""

from datetime import datetime, timedelta
from operator import attrgetter

from app.dataclass import dataclass
from app.domain.gates.gate import NO_LIMIT, NOT_LIMITED, GateGroup, Outcome, entry_gate
from app.domain.hours import exchange_zone, opened_at
from app.domain.order_check import OrderCheck
from app.domain.reasons import Reason
from app.domain.refusals import duration
from app.domain.trading_windows import is_within

_HOURS_UNKNOWN: Outcome = (Reason.MARKET_CLOSED, "the market's hours are unknown")


@entry_gate(Reason.MARKET_CLOSED)
def market_hours(check: OrderCheck) -> Outcome:
    """Refuse entries outside market hours where that is asked for."""
    if not check.limits.market_hours_only:
        return None, "any hour"
    hours = check.market.hours if check.market is not None else None
    if hours is None:
        return _HOURS_UNKNOWN
    return (None, "open") if hours.is_open else (Reason.MARKET_CLOSED, "market_hours_only")


@entry_gate(Reason.TRADING_WINDOW_CLOSED, Reason.SYMBOL_UNKNOWN)
def trading_windows(check: OrderCheck) -> Outcome:
    """Refuse entries outside the bot's own windows of the week."""
    windows = check.limits.trading_windows
    if windows is None:
        return None, "any time"
    if check.instrument is None:
        return Reason.SYMBOL_UNKNOWN, "no instrument, so no exchange's time"
    zone = exchange_zone(check.instrument)
    local = check.now.astimezone(zone)
    detail = f"{local:%a %H:%M}, allowed {'; '.join(windows) or 'never'} ({zone.key})"
    try:
        is_open = is_within(windows, check.now, zone)
    except ValueError as error:
        # What was stored by some other hand and cannot be read allows nothing.
        return Reason.TRADING_WINDOW_CLOSED, f"a window {error}"
    return (None if is_open else Reason.TRADING_WINDOW_CLOSED), detail


@entry_gate(Reason.MARKET_OPENING, Reason.MARKET_CLOSED)
def after_open(check: OrderCheck) -> Outcome:
    """Refuse entries in the first minutes after the market has opened."""
    limit = check.limits.minutes_after_open
    if not limit:
        return None, NO_LIMIT
    session = _session(check)
    if not isinstance(session, _Session):
        return session
    passed = check.now - session.opened
    detail = f"opened {_told(passed)} ago, limit {duration(limit * 60)}"
    return (Reason.MARKET_OPENING if passed < timedelta(minutes=limit) else None), detail


@entry_gate(Reason.MARKET_CLOSING, Reason.MARKET_CLOSED)
def before_close(check: OrderCheck) -> Outcome:
    """Refuse entries in the last minutes before the market closes."""
    limit = check.limits.minutes_before_close
    if not limit:
        return None, NO_LIMIT
    session = _session(check)
    if not isinstance(session, _Session):
        return session
    left = session.closes - check.now
    detail = f"closes in {_told(left)}, limit {duration(limit * 60)}"
    return (Reason.MARKET_CLOSING if left <= timedelta(minutes=limit) else None), detail


@entry_gate(Reason.COOLDOWN_ACTIVE)
def cooldown(check: OrderCheck) -> Outcome:
    """Refuse to enter a symbol again too soon."""
    limit, last = check.limits.cooldown_seconds, check.usage.last_entry_at
    if not limit or last is None:
        return None, NO_LIMIT if not limit else "no earlier entry"
    elapsed = (check.now - last).total_seconds()
    return (
        Reason.COOLDOWN_ACTIVE if elapsed < limit else None
    ), f"{duration(elapsed)} ago, limit {duration(limit)}"


@dataclass(frozen=True, slots=True)
class _Session:
    opened: datetime
    closes: datetime


def _session(check: OrderCheck) -> _Session | Outcome:
    """Return the session under way; without one, what that means for an entry."""
    hours = check.market.hours if check.market is not None else None
    if hours is None or check.instrument is None:
        return _HOURS_UNKNOWN
    if not hours.is_open:
        # What is sent now would fill at the open: exactly where nothing is wanted.
        return Reason.MARKET_CLOSED, "an entry would wait for the open"
    # The broker says when it closes, on half days too; when it opened only the calendar knows.
    opened, closes = opened_at(check.instrument, check.now), hours.next_close
    if closes is None:
        return None, "the market never closes"
    return _HOURS_UNKNOWN if opened is None else _Session(opened, closes)


def _told(span: timedelta) -> str:
    return duration(span.total_seconds())


TIMING = GateGroup(
    "timing",
    (market_hours, trading_windows, after_open, before_close, cooldown),
    attrgetter("limits.limits_times"),
    NOT_LIMITED,
)
