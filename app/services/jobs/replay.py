"""The replay of stored ideas as a job: one idea after the other, so that alerts come first."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.domain.opinions import Direction, Opinion
from app.domain.price_outcomes import Horizon
from app.domain.replay_comparison import Comparison, difference
from app.domain.signals import Dialect
from app.errors import RequestRefused
from app.repositories.tickets import Ledger
from app.services.analyst.base import Analyst
from app.services.analyst.prompting import Prompt
from app.services.jobs.progress import Progress
from app.services.opinion_scores.price_sources import Prices
from app.services.opinion_scores.replay import Another, Replayer, gains
from app.services.opinion_scores.report import Range, past_tickets
from app.services.trading.context import TradingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """Which ideas, the newest first, and what is different; nobody is asked where only limits are."""

    since: date | None = None
    until: date | None = None
    bot: str | None = None
    limit: int = 20
    horizon: str = "1d"
    model: str | None = None
    min_confidence: Decimal | None = None
    max_notional: Decimal | None = None

    @property
    def asks(self) -> bool:
        """Whether an analyst is asked anew."""
        return self.model is not None or (self.min_confidence is None and self.max_notional is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRun:
    """Runs ideas again, as `flask ideas replay` does."""

    ledger: Ledger
    replayer: Replayer
    analyst: Analyst
    prices: Prices
    clock: Clock

    def __call__(self, said: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """Compare stored opinions with others; nothing is ordered, and no ticket is written."""
        wanted = from_json(ReplayRequest, said)
        days = Range.of(self.clock().date(), wanted.since, wanted.until, wanted.bot, wanted.limit)
        kept = (ticket for ticket in past_tickets(self.ledger, days) if is_idea(ticket))
        stored, left_out = self.replayer.read(islice(kept, wanted.limit))
        rules = changed_rules(self.replayer.previews.rules, wanted.min_confidence, wanted.max_notional)
        other = Another(analyst=self._asked(wanted), rules=rules)
        # The prices come last, in one step.
        total = len(stored) + 1
        progress(0, total)
        opinions: list[Opinion | None] = []
        compared: list[Comparison] = []
        for idea in stored:
            opinions += self.replayer.ask([idea], other)
            compared += self.replayer.compare([idea], opinions[-1:], rules)
            progress(len(compared), total)
        moved = gains(stored, self.prices, self.clock, Horizon.read(wanted.horizon))
        compared = [replace(item, gain=gain) for item, gain in zip(compared, moved, strict=True)]
        return replay_told(compared, left_out, cost_of(opinions) if wanted.asks else {})

    def _asked(self, wanted: ReplayRequest) -> Analyst | None:
        return another_analyst(self.analyst, wanted.model) if wanted.asks else None


def another_analyst(analyst: Analyst, model: str | None, prompt: Prompt | None = None) -> Analyst:
    """Return who is asked, by another model or with another prompt; raise RequestRefused without a model."""
    from app.services.analyst.openai_analyst import OpenAiAnalyst

    if model is None and prompt is None:
        return analyst
    if not isinstance(analyst, OpenAiAnalyst):
        given = "model" if prompt is None else "prompt"
        raise RequestRefused(f"OPENAI_API_KEY is not set: there is no model to ask. Leave `{given}` out.")
    server = analyst.server if model is None else replace(analyst.server, model=model)
    return replace(analyst, server=server, prompt=prompt)


def is_idea(ticket: dict[str, Any]) -> bool:
    """Tell whether a ticket is of an idea with an opinion, and with a direction."""
    has_opinion = Dialect.named(ticket["dialect"]).carries_idea and ticket["opinion"] is not None
    return has_opinion and ticket["alert"].get("direction") != Direction.NEUTRAL.value


def changed_rules(
    rules: TradingRules, min_confidence: Decimal | None, max_notional: Decimal | None
) -> TradingRules:
    """Return rules with other limits, where these are given."""
    return replace(
        rules,
        min_confidence=rules.min_confidence if min_confidence is None else min_confidence,
        idea_notional=rules.idea_notional if max_notional is None else max_notional,
    )


def cost_of(opinions: Iterable[Opinion | None]) -> dict[str, int]:
    """Add up what opinions cost."""
    used = [opinion.usage for opinion in _given(opinions)]
    return {
        "requests": sum(each.requests for each in used),
        "tokens": sum(each.total_tokens for each in used),
    }


def replay_told(compared: list[Comparison], left_out: int, cost: dict[str, int]) -> dict[str, Any]:
    """Show a replay the way the API and the command line do."""
    told = {"ideas": to_json(compared), "difference": to_json(difference(compared))}
    return told | {"left_out": left_out, "cost": cost}


def _given(opinions: Iterable[Opinion | None]) -> Iterator[Opinion]:
    return (opinion for opinion in opinions if opinion is not None)
