"""Whether opinions were as good as they were sure of themselves."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.dataclass import dataclass
from app.domain.opinions import Action
from app.domain.orders import OrderRole


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
