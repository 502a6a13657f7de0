"""What was said about an alert's entry before it is decided on: by an analyst, and by a person."""

from dataclasses import dataclass

from app.domain.opinions import Opinion
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion and an approval, where there are any.

    `assumed`: nobody was asked, and it is judged as if everybody had said yes.
    """

    opinion: Opinion | None = None
    approved: bool = False
    assumed: bool = False

    @property
    def reason(self) -> Reason | None:
        """Why the opinion is not in favour; None when it is, or when there is none."""
        return None if self.opinion is None else self.opinion.reason


NO_ADVICE = Advice()
ASSUMED = Advice(assumed=True)
