"""What was said about an alert's entry before it is decided on: by an analyst, and by a person."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import ZERO
from app.domain.opinions import Opinion
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion and an approval, where there are any.

    `assumed`: nobody was asked, and it is judged as if everybody had said yes. `approved_value` and
    `approved_quantity` are what a person has seen: an entry may be larger than one of them, not than both.
    """

    opinion: Opinion | None = None
    approved: bool = False
    assumed: bool = False
    approved_value: Decimal | None = None
    approved_quantity: Decimal | None = None

    @property
    def reason(self) -> Reason | None:
        """Why the opinion is not in favour; None when it is, or when there is none."""
        return None if self.opinion is None else self.opinion.reason

    def most(self, unit_value: Decimal) -> Decimal | None:
        """Return what an entry may be worth by a person's word; None is no limit."""
        if self.approved_value is None:
            return None
        return max(self.approved_value, (self.approved_quantity or ZERO) * unit_value)


NO_ADVICE = Advice()
ASSUMED = Advice(assumed=True)
