"""The simulated account and market in the words that every broker uses."""

from dataclasses import replace

from app.brokers.paper.buying_power import equity_and_buying_power
from app.brokers.paper.records import PaperHolding
from app.brokers.paper.transaction import Transaction
from app.domain.accounts import Account, Position, Quote
from app.domain.instruments import Instrument
from app.domain.money import plain


def account_of(draft: Transaction) -> Account:
    """Return equity, cash and buying power."""
    equity, buying_power = equity_and_buying_power(draft)
    return Account(equity, draft.account.cash, buying_power, currency=draft.settings.currency)


def quote_of(draft: Transaction, instrument: Instrument) -> Quote | None:
    """Return the simulated price; None when there is none."""
    price = draft.market.mark(instrument)
    return None if price is None else Quote(price, draft.at, firm=draft.market.is_firm(instrument))


def position_of(draft: Transaction, holding: PaperHolding) -> Position:
    """Return a holding with what it is worth now, where that is known."""
    instrument = holding.instrument
    position = Position(instrument.symbol, holding.quantity, holding.average, instrument=instrument)
    mark = draft.market.mark(instrument)
    if mark is None:
        return position
    gain = plain((mark - holding.average) * holding.quantity * instrument.multiplier)
    return replace(position, market_price=mark, unrealized_pnl=gain)
