"""Where a position is left: what the owner asked for, and the prices that come of it as the market moves."""

from decimal import Decimal
from typing import NamedTuple

from app.dataclass import dataclass
from app.domain.bots import BotConfiguration
from app.domain.instruments import Instrument
from app.domain.money import ZERO, round_price
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, Side
from app.domain.pricing import tick_at

# A trailing stop follows in steps of this part of its distance: not every tick is worth a change.
TRAILING_STEP = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class ExitTerms:
    """What an owner asked for when the position was entered; fractions of a price, None where not wanted.

    `stop_price` and `target_price` are prices per unit and stand for the fractions where they are set.
    `by_fill` counts from the average fill, otherwise from the alert's price.
    """

    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    trailing: Decimal | None = None
    break_even: Decimal | None = None
    stop_price: Decimal | None = None
    target_price: Decimal | None = None
    by_fill: bool = True

    @property
    def follows_market(self) -> bool:
        """True when the stop moves with the market."""
        return self.trailing is not None or self.break_even is not None


class Levels(NamedTuple):
    """Prices at which a position is left; None: no such exit."""

    stop: Decimal | None
    target: Decimal | None


def exit_terms(
    bot: BotConfiguration, stop: Decimal | None = None, target: Decimal | None = None, *, needed: bool = False
) -> ExitTerms | None:
    """Return what a bot asks for, or an alert's own `stop` and `target`; None when neither wants exits.

    `needed`: there must be both, whatever the bot says.
    """
    has_pair = bot.attach_sl_tp or needed
    follows_market = bot.trailing_stop_pct is not None or bot.break_even_pct is not None
    if not has_pair and not follows_market and stop is None and target is None:
        return None
    return ExitTerms(
        stop_loss=bot.sl_pct if has_pair else None,
        take_profit=bot.tp_pct if has_pair else None,
        trailing=bot.trailing_stop_pct,
        break_even=bot.break_even_pct,
        stop_price=stop,
        target_price=target,
        by_fill=bot.use_avg_fill_for_sl_tp,
    )


def exit_levels(
    terms: ExitTerms, instrument: Instrument, side: Side, basis: Decimal, best: Decimal | None = None
) -> Levels:
    """Place the exits of a position that was entered on `side` around a price, never onto it.

    `best` is the best price since the entry: trailing and break-even stops follow it, and never go back.
    """
    stops = [
        stop
        for stop in (
            _fixed(terms.stop_price, terms.stop_loss, basis, instrument, -side.sign),
            _trailed(terms, side, best if best is not None else basis, instrument),
            _break_even(terms, side, basis, best, instrument),
        )
        if stop is not None
    ]
    tightest = max if side is Side.BUY else min
    target = _fixed(terms.target_price, terms.take_profit, basis, instrument, side.sign)
    return Levels(tightest(stops) if stops else None, target)


def reached(levels: Levels, side: Side, price: Decimal | None) -> str | None:
    """Return the suffix of the exit that a price asks for, if any; `side` is the entry's.

    A price of nothing is none: brokers show it where they know no other.
    """
    if price is None or price <= ZERO:
        return None
    if levels.stop is not None and (price - levels.stop) * side.sign <= ZERO:
        return STOP_LOSS_SUFFIX
    if levels.target is not None and (price - levels.target) * side.sign >= ZERO:
        return TAKE_PROFIT_SUFFIX
    return None


def better(best: Decimal, price: Decimal | None, side: Side) -> Decimal:
    """Return the better of two prices, of which one may be unknown, for an entry on `side`."""
    if price is None or price <= ZERO:
        return best
    return max(best, price) if side is Side.BUY else min(best, price)


def smallest_move(
    terms: ExitTerms, instrument: Instrument, side: Side, basis: Decimal, stop: Decimal | None = None
) -> Decimal:
    """Return by how much `stop` must be off before it is worth a change; only one that trails has steps."""
    tick = tick_at(basis, instrument)
    if terms.trailing is None:
        return tick
    fixed = _fixed(terms.stop_price, terms.stop_loss, basis, instrument, -side.sign)
    if stop is not None and stop in {fixed, round_price(basis, tick, up=side is Side.BUY)}:
        return tick
    return max(tick, basis * terms.trailing * TRAILING_STEP)


def _fixed(
    price: Decimal | None, fraction: Decimal | None, basis: Decimal, instrument: Instrument, sign: int
) -> Decimal | None:
    if price is not None:
        tick = tick_at(price, instrument)
        return max(round_price(price, tick, up=sign < 0), tick)
    return None if fraction is None else _level(basis * (1 + sign * fraction), basis, instrument)


def _trailed(terms: ExitTerms, side: Side, best: Decimal, instrument: Instrument) -> Decimal | None:
    if terms.trailing is None:
        return None
    return _level(best * (1 - side.sign * terms.trailing), best, instrument)


def _break_even(
    terms: ExitTerms, side: Side, basis: Decimal, best: Decimal | None, instrument: Instrument
) -> Decimal | None:
    if terms.break_even is None or best is None:
        return None
    gain = (best / basis - 1) * side.sign
    tick = tick_at(basis, instrument)
    return round_price(basis, tick, up=side is Side.BUY) if gain >= terms.break_even else None


def _level(wanted: Decimal, basis: Decimal, instrument: Instrument) -> Decimal:
    """Round towards the price that the level stands around, never onto it."""
    # A share's steps are coarser from a dollar on: a broker takes none between, whatever the basis has.
    tick = max(tick_at(wanted, instrument), tick_at(basis, instrument))
    below = wanted < basis
    level = round_price(wanted, tick, up=below)
    if (level < basis) is not below or level == basis:
        level = round_price(wanted, tick, up=not below)
    # No price is zero or less: a short's target of 100 % is one tick.
    return max(level, tick)
