"""Whether opinions were as good as they were sure of themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.analytics.ratios import ratio
from app.domain.money import ONE, ZERO
from app.domain.opinions import Action
from app.domain.orders import OrderRole

TENTH = Decimal("0.1")


class Fate(StrEnum):
    """What became of an opinion: an entry was ordered, the analyst was against it, or something else was."""

    FOLLOWED = "followed"
    SKIPPED = "skipped"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class GivenOpinion:
    """An opinion on a ticket; `confidence` None: there was no decision."""

    ticket: str
    fate: Fate
    action: Action | None
    confidence: Decimal | None
    tokens: int = 0

    def to_json(self) -> list[Any]:
        """Return the opinion as it is stored."""
        confidence = None if self.confidence is None else format(self.confidence, "f")
        return [self.ticket, self.fate.value, self.action and self.action.value, confidence, self.tokens]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> "GivenOpinion":
        """Take up an opinion that was stored."""
        ticket, fate, action, confidence, tokens = data
        return cls(
            ticket,
            Fate(fate),
            None if action is None else Action(action),
            None if confidence is None else Decimal(confidence),
            tokens,
        )


@dataclass(frozen=True, slots=True)
class Reliability:
    """Opinions that were for a trade, of one tenth of confidence; `known` of them have an outcome.

    `rate` is the fraction of those that were right, which is what confidence promises.
    """

    lower: Decimal
    upper: Decimal
    opinions: int
    known: int
    right: int
    rate: Decimal | None
    confidence: Decimal | None


@dataclass(frozen=True, slots=True)
class FateGain:
    """What opinions of one fate brought on average, as a fraction, of those with a known outcome."""

    opinions: int
    known: int
    average_gain: Decimal | None


def given_opinion(ticket: dict[str, Any]) -> GivenOpinion | None:
    """Return the opinion that a ticket tells of; raise ValueError or its like where it is none."""
    said = ticket["opinion"]
    if said is None:
        return None
    decision = said.get("decision")
    action = None if decision is None else Action(decision["action"])
    is_entered = any(order.get("role") == OrderRole.ENTRY for order in ticket["orders"])
    against = action in {None, Action.SKIP}
    fate = Fate.FOLLOWED if is_entered else Fate.SKIPPED if against else Fate.DENIED
    confidence = None if decision is None else Decimal(str(decision["confidence"]))
    tokens = (said.get("usage") or {}).get("total_tokens", 0)
    return GivenOpinion(ticket["id"], fate, action, confidence, tokens)


# An opinion and what came of it, as a fraction; None where nobody knows.
Outcome = tuple[GivenOpinion, Decimal | None]


def reliability(outcomes: Iterable[Outcome]) -> list[Reliability]:
    """Return each tenth of confidence, the lowest first; its lower end belongs to it, and 1 to the last."""
    groups: list[list[tuple[Decimal, Decimal | None]]] = [[] for _ in range(10)]
    for confidence, gain in _for_a_trade(outcomes):
        groups[min(int(confidence / TENTH), 9)].append((confidence, gain))
    return [_tenth(place, group) for place, group in enumerate(groups)]


def brier_score(outcomes: Iterable[Outcome]) -> Decimal | None:
    """Return the mean square of confidence less outcome (1 right, 0 wrong); None without any."""
    known = [(confidence, gain) for confidence, gain in _for_a_trade(outcomes) if gain is not None]
    squares = (((ONE if gain > ZERO else ZERO) - confidence) ** 2 for confidence, gain in known)
    return ratio(sum(squares, ZERO), len(known))


def gains_by_fate(outcomes: Sequence[Outcome]) -> dict[Fate, FateGain]:
    """Return what followed, skipped and denied opinions brought."""
    found: dict[Fate, FateGain] = {}
    for fate in Fate:
        gains = [gain for opinion, gain in outcomes if opinion.fate is fate]
        known = [gain for gain in gains if gain is not None]
        found[fate] = FateGain(len(gains), len(known), ratio(sum(known, ZERO), len(known)))
    return found


def _for_a_trade(outcomes: Iterable[Outcome]) -> Iterable[tuple[Decimal, Decimal | None]]:
    """Yield confidence and outcome; one against a trade promises nothing about its gain."""
    for opinion, gain in outcomes:
        if opinion.confidence is not None and opinion.action is not Action.SKIP:
            yield opinion.confidence, gain


def _tenth(place: int, group: list[tuple[Decimal, Decimal | None]]) -> Reliability:
    known = [gain for _, gain in group if gain is not None]
    right = sum(gain > ZERO for gain in known)
    confidence = ratio(sum((each for each, _ in group), ZERO), len(group))
    lower, rate = TENTH * place, ratio(right, len(known))
    return Reliability(lower, lower + TENTH, len(group), len(known), right, rate, confidence)
