"""What becomes of a trade's legs without an order: expiry, exercise, assignment, a broker's own closing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.hours import exchange_zone, market_hours
from app.domain.instruments import Instrument, OptionContract
from app.domain.money import ZERO
from app.domain.reasons import Reason
from app.domain.structures.exercises import EXERCISED_FROM, Shown, by_price, moneyness, shares_of
from app.domain.structures.legs import Leg
from app.domain.structures.trades import StructureTrade, TradeState

_NOON, _AFTER_NOON = time(12), timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Settled:
    """A trade afterwards, and the units of the underlying (signed) that its bot has now because of it."""

    trade: StructureTrade
    shares: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Contracts that trades know and the broker does not show: `known` and `held` are signed sums."""

    symbol: str
    known: Decimal
    held: Decimal

    @property
    def missing(self) -> Decimal:
        """What is gone, signed."""
        return self.known - self.held


def closing_of(trade: StructureTrade, day: date) -> datetime:
    """Return when contracts of a day are traded no more, by the hours of their exchange."""
    contract = contract_of(trade)
    noon = datetime.combine(day, _NOON, exchange_zone(contract))
    close = market_hours(contract, noon).next_close
    return noon + _AFTER_NOON if close is None else close


def is_over(trade: StructureTrade, day: date, now: datetime) -> bool:
    """Tell whether contracts of a day can no longer be traded."""
    return now >= closing_of(trade, day)


def contract_of(trade: StructureTrade) -> Instrument:
    """Return one of a trade's contracts: hours and days are those of the exchange of all of them."""
    return next(leg.instrument for leg in trade.structure.legs if leg.option is not None)


def expired_legs(trade: StructureTrade, closed: Collection[object]) -> list[Leg]:
    """Return the legs still held whose day of expiry is among those that are over."""
    return [
        leg
        for leg in trade.structure.legs
        if leg.option is not None and leg.option.expiry in closed and leg.instrument.symbol in trade.legs
    ]


def settle_expiry(
    trade: StructureTrade,
    legs: Sequence[Leg],
    price: Decimal,
    at: datetime,
    shown: Shown | None = None,
) -> Settled:
    """Book legs that expired at a price of the underlying; shares are booked at that price.

    What is in the money became shares at the strike, which is worth its intrinsic value; India's contracts on
    an index are settled in cash. Where the account shows otherwise, what it shows became shares, and what did
    not was closed for about what it was worth.
    """
    shown = Shown(by_price(trade, legs, price)) if shown is None else shown
    value, shares = ZERO, shares_of(trade, legs, shown.exercised)
    left = dict(trade.legs)
    for leg in legs:
        quantity, terms = left.pop(leg.instrument.symbol, ZERO), leg.option
        if terms is not None:
            exercised = shown.exercised.get(leg.instrument.symbol, ZERO)
            worth = _worth(terms, price, abs(quantity), exercised)
            value -= worth * (1 if quantity > ZERO else -1) * terms.multiplier / trade.structure.multiplier
    was_exercised = any(shown.exercised.values())
    value, shares, left = _with_shares(trade, left, price, value, shares)
    state = TradeState.ASSIGNED if was_exercised or trade.state is TradeState.ASSIGNED else TradeState.EXPIRED
    after = replace(
        trade,
        legs=left,
        exited_value=trade.exited_value + value,
        work=None,
        wanted_exit=None,
        placed=trade.placed if trade.work is None else trade.work.place,
        state=TradeState.BROKEN if left else state,
        closed_at=None if left else at,
        reason=shown.reason or trade.reason,
    )
    return Settled(after, shares)


def lose_leg(
    trade: StructureTrade, leg: Leg, lost: Decimal, price: Decimal, reason: Reason
) -> StructureTrade:
    """Book contracts (signed) that left a trade by no order of its own, at a price."""
    symbol = leg.instrument.symbol
    left = trade.legs.get(symbol, ZERO) - lost
    legs = {name: quantity for name, quantity in trade.legs.items() if name != symbol}
    if left:
        legs[symbol] = left
    value = -lost * price * leg.instrument.multiplier / trade.structure.multiplier
    return replace(
        trade, legs=legs, exited_value=trade.exited_value + value, state=TradeState.BROKEN, reason=reason
    )


def shortfalls(
    trades: Iterable[StructureTrade], held: Mapping[str, Decimal], *, also_busy: bool = False
) -> list[Shortfall]:
    """Return the contracts of which the broker shows less than trades hold together.

    Those of busy trades wait unless `also_busy`: an order may have filled and not be counted.
    """
    known: dict[str, Decimal] = {}
    busy: set[str] = set()
    for trade in trades:
        if is_busy(trade) and not also_busy:
            busy.update(trade.symbols)
        for leg in trade.structure.legs:
            symbol = leg.instrument.symbol
            if leg.option is not None and symbol in trade.legs:
                known[symbol] = known.get(symbol, ZERO) + trade.legs[symbol]
    return [
        Shortfall(symbol, total, held.get(symbol, ZERO))
        for symbol, total in sorted(known.items())
        if symbol not in busy and total and _is_less(held.get(symbol, ZERO), total)
    ]


def is_busy(trade: StructureTrade) -> bool:
    """Tell whether an order of a trade may be at the broker; between two ladders there is none."""
    return trade.work is not None and trade.work.resume_at is None


def _worth(terms: OptionContract, price: Decimal, quantity: Decimal, exercised: Decimal) -> Decimal:
    inside = moneyness(terms, price)
    rest = inside if inside >= EXERCISED_FROM else ZERO
    return exercised * inside + (quantity - exercised) * rest


def _is_less(held: Decimal, known: Decimal) -> bool:
    return held * known <= ZERO or abs(held) < abs(known)


def _with_shares(
    trade: StructureTrade, left: dict[str, Decimal], price: Decimal, value: Decimal, shares: Decimal
) -> tuple[Decimal, Decimal, dict[str, Decimal]]:
    """Let shares that were a leg go with the last contract: they are the bot's, as any shares are."""
    names = {leg.instrument.symbol for leg in trade.structure.legs if leg.option is None}
    if not names or set(left) - names:
        return value, shares, left
    for name in names & set(left):
        quantity = left.pop(name)
        value -= quantity / trade.structure.multiplier * price
        shares += quantity
    return value, shares, left
