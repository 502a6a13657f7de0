"""The kill switch: whether alerts may trade."""

from datetime import datetime
from enum import StrEnum

from app.dataclass import dataclass


class TradingState(StrEnum):
    """What alerts may do; protective exits and the operator act in every state."""

    ACTIVE = "ACTIVE"
    REDUCING = "REDUCING"
    HALTED = "HALTED"


@dataclass(frozen=True, slots=True)
class StateSwitch:
    """A trading state with its reason; after `until` (UTC) it is ACTIVE again by itself."""

    state: TradingState = TradingState.ACTIVE
    reason: str | None = None
    until: datetime | None = None

    def at(self, now: datetime) -> TradingState:
        """Return the state that holds at a moment."""
        if self.until is not None and now >= self.until:
            return TradingState.ACTIVE
        return self.state

    def seen_at(self, now: datetime) -> "StateSwitch":
        """Return the switch as it stands at a moment: one whose time is over is as if it was never thrown."""
        return self if self.at(now) is self.state else StateSwitch()
