"""Stored ideas once more: through another model, prompt or limit, without an order and without a trace."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.opinions import Opinion
from app.domain.orders import OrderRole
from app.domain.price_outcomes import Horizon
from app.domain.replay_comparison import ORDERED, Comparison, Take
from app.domain.review import Advice
from app.domain.signals import Signal
from app.domain.tickets import Ticket, new_ticket_id
from app.errors import AppError
from app.repositories.bots import BotDirectory
from app.services.analyst.base import Analyst
from app.services.opinion_scores.past_opinions import Found, read_past
from app.services.opinion_scores.price_outcomes import Follower
from app.services.opinion_scores.price_sources import Prices
from app.services.review.questions import question_of
from app.services.trading.context import TradingRules
from app.services.trading.preview import Preview

# Reads a stored alert of a dialect; raises AppError.
ReadSignal = Callable[[str, dict[str, Any]], Signal]
PRICE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class StoredIdea:
    """An idea that can be run again: its ticket, what it means, and its bot as it is now."""

    ticket: dict[str, Any]
    found: Found
    signal: Signal
    bot: Bot


@dataclass(frozen=True, slots=True, kw_only=True)
class Another:
    """What is different: whoever is asked (None: nobody, the stored opinions stand), and the rules."""

    analyst: Analyst | None
    rules: TradingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayer:
    """Runs ideas again; `workers` opinions are asked for at one time."""

    previews: Preview
    bots: BotDirectory
    read_signal: ReadSignal
    clock: Clock
    workers: int

    def read(self, tickets: Iterable[dict[str, Any]]) -> tuple[list[StoredIdea], int]:
        """Return the ideas that can be run again, and how many are unreadable or of a bot that is gone."""
        read = [self._idea(ticket) for ticket in tickets]
        ideas = [idea for idea in read if idea is not None]
        return ideas, len(read) - len(ideas)

    def ask(self, ideas: Sequence[StoredIdea], other: Another) -> list[Opinion | None]:
        """Return the other opinions on the ideas; None where an idea's symbol names nothing any more."""
        # Only the rules are compared then: the stored words stand, and no model is paid.
        if other.analyst is None:
            return [idea.found.said for idea in ideas]
        analyst, previews = other.analyst, self.previews.under(other.rules)
        cases = [previews.assessor.open(self._blank(idea), idea.signal, idea.bot) for idea in ideas]
        with ThreadPoolExecutor(self.workers) as pool:
            asked = [
                None if context.instrument is None else pool.submit(analyst.opine, question_of(context))
                for context in cases
            ]
            return [None if answer is None else answer.result() for answer in asked]

    def compare(
        self, ideas: Sequence[StoredIdea], opinions: Sequence[Opinion | None], rules: TradingRules
    ) -> list[Comparison]:
        """Set both opinions before the gates as they stand now, the old one by the rules as they are."""
        changed = self.previews.under(rules)
        return [
            Comparison(
                ticket=idea.ticket["id"],
                symbol=idea.found.opinion.symbol,
                at=idea.found.opinion.at,
                then=idea.found.opinion.outcome,
                old=self._take(self.previews, idea, idea.found.said),
                new=self._take(changed, idea, opinion),
            )
            for idea, opinion in zip(ideas, opinions, strict=True)
        ]

    def _idea(self, ticket: dict[str, Any]) -> StoredIdea | None:
        bot = self.bots.find(ticket["bot"])
        try:
            signal = self.read_signal(ticket["dialect"], ticket["alert"])
            return None if bot is None else StoredIdea(ticket, read_past(ticket), signal, bot)
        except (AppError, ValueError):
            return None

    def _take(self, previews: Preview, idea: StoredIdea, opinion: Opinion | None) -> Take:
        ticket = self._blank(idea)
        context = previews.weigh(ticket, idea.signal, idea.bot, Advice(opinion, approved=True))
        is_ordered = any(order.role is OrderRole.ENTRY for order in context.orders)
        refusal = f"{ticket.status.value} {ticket.reason.value}" if ticket.reason else ticket.status.value
        decision = opinion.decision if opinion is not None else None
        return Take(
            outcome=ORDERED if is_ordered else refusal,
            action=decision.action if decision is not None else None,
            confidence=decision.confidence if decision is not None else None,
            notional=decision.notional_usd if decision is not None else None,
            value=context.entry_value if is_ordered else None,
            failure=opinion.failure.code if opinion is not None and opinion.failure is not None else None,
        )

    def _blank(self, idea: StoredIdea) -> Ticket:
        """Return a ticket as if the idea arrived now, under an id of its own: nothing old is touched."""
        now = self.clock()
        own = new_ticket_id(now, lambda count: UUID(idea.ticket["id"]).bytes[-count:])
        return Ticket(own, idea.bot.id, idea.ticket["dialect"], now, idea.ticket["alert"])


def gains(
    ideas: Sequence[StoredIdea], prices: Prices, clock: Clock, horizon: Horizon
) -> list[Decimal | None]:
    """Return what the ideas' prices did until a horizon, as fractions; None where that is not known."""
    tracker = Follower(prices, clock(), (horizon,), PRICE_SECONDS)
    return [courses[horizon.name].gain for courses in tracker.follow([idea.found for idea in ideas])]
