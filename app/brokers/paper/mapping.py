"""What the simulated account holds, in the words that every broker uses."""

from dataclasses import replace

from app.brokers.paper.records import PaperHolding
from app.brokers.paper.transaction import Transaction
from app.domain.accounts import Position
from app.domain.money import plain


def position_of(draft: Transaction, holding: PaperHolding) -> Position:
    """Return a holding with what it is worth now, where that is known."""
    instrument = holding.instrument
    position = Position(instrument.symbol, holding.quantity, holding.average, instrument=instrument)
    mark = draft.market.mark(instrument)
    if mark is None:
        return position
    gain = plain((mark - holding.average) * holding.quantity * instrument.multiplier)
    return replace(position, market_price=mark, unrealized_pnl=gain)
