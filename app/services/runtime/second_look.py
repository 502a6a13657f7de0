"""Whether what a broker no longer shows is really gone: one empty answer is no proof."""

from collections.abc import Hashable
from dataclasses import field
from datetime import datetime, timedelta

from app.clock import Clock
from app.dataclass import dataclass

# Longer than a broker's list lags behind its fills, and than one failed answer of a server behind it lasts.
APART = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Remembers, in memory, since when something was missing; a restart only makes it wait for longer.

    What was missing counts once a later look, `APART` from the first, has missed it too and none between the
    two has seen it.
    """

    clock: Clock
    _missed: dict[Hashable, tuple[datetime, Hashable]] = field(default_factory=dict, init=False)

    def confirms(self, thing: Hashable, figures: Hashable = None) -> bool:
        """Hear that something is missing, and how the figures are; tell whether that may be acted on."""
        now = self.clock()
        first, before = self._missed.get(thing, (now, figures))
        if first > now or before != figures:
            # The clock was set back, or the first look saw another difference: this one is new.
            first = now
        self._missed[thing] = first, figures
        return now - first >= APART

    def saw(self, thing: Hashable) -> None:
        """Hear that something is there, or that nobody asks about it any more."""
        self._missed.pop(thing, None)
