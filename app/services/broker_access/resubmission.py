"""Whether what may be at a broker already is sent again: never blindly, and decided in one place.

This is about orders. A cancel or a change asked for again does nothing new: its caller looks at how the
order stands first.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.capabilities import Capabilities


class Resubmission(StrEnum):
    """What is done about an order that may have been sent."""

    TAKE_UP = "take_up"  # the broker has it: it is followed from now on
    SEND = "send"  # under the same id, which the broker takes once: it cannot become two orders
    WAIT = "wait"  # the broker may show it yet
    NEVER = "never"  # it counts as never placed; whatever follows is another order


@dataclass(frozen=True, slots=True)
class ResubmissionPolicy:
    """Decide by what the broker shows; it may need `grace` to show an order that it took."""

    clock: Clock
    grace: timedelta

    def may_appear(self, since: datetime, within: timedelta | None = None) -> bool:
        """Tell whether an order sent at a time, or seen then, is too young to be given up."""
        # A clock that was set back makes this wait longer: an order given up too early is sent twice.
        return self.clock() - since <= (self.grace if within is None else within)

    def judge(
        self, capabilities: Capabilities, *, is_shown: bool, may_appear: bool, is_wanted: bool = True
    ) -> Resubmission:
        """Decide on an order that the broker shows or not; `is_wanted`: just this would be sent again."""
        if is_shown:
            return Resubmission.TAKE_UP
        if is_wanted and capabilities.unique_client_order_ids:
            # Not shown is not proof; but the same id twice is one order at most, so waiting gains nothing.
            return Resubmission.SEND
        return Resubmission.WAIT if may_appear else Resubmission.NEVER
