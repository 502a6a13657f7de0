"""Opinions as finished tickets tell them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument
from app.domain.json_codec import from_json
from app.domain.opinion_scores import PastOpinion
from app.domain.opinions import Direction, Opinion
from app.domain.orders import OrderRole, Side
from app.domain.price_outcomes import Thesis
from app.domain.signals import Dialect
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import TicketStatus

ORDERED, DRY_RUN = "ordered", TicketStatus.DRY_RUN.value
# What a ticket is called whose alert was refused its entry after an exit was placed.
REFUSED = TicketStatus.DENIED.value
_REFUSALS = {
    status.value
    for status in (
        TicketStatus.DENIED,
        TicketStatus.SKIPPED,
        TicketStatus.EXPIRED,
        TicketStatus.FAILED,
        TicketStatus.AWAITING_APPROVAL,
    )
}


@dataclass(frozen=True, slots=True)
class Found:
    """A past opinion, in its ticket's own words too, and what it is about; None: its symbol names nothing."""

    opinion: PastOpinion
    instrument: Instrument | None
    said: Opinion


def read_past(ticket: dict[str, Any]) -> Found:
    """Read the opinion of a ticket that has one; raise ValueError when it cannot be read."""
    try:
        return _read(ticket)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"ticket {ticket.get('id')} is not as tickets are written") from error


def outcome_of(ticket: dict[str, Any]) -> str:
    """Tell in a word whether an entry was ordered, else the state and the reason why not."""
    entries = [order for order in ticket["orders"] if order["role"] == OrderRole.ENTRY.value]
    if entries:
        return DRY_RUN if entries[-1]["status"] == DRY_RUN else ORDERED
    status = ticket["status"] if ticket["status"] in _REFUSALS else REFUSED
    return f"{status} {ticket['reason']}" if ticket["reason"] else str(status)


def _read(ticket: dict[str, Any]) -> Found:
    opinion = from_json(Opinion, ticket["opinion"])
    decision, instrument = opinion.decision, _instrument(ticket)
    return Found(
        PastOpinion(
            ticket=ticket["id"],
            bot=ticket["bot"],
            symbol=instrument.symbol if instrument is not None else str(ticket["signal"]["symbol"]),
            at=datetime.fromisoformat(ticket["created_at"]),
            thesis=_thesis(ticket),
            analyst=opinion.analyst,
            model=opinion.model,
            prompt_version=opinion.prompt_version,
            action=decision.action if decision is not None else None,
            confidence=decision.confidence if decision is not None else None,
            notional=decision.notional_usd if decision is not None else None,
            outcome=outcome_of(ticket),
        ),
        instrument,
        opinion,
    )


def _thesis(ticket: dict[str, Any]) -> Thesis:
    if Dialect.named(ticket["dialect"]).carries_idea:
        alert = ticket["alert"]
        levels = (alert.get(f"{name}_price") for name in ("entry", "target", "stop"))
        return Thesis(Direction(alert["direction"]), *map(_price, levels))
    signal, exits = ticket["signal"], ticket["exits"] or {}
    return Thesis(
        Direction.of(Side(signal["side"])),
        _price(signal.get("limit_price") or signal.get("reference_price")),
        _price(exits.get("take_profit")),
        _price(exits.get("stop_loss")),
    )


def _instrument(ticket: dict[str, Any]) -> Instrument | None:
    if Dialect.named(ticket["dialect"]).names_underlying:
        # The alert names the underlying, and so does what a structure counts as its entry; what was bought
        # stands in the order alone.
        entry = None if "structure" in (ticket["signal"] or {}) else ticket["entry"]
        ordered = entry or next(iter(ticket["orders"]), None)
        return Instrument(ordered["symbol"], AssetClass.OPTION, venue="nse") if ordered else None
    try:
        return parse_symbol(ticket["signal"]["symbol"], exchange=ticket["signal"].get("exchange"))
    except SymbolRefused:
        return None


def _price(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
