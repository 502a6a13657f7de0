"""What an analyst is asked about a case, and what a person is told of it."""

from decimal import Decimal

from app.domain.ideas import Idea
from app.domain.json_codec import to_json
from app.domain.money import ZERO, plain
from app.domain.opinions import Direction, Question
from app.domain.orders import OrderRole
from app.services.trading.context import Case


def question_of(case: Case) -> Question:
    """Ask about a trade idea, or about the entry that another alert would lead to."""
    return _about_entry(case) if case.signal.idea is None else _about_idea(case, case.signal.idea)


def summary_of(case: Case) -> str:
    """Tell in one line what a person is asked to approve."""
    parts = [f"{case.bot.id}: {case.ticket.dialect} alert"]
    for order in case.orders:
        size = f"{order.notional:f} worth of" if order.notional is not None else f"{order.quantity or ZERO:f}"
        parts.append(f"{order.role.value}: {order.side.value} {size} {order.instrument.symbol}")
    if case.entry_value is not None:
        parts.append(f"worth about {plain(round(case.entry_value, 2)):f}")
    if case.decision is not None:
        parts.append(f"opinion: {case.decision.action.value}, confidence {case.decision.confidence:f}")
    return "; ".join(parts)


def _about_idea(case: Case, idea: Idea) -> Question:
    return Question(
        dialect=case.signal.dialect.value,
        symbol=case.symbol,
        direction=idea.direction,
        entry_price=idea.entry,
        target_price=idea.target,
        stop_price=idea.stop,
        strategy=idea.strategy,
        model=idea.model,
        alert_name=idea.alert_name,
        matched_criteria=to_json(idea.criteria),
        triggered_at=idea.triggered_at,
        max_notional=case.largest_value or ZERO,
        allow_short=case.limits.allow_short,
        min_confidence=case.min_confidence,
    )


def _about_entry(case: Case) -> Question:
    entry = next(order for order in case.orders if order.role is OrderRole.ENTRY)
    exits = case.ticket.exits or {}
    return Question(
        dialect=case.signal.dialect.value,
        symbol=case.symbol,
        direction=Direction.of(entry.side),
        entry_price=case.signal.limit_price or case.signal.reference_price or case.quote,
        target_price=_decimal(exits.get("take_profit")),
        stop_price=_decimal(exits.get("stop_loss")),
        strategy=case.signal.strategy,
        alert_name=case.signal.note,
        triggered_at=case.signal.sent_at,
        max_notional=case.entry_value or ZERO,
        allow_short=case.limits.allow_short,
        min_confidence=case.min_confidence,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
