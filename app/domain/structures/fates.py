"""What a broker's own history says of contracts that went by themselves, beside what was booked of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.reasons import Reason
from app.domain.structures.trades import TradeState


class ContractFate(StrEnum):
    """What became of contracts."""

    EXPIRED = "expired"
    EXERCISED = "exercised"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """One line of a history: so many contracts, without sign, of a canonical name, on a day."""

    symbol: str
    fate: ContractFate
    quantity: Decimal
    day: date


def is_settled(trade: ClosedTrade) -> bool:
    """Tell whether a trade ended by the end of its contracts, all of them, rather than by an order.

    Of legs that went before, assigned or closed by the broker, its state tells nothing.
    """
    history = trade.structure
    if history is None or history.reason in {Reason.LEG_ASSIGNED, Reason.CLOSED_BY_BROKER}:
        return False
    return history.state in {TradeState.EXPIRED, TradeState.ASSIGNED}


def told_of(trade: ClosedTrade, events: Iterable[ContractEvent]) -> list[ContractEvent]:
    """Return what a history tells of the contracts of a trade, from its beginning on."""
    history = trade.structure
    legs = () if history is None else history.structure.legs
    names = {leg.instrument.symbol for leg in legs}
    return [event for event in events if event.symbol in names and event.day >= trade.opened_at.date()]


def contradiction(trade: ClosedTrade, events: Iterable[ContractEvent]) -> str | None:
    """Return how a history contradicts what was booked of a trade's end; None: it does not."""
    told = told_of(trade, events)
    became_shares = [event for event in told if event.fate is not ContractFate.EXPIRED]
    was_assigned = trade.structure is not None and trade.structure.state is TradeState.ASSIGNED
    if not told or was_assigned == bool(became_shares):
        return None
    shown = became_shares or told
    said = ", ".join(f"{event.quantity:f} {event.symbol} {event.fate.value}" for event in shown)
    booked = "with shares" if was_assigned else "worthless, without shares"
    return f"the broker's history says: {said}; it was booked as expired {booked}"
