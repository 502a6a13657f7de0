"""What the account is worth as an operation leaves it, and what it may still buy."""

from collections.abc import Iterable
from decimal import Decimal

from app.brokers.paper.records import PaperHolding
from app.brokers.paper.transaction import Transaction
from app.domain.money import ZERO


def values(draft: Transaction) -> tuple[Decimal, Decimal]:
    """Return the value of all long and of all short positions, both unsigned."""
    account, change = draft.account, draft.change
    values = {1: account.long_value, -1: account.short_value}
    for symbol in change.prices.keys() | change.holdings.keys():
        held, now = account.holdings.get(symbol), draft.holding(symbol)
        if held is not None and held.instrument.option is None:
            values[_sign(held)] -= abs(held.quantity) * account.prices[symbol].value
        if now is not None and now.instrument.option is None:
            values[_sign(now)] += abs(now.quantity) * (draft.market.mark(now.instrument) or ZERO)
    # The worth of an option moves with time alone, so that no sum of them can be kept.
    for holding in _options(draft):
        worth = (draft.market.mark(holding.instrument) or ZERO) * holding.instrument.multiplier
        values[_sign(holding)] += abs(holding.quantity) * worth
    return values[1], values[-1]


def buying_power(draft: Transaction) -> Decimal:
    """Return what new entries may still add to the gross value of the positions."""
    return equity_and_buying_power(draft)[1]


def equity_and_buying_power(draft: Transaction) -> tuple[Decimal, Decimal]:
    """Return cash and the signed value of all positions, and what new entries may still add to these."""
    long, short = values(draft)
    # Money is spent once: what resting entries would need is not there for others.
    reserved = draft.account.reserved
    for name, order in draft.change.orders.items():
        old = draft.account.open.get(name)
        reserved -= ZERO if old is None else old.reserved
        reserved += ZERO if order.status.is_final else order.reserved
    worth = draft.change.cash + long - short
    # Gross, so that a short and a long position do not make room for each other.
    return worth, max(ZERO, draft.settings.leverage * worth - long - short - reserved)


def _options(draft: Transaction) -> Iterable[PaperHolding]:
    changed = {s: h for s, h in draft.change.holdings.items() if h.instrument.option is not None}
    return (draft.account.options | changed).values()


def _sign(holding: PaperHolding) -> int:
    return 1 if holding.quantity > 0 else -1
