"""The second look at what a broker no longer shows, over restarts: the first one is in the store."""

from app.clock import Clock
from app.dataclass import dataclass
from app.repositories.missed_things import KeptMissedThings, Missed
from app.services.runtime.second_look import APART


@dataclass(frozen=True, slots=True)
class KeptLook:
    """Like `SecondLook`; whichever process looks next goes on from the first look.

    What was missing counts once a later look, `APART` from the first, has missed it too and none between the
    two has seen it.
    """

    clock: Clock
    kept: KeptMissedThings

    def confirms(self, thing: str, figures: str = "") -> bool:
        """Hear that something is missing, and how the figures are; tell whether that may be acted on."""
        now, known = self.clock(), self.kept.read().get(thing)
        if known is None or known.since > now or known.figures != figures:
            # The clock was set back, or the first look saw another difference: this one is new.
            self.kept.miss(thing, Missed(now, figures))
            return False
        return now - known.since >= APART

    def saw(self, *things: str) -> None:
        """Hear that things are there, or that nobody asks about them any more."""
        known = self.kept.read()
        there = [thing for thing in things if thing in known]
        if there:
            self.kept.forget(*there)
