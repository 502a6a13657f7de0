"""The report on past opinions: what was said, what became of it, and what the price did."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.json_codec import timestamp, to_json
from app.domain.money import text
from app.domain.opinion_scores import GROUPINGS, ScoredOpinion, Tally, grouped, missing, tally
from app.domain.opinions import Direction
from app.domain.price_outcomes import HORIZONS, Horizon
from app.domain.tickets import EPOCH
from app.repositories.tickets import Ledger
from app.services.opinion_scores.past_opinions import Found, read_past
from app.services.opinion_scores.price_outcomes import Courses, Follower
from app.services.opinion_scores.price_sources import Prices

DEFAULT_DAYS = 30
DEFAULT_LIMIT = 500
# What a caller of the API waits for at most, give or take one question to the broker.
SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which tickets are looked at: the newest `limit` with an opinion, of these UTC days and this bot."""

    since: date
    until: date
    bot: str | None = None
    limit: int = DEFAULT_LIMIT

    @classmethod
    def of(cls, today: date, since: date | None, until: date | None, bot: str | None, limit: int) -> "Range":
        """Fill in what is not said: the thirty days up to the last one, which is today."""
        last = max(min(until or today, today), EPOCH.date())
        return cls(since=since or last - timedelta(days=DEFAULT_DAYS), until=last, bot=bot, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Opinions, newest first, each with what its price did by the horizons' names.

    `unreadable` counts tickets that could not be read; `more`: there are older ones than the limit let in.
    """

    range: Range
    horizons: Sequence[Horizon]
    found: list[Found]
    courses: list[Courses]
    unreadable: int
    more: bool

    def at(self, horizon: Horizon) -> list[ScoredOpinion]:
        """Return every opinion beside what the price did by one horizon."""
        pairs = zip(self.found, self.courses, strict=True)
        return [ScoredOpinion(item.opinion, courses[horizon.name]) for item, courses in pairs]

    def to_json(self) -> dict[str, Any]:
        """Return the report as it is answered."""
        return {
            "from": self.range.since.isoformat(),
            "to": self.range.until.isoformat(),
            "bot": self.range.bot,
            "unreadable": self.unreadable,
            "more": self.more,
            "horizons": [self._summary(horizon) for horizon in self.horizons],
            "opinions": [_row(*pair) for pair in zip(self.found, self.courses, strict=True)],
        }

    def _summary(self, horizon: Horizon) -> dict[str, Any]:
        judged = self.at(horizon)
        groups = {
            f"by_{name}": [{"name": key, **tally_json(each)} for key, each in grouped(judged, name).items()]
            for name in GROUPINGS
        }
        return {
            "horizon": horizon.name,
            "all": tally_json(tally(judged)),
            "missing": missing(judged),
            **groups,
        }


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes reports; nothing is written and nothing is asked of a model."""

    ledger: Ledger
    prices: Prices
    clock: Clock
    seconds: float = SECONDS

    def report(self, wanted: Range, horizons: Sequence[Horizon] = HORIZONS) -> Report:
        """Look back."""
        found: list[Found] = []
        unreadable, tickets = 0, list(islice(self._tickets(wanted), wanted.limit + 1))
        for ticket in tickets[: wanted.limit]:
            try:
                item = read_past(ticket)
            except ValueError:
                unreadable += 1
                continue
            if item.opinion.thesis.direction is not Direction.NEUTRAL:
                found.append(item)
        courses = Follower(self.prices, self.clock(), horizons, self.seconds).follow(found)
        more = len(tickets) > wanted.limit
        return Report(
            range=wanted, horizons=horizons, found=found, courses=courses, unreadable=unreadable, more=more
        )

    def _tickets(self, wanted: Range) -> Iterator[dict[str, Any]]:
        tickets = past_tickets(self.ledger, wanted)
        return (ticket for ticket in tickets if ticket["opinion"] is not None)


def past_tickets(ledger: Ledger, wanted: Range) -> Iterator[dict[str, Any]]:
    """Yield a bot's tickets of some days, newest first."""
    for ticket in ledger.newest_first(before=_end_of(wanted.until)):
        if ticket["created_at"][:10] < wanted.since.isoformat():
            return
        if wanted.bot in {None, ticket["bot"]}:
            yield ticket


def tally_json(counted: Tally) -> dict[str, Any]:
    """Show a tally with its averages."""
    averages = {"hit_rate": text(counted.hit_rate), "average_gain": text(counted.average_gain)}
    return {**to_json(counted), **averages}


def _row(item: Found, courses: Courses) -> dict[str, Any]:
    opinion = item.opinion
    shown = {name: getattr(opinion, name) for name in ("ticket", "bot", "symbol", "analyst", "model")}
    return {
        **shown,
        "at": timestamp(opinion.at),
        "prompt_version": opinion.prompt_version,
        "direction": opinion.thesis.direction.value,
        "entry": text(opinion.thesis.entry),
        "target": text(opinion.thesis.target),
        "stop": text(opinion.thesis.stop),
        "action": opinion.action,
        "confidence": text(opinion.confidence),
        "notional": text(opinion.notional),
        "outcome": opinion.outcome,
        "courses": [{"horizon": name} | to_json(course) for name, course in courses.items()],
    }


def _end_of(day: date) -> UUID:
    """Return the last id that a ticket of a day could have."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    return UUID(int=(int(end.timestamp()) * 1000 << 80) - 1)
