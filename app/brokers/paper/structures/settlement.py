"""Expiry, exercise and assignment at the simulated exchange, and the broker's own closing of short legs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

from app.brokers.paper import matching
from app.brokers.paper.records import CLOSE, NEW_YORK, PaperHolding, close_key, closing_time
from app.brokers.paper.structures.quotes import quote_leg
from app.brokers.paper.transaction import Transaction
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.money import ZERO
from app.domain.options_pricing import years_to_expiry
from app.domain.orders import OrderRole, OrderStatus
from app.domain.structures.exercises import EXERCISED_FROM, is_cash_settled, moneyness

_CLOSES_SHORTS_AT = time(15, 30)


def settle_due(draft: Transaction) -> None:
    """Let everything happen that is due: the broker's closing of shorts, assignments, expiries."""
    for holding in _options(draft):
        terms = holding.instrument.option
        if terms is None:
            continue
        if not years_to_expiry(terms, draft.at):
            _expire(draft, holding, terms)
        elif holding.quantity < 0 and holding.instrument.symbol in draft.account.switches.early_assignment:
            _exercise(draft, holding, terms)
        elif holding.quantity < 0 and draft.account.switches.closes_shorts and _closes_today(terms, draft.at):
            _buy_back(draft, holding)


def _options(draft: Transaction) -> Iterator[PaperHolding]:
    # Sorted, so that the same account always settles in the same order.
    held = sorted(draft.holdings().items())
    return (holding for _, holding in held if holding.instrument.option is not None)


def _end_exits(draft: Transaction, holding: PaperHolding) -> None:
    """Cancel what would close a contract that has gone by itself: to fill it now would open one."""
    for order in draft.open_structures():
        names = {leg.instrument.symbol for leg in order.order.structure.legs}
        if order.order.role is OrderRole.EXIT and holding.instrument.symbol in names:
            message = f"{holding.instrument.symbol} was assigned, or closed by the broker."
            draft.put_structure(replace(order, status=OrderStatus.CANCELED, message=message))


def _expire(draft: Transaction, holding: PaperHolding, terms: OptionContract) -> None:
    spot = _close_of(draft, terms)
    if spot is None:
        # Without a price nobody can say what it is worth: it stays for its owner to leave.
        return
    if moneyness(terms, spot) < EXERCISED_FROM:
        matching.book(draft, holding.instrument, -holding.quantity, ZERO, ZERO)
    elif is_cash_settled(terms):
        worth = moneyness(terms, spot)
        matching.book(draft, holding.instrument, -holding.quantity, worth, ZERO)
    else:
        _exercise(draft, holding, terms)


def _close_of(draft: Transaction, terms: OptionContract) -> Decimal | None:
    """Return what the underlying cost at the close, the same for all that expires that day.

    Whoever comes late finds the last price from before: what is due happens before any price moves.
    """
    day = close_key(terms.underlying, terms.expiry)
    known = draft.account.closes.get(day)
    if known is not None:
        return known
    seen = draft.market.price_at(terms.underlying, closing_time(terms.expiry))
    if seen is None:
        return None
    draft.change.closes[day] = seen.value
    return seen.value


def _exercise(draft: Transaction, holding: PaperHolding, terms: OptionContract) -> None:
    """Swap contracts for shares at the strike: who holds a call buys, who sold one delivers."""
    matching.book(draft, holding.instrument, -holding.quantity, ZERO, ZERO)
    _end_exits(draft, holding)
    sign = 1 if terms.kind == "call" else -1
    shares = Instrument(terms.underlying, AssetClass.EQUITY)
    matching.book(draft, shares, sign * holding.quantity * terms.multiplier, terms.strike, ZERO)


def _buy_back(draft: Transaction, holding: PaperHolding) -> None:
    """Close a short leg at the market, the way brokers do: alone, whatever it was part of."""
    ask = quote_leg(draft, holding.instrument).ask
    if ask is not None:
        matching.book(draft, holding.instrument, -holding.quantity, ask, ZERO)
        _end_exits(draft, holding)


def _closes_today(terms: OptionContract, at: datetime) -> bool:
    local = at.astimezone(NEW_YORK)
    return local.date() == terms.expiry and local.time() >= _CLOSES_SHORTS_AT


def moments_between(holdings: Iterable[PaperHolding], start: datetime, end: datetime) -> list[datetime]:
    """Return the moments at which something may happen to what is held, from `start` on up to `end`."""
    terms = (holding.instrument.option for holding in holdings)
    days = {one.expiry for one in terms if one is not None}
    times = (datetime.combine(day, at, NEW_YORK) for day in days for at in (_CLOSES_SHORTS_AT, CLOSE))
    return sorted(at.astimezone(UTC) for at in times if start < at < end)
