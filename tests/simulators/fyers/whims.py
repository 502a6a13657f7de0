"""What a fault does to an order that is taken."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Whims:
    """Part of an order fills, or it fills late, stays in transit, beyond its protection, or is refused later.

    `late_seconds` counts from now; None waits for the next move of the price.
    """

    fraction: Decimal | None = None
    late: bool = False
    late_seconds: float | None = None
    transit: bool = False
    mpp_pending: bool = False
    rejection: str | None = None


PLAIN = Whims()
