"""What an analyst is asked about a case, and what a person is told of it."""

from dataclasses import replace
from decimal import Decimal

from app.domain.ideas import Idea
from app.domain.json_codec import to_json
from app.domain.money import ZERO
from app.domain.opinions import Direction, Question
from app.domain.orders import OrderRole
from app.domain.refusals import money
from app.domain.structures.directions import direction_of
from app.domain.structures.proposals import ProposedStructure
from app.services.trading.context import OrderContext


def question_of(context: OrderContext) -> Question:
    """Ask about a trade idea, or about the entry that another alert would lead to."""
    if context.structure is not None:
        return _about_structure(context, context.structure)
    return _about_entry(context) if context.signal.idea is None else _about_idea(context, context.signal.idea)


def summary_of(context: OrderContext) -> str:
    """Tell in one line what a person is asked to approve."""
    parts = [f"{context.bot.id}: {context.ticket.dialect.replace('_', ' ')} alert"]
    if context.structure is not None:
        parts.append(context.structure.told())
    for order in context.orders:
        size = f"{order.notional:f} worth of" if order.notional is not None else f"{order.quantity or ZERO:f}"
        # What it is for goes without saying where there is one order: people are asked about entries.
        role = f"{order.role.value}: " if len(context.orders) > 1 else ""
        parts.append(f"{role}{order.side.value} {size} {order.instrument.symbol}")
    if context.entry_value is not None and context.structure is None:
        currency = context.orders[-1].instrument.currency if context.orders else None
        parts.append(f"worth about {money(round(context.entry_value, 2), currency)}")
    if context.decision is not None:
        parts.append(f"opinion: {context.decision.action.value}, confidence {context.decision.confidence:f}")
    return "; ".join(parts)


def _about_structure(context: OrderContext, proposed: ProposedStructure) -> Question:
    """Ask about a structure of options; what an idea says stands beside it as ever."""
    idea, keys = context.signal.idea, context.bot.configuration
    expected = direction_of(keys.structure or proposed.kind)
    plain = Question(
        dialect=context.signal.dialect.name,
        symbol=context.symbol,
        direction=expected if idea is None else idea.direction,
        entry_price=context.signal.reference_price or context.quote,
        strategy=context.signal.strategy,
        alert_name=context.signal.note,
        triggered_at=context.signal.sent_at,
        structure=proposed.record(),
        # What it may lose is its limit: a model may take units away, and never add any.
        max_notional=proposed.value,
        # A structure that hopes for a fall sells nothing short.
        allow_short=True,
        min_confidence=context.min_confidence,
    )
    if idea is None:
        return plain
    asked = _about_idea(context, idea)
    return replace(
        asked, structure=plain.structure, max_notional=plain.max_notional, allow_short=plain.allow_short
    )


def _about_idea(context: OrderContext, idea: Idea) -> Question:
    return Question(
        dialect=context.signal.dialect.name,
        symbol=context.symbol,
        direction=idea.direction,
        entry_price=idea.entry,
        target_price=idea.target,
        stop_price=idea.stop,
        strategy=idea.strategy,
        model=idea.model,
        alert_name=idea.alert_name,
        matched_criteria=to_json(idea.criteria),
        triggered_at=idea.triggered_at,
        max_notional=context.largest_value or ZERO,
        allow_short=context.limits.allow_short,
        min_confidence=context.min_confidence,
    )


def _about_entry(context: OrderContext) -> Question:
    entry = next(order for order in context.orders if order.role is OrderRole.ENTRY)
    exits = context.ticket.exits or {}
    return Question(
        dialect=context.signal.dialect.name,
        symbol=context.symbol,
        direction=Direction.of(entry.side),
        entry_price=context.signal.limit_price or context.signal.reference_price or context.quote,
        target_price=_decimal(exits.get("take_profit")),
        stop_price=_decimal(exits.get("stop_loss")),
        strategy=context.signal.strategy,
        alert_name=context.signal.note,
        triggered_at=context.signal.sent_at,
        # Its own size is its limit: a model may make an entry smaller, and never larger.
        max_notional=context.entry_value or ZERO,
        allow_short=context.limits.allow_short,
        min_confidence=context.min_confidence,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
