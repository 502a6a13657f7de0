"""What the account is worth as an operation leaves it, and what it may still buy."""

from collections.abc import Iterable
from decimal import Decimal

from app.brokers.paper.records import PaperHolding
from app.brokers.paper.structures.margin import required
from app.brokers.paper.transaction import Transaction
from app.domain.accounts import Account
from app.domain.money import ZERO


def values(draft: Transaction) -> tuple[Decimal, Decimal]:
    """Return the value of all long and of all short positions, both unsigned; options are not among them."""
    account, change = draft.account, draft.change
    values = {1: account.long_value, -1: account.short_value}
    for symbol in change.prices.keys() | change.holdings.keys():
        held, now = account.holdings.get(symbol), draft.holding(symbol)
        if held is not None and held.instrument.option is None:
            values[_sign(held)] -= abs(held.quantity) * account.prices[symbol].value
        if now is not None and now.instrument.option is None:
            values[_sign(now)] += abs(now.quantity) * (draft.market.mark(now.instrument) or ZERO)
    return values[1], values[-1]


def account_of(draft: Transaction) -> Account:
    """Return equity, cash and buying power."""
    equity, buying_power = equity_and_buying_power(draft)
    return Account(equity, draft.account.cash, buying_power, currency=draft.settings.currency)


def buying_power(draft: Transaction) -> Decimal:
    """Return what new entries may still add to the gross value of the positions."""
    return equity_and_buying_power(draft)[1]


def equity_and_buying_power(draft: Transaction) -> tuple[Decimal, Decimal]:
    """Return cash and the signed value of all positions, and what new entries may still add to these.

    Nothing is lent against options: what is bought is paid for, what is sold ties up its largest loss.
    """
    long, short = values(draft)
    # Money is spent once: what resting entries would need is not there for others.
    reserved = draft.account.reserved
    for name, order in draft.change.orders.items():
        old = draft.account.open.get(name)
        reserved -= ZERO if old is None else old.reserved
        reserved += ZERO if order.status.is_final else order.reserved
    for name, structure in draft.change.structures.items():
        before = draft.account.open_structures.get(name)
        reserved += structure.reserved - (ZERO if before is None else before.reserved)
    shares_and_cash = draft.change.cash + long - short
    options = _options(draft)
    # An order of shares must cost the same with one position as with a thousand.
    own = shares_and_cash - (required(draft, draft.holdings().values()) if options else ZERO)
    # Gross, so that a short and a long position do not make room for each other.
    free = draft.settings.leverage * own - long - short - reserved
    return shares_and_cash + _worth(draft, options), max(ZERO, free)


def _worth(draft: Transaction, options: Iterable[PaperHolding]) -> Decimal:
    """Work out what options are worth: it moves with time alone, so that no sum of them can be kept."""
    worth = ZERO
    for holding in options:
        mark = draft.market.mark(holding.instrument) or ZERO
        worth += holding.quantity * mark * holding.instrument.multiplier
    return worth


def _options(draft: Transaction) -> list[PaperHolding]:
    changed = {s: h for s, h in draft.change.holdings.items() if h.instrument.option is not None}
    return [*(draft.account.options | changed).values()]


def _sign(holding: PaperHolding) -> int:
    return 1 if holding.quantity > 0 else -1
