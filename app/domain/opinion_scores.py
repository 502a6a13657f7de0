"""What opinions were worth: counted and averaged, with nothing made up for prices that are not known."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.opinions import Action
from app.domain.price_outcomes import STEP, First, PriceOutcome, Thesis

NONE = "none"
# Below a half there is little to tell apart.
_EDGES = tuple(Decimal(tenth) / 10 for tenth in (0, 5, 6, 7, 8, 9))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOpinion:
    """An opinion on a ticket and what came of it; `action` None: there was no decision.

    `outcome` is `ordered`, `dry_run`, or the ticket's state with the reason why no entry was ordered.
    """

    ticket: str
    bot: str
    symbol: str
    at: datetime
    thesis: Thesis
    analyst: str
    model: str
    prompt_version: str | None
    action: Action | None
    confidence: Decimal | None
    notional: Decimal | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ScoredOpinion:
    """An opinion beside what the price did."""

    opinion: PastOpinion
    course: PriceOutcome


@dataclass(frozen=True, slots=True)
class Tally:
    """What some opinions came to; gains are fractions, of the priced ones alone.

    `right`: the price had moved the thesis's way at the horizon, whether anybody traded on it or not.
    """

    opinions: int = 0
    priced: int = 0
    right: int = 0
    total_gain: Decimal = ZERO
    targets: int = 0
    stops: int = 0
    neither: int = 0
    ambiguous: int = 0

    @property
    def hit_rate(self) -> Decimal | None:
        """The fraction that was right; None where no price is known."""
        return _average(Decimal(self.right), self.priced)

    @property
    def average_gain(self) -> Decimal | None:
        """What one of them gained; None where no price is known."""
        return _average(self.total_gain, self.priced)


def tally(judged: Iterable[ScoredOpinion]) -> Tally:
    """Count and add up."""
    courses = [item.course for item in judged]
    gains = [course.gain for course in courses if course.gain is not None]
    first = Counter(course.first for course in courses)
    return Tally(
        opinions=len(courses),
        priced=len(gains),
        right=sum(gain > ZERO for gain in gains),
        total_gain=sum(gains, ZERO),
        targets=first[First.TARGET],
        stops=first[First.STOP],
        neither=first[First.NEITHER],
        ambiguous=sum(course.ambiguous for course in courses),
    )


def missing(judged: Iterable[ScoredOpinion]) -> dict[str, int]:
    """Count the prices that are not known, by why."""
    found = Counter(item.course.missing.value for item in judged if item.course.missing is not None)
    return dict(sorted(found.items()))


def confidence_bucket(confidence: Decimal | None) -> str:
    """Return the stretch in which a confidence lies: its lower end belongs to it, and 1 to the last."""
    if confidence is None:
        return NONE
    place = max(place for place, edge in enumerate(_EDGES) if edge <= max(confidence, ZERO))
    upper = _EDGES[place + 1] if place + 1 < len(_EDGES) else Decimal(1)
    return f"{_EDGES[place]:.1f}-{upper:.1f}"


GROUPINGS: dict[str, Callable[[PastOpinion], str]] = {
    "action": lambda opinion: opinion.action.value if opinion.action is not None else NONE,
    "confidence": lambda opinion: confidence_bucket(opinion.confidence),
    "model": lambda opinion: f"{opinion.analyst} {opinion.model}",
    "prompt": lambda opinion: opinion.prompt_version or NONE,
    "outcome": lambda opinion: opinion.outcome,
}


def grouped(judged: Sequence[ScoredOpinion], name: str) -> dict[str, Tally]:
    """Return a tally for each action, confidence, model, prompt or outcome, in the order of their names."""
    groups: dict[str, list[ScoredOpinion]] = defaultdict(list)
    for item in judged:
        groups[GROUPINGS[name](item.opinion)].append(item)
    return {key: tally(groups[key]) for key in sorted(groups)}


def _average(total: Decimal, count: int) -> Decimal | None:
    return (total / count).quantize(STEP) if count else None
