"""When a trade is left by itself: target, stops that one bad quote cannot fool, and time."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.structures.delivery import last_day
from app.domain.structures.legs import Structure
from app.domain.structures.net_quotes import NetQuote
from app.domain.structures.payoff import bounds
from app.domain.structures.trades import ExitCause, StopLook, StructureTrade, TradeState

# Looks this close together are one look: a stop wants two of three that are not.
LOOKS_APART = timedelta(seconds=10)
LOOKS_KEPT, LOOKS_BEYOND = 3, 2
# Quotes of the first minutes of a session are wide and wrong.
AFTER_OPEN = timedelta(minutes=5)
# A spread wider than this fraction of what was paid or received says little about what a trade is worth.
NARROW_ENOUGH = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class ExitRules:
    """A bot's rules; fractions are of the credit received or debit paid, None is off.

    `stop_on_underlying`: leave when the underlying comes within this fraction of a sold strike; 0 is the
    strike itself. Times are the exchange's.
    """

    profit_target_pct: Decimal | None = None
    stop_loss_pct: Decimal | None = None
    trailing_stop_pct: Decimal | None = None
    stop_on_underlying: Decimal | None = None
    exit_days_before_expiry: int | None = None
    expiry_exit_time: time = time(15)
    let_expire: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a trade at one moment; `net` is None where a leg lacks a side.

    `at` is the broker's time, which may stand still at a simulated one, `seen_at` is ours.
    `local` is the exchange's time, `since_open` None while the market is closed. `is_forced`: the operator
    set a price, which counts as a look of its own.
    """

    at: datetime
    local: datetime
    net: NetQuote | None
    is_fresh: bool = True
    underlying: Decimal | None = None
    since_open: timedelta | None = None
    is_forced: bool = False
    seen_at: datetime | None = None


def mark_of(structure: Structure, net: NetQuote) -> Decimal:
    """Return what one unit is worth: the mid, within what it can be worth at all."""
    return bounds(structure).clamp(net.mid)


def watch(trade: StructureTrade, look: Look, rules: ExitRules) -> tuple[StructureTrade, ExitCause | None]:
    """Return the trade with what the look has taught, and why it should be left, if it should.

    Nothing is decided from a leg without a quote, but time passes all the same.
    """
    if trade.state is not TradeState.OPEN:
        return trade, None
    cause = _by_time(trade, look, rules) or _by_underlying(trade, look, rules)
    if look.net is None or look.since_open is None:
        return trade, cause
    mark = mark_of(trade.structure, look.net)
    gain = trade.gain_fraction(mark)
    if gain is None:
        return trade, cause
    if cause is None and rules.profit_target_pct is not None and gain >= rules.profit_target_pct:
        cause = ExitCause.PROFIT_TARGET
    if (rules.stop_loss_pct is None and rules.trailing_stop_pct is None) or not _is_good(trade, look, rules):
        return trade, cause
    best = gain if trade.best_gain is None else max(trade.best_gain, gain)
    beyond = _stop_beyond(gain, best, rules)
    trade = replace(trade, best_gain=best, looks=_with(trade.looks, look, is_beyond=beyond is not None))
    fires = sum(one.is_beyond for one in trade.looks) >= LOOKS_BEYOND and beyond is not None
    return trade, cause or (beyond if fires else None)


def target_limit(trade: StructureTrade, rules: ExitRules) -> Decimal | None:
    """Return the worst net price at which the closing order still makes the profit target."""
    net = trade.entry_net
    if net is None or rules.profit_target_pct is None:
        return None
    return -(net + rules.profit_target_pct * abs(net))


def _is_good(trade: StructureTrade, look: Look, rules: ExitRules) -> bool:
    net = trade.entry_net
    if look.net is None or net is None or not look.is_fresh:
        return False
    if look.since_open is None or look.since_open < AFTER_OPEN:
        return False
    if look.net.spread <= NARROW_ENOUGH * abs(net):
        return True
    # Legs deep in the money are quoted wider than the whole was entered for: where even the better side of
    # the quotes is beyond the stop, no narrower ones are waited for.
    best = trade.gain_fraction(bounds(trade.structure).clamp(look.net.natural))
    return best is not None and _stop_beyond(best, max(best, trade.best_gain or best), rules) is not None


def _stop_beyond(gain: Decimal, best: Decimal, rules: ExitRules) -> ExitCause | None:
    if rules.stop_loss_pct is not None and gain <= -rules.stop_loss_pct:
        return ExitCause.STOP_LOSS
    trailing = rules.trailing_stop_pct
    # It trails a gain; before there is one the stop-loss alone counts.
    if trailing is not None and best > ZERO and gain <= best - trailing:
        return ExitCause.TRAILING_STOP
    return None


def _with(looks: tuple[StopLook, ...], look: Look, *, is_beyond: bool) -> tuple[StopLook, ...]:
    if looks and not look.is_forced and not _is_apart(looks[-1], look):
        return looks
    return (*looks, StopLook(look.at, is_beyond, look.seen_at))[-LOOKS_KEPT:]


def _is_apart(last: StopLook, look: Look) -> bool:
    """Tell it by the broker's time, or by ours where that one stands still."""
    if look.at - last.at >= LOOKS_APART:
        return True
    ours = (last.seen_at, look.seen_at)
    return ours[0] is not None and ours[1] is not None and ours[1] - ours[0] >= LOOKS_APART


def _by_time(trade: StructureTrade, look: Look, rules: ExitRules) -> ExitCause | None:
    expiry, last = trade.structure.expiries[0], last_day(trade.structure)
    at = rules.expiry_exit_time
    days = rules.exit_days_before_expiry
    if days is not None and look.local >= _moment(look, expiry - timedelta(days=days), at):
        return ExitCause.DAYS_BEFORE_EXPIRY
    if not rules.let_expire and look.local >= _moment(look, last, at):
        return ExitCause.EXPIRY
    return None


def exit_times(structure: Structure, rules: ExitRules, zone: tzinfo) -> list[datetime]:
    """Return when time alone has a structure left, at the exchange."""
    expiry, days = structure.expiries[0], rules.exit_days_before_expiry
    left_on = [] if days is None else [expiry - timedelta(days=days)]
    left_on += [] if rules.let_expire else [last_day(structure)]
    return [datetime.combine(day, rules.expiry_exit_time, zone) for day in left_on]


def _moment(look: Look, day: date, at: time) -> datetime:
    return datetime.combine(day, at, look.local.tzinfo)


def _by_underlying(trade: StructureTrade, look: Look, rules: ExitRules) -> ExitCause | None:
    price, near = look.underlying, rules.stop_on_underlying
    if price is None or near is None or look.since_open is None:
        return None
    for leg in trade.structure.legs:
        if leg.option is None or not leg.is_short:
            continue
        strike = leg.option.strike
        reached = price >= strike * (1 - near) if leg.option.kind == "call" else price <= strike * (1 + near)
        if reached:
            return ExitCause.UNDERLYING
    return None
