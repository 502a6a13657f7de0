"""The kill switch: whether alerts may trade."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
