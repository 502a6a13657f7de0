"""The day on which a bot's structure shall expire, among those that are listed."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.domain.structures.legs import StructureRefused

# How much later the second expiry of a calendar is looked for: the next month of options.
CALENDAR_GAP = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class ExpiryTerms:
    """Days to expiry as a bot wants them; None as a bound is no bound."""

    wanted: int
    least: int | None = None
    most: int | None = None

    def allows(self, days: int) -> bool:
        """Tell whether a number of days lies within the bounds, ends included."""
        return (self.least is None or days >= self.least) and (self.most is None or days <= self.most)


def choose_expiry_day(listed: Sequence[date], terms: ExpiryTerms, today: date) -> date:
    """Return the listed day whose distance is nearest to the wanted; of two alike the earlier one.

    `today` is the exchange's. Raise StructureRefused DTE_OUT_OF_RANGE, naming what is listed.
    """
    days = [day for day in sorted(set(listed)) if day >= today and terms.allows((day - today).days)]
    if not days:
        raise StructureRefused(Reason.DTE_OUT_OF_RANGE, _none(listed, terms, today))
    return min(days, key=lambda day: (abs((day - today).days - terms.wanted), day))


def later_expiry(listed: Sequence[date], near: date) -> date:
    """Return the second expiry of a calendar: the listed one nearest to four weeks after the first."""
    days = [day for day in sorted(set(listed)) if day > near]
    if not days:
        raise StructureRefused(Reason.DTE_OUT_OF_RANGE, f"Nothing is listed that expires after {near}.")
    return min(days, key=lambda day: (abs(day - near - CALENDAR_GAP), day))


def nearest_day(listed: Sequence[date], wanted: date, longest: int) -> date:
    """Return the listed day nearest to a given one; of two alike the earlier.

    Raise StructureRefused EXPIRY_TOO_FAR where it is more than `longest` days away.
    """
    found = min(sorted(set(listed)), key=lambda day: abs(day - wanted), default=None)
    if found is None or abs(found - wanted).days > longest:
        nearest = "none is listed" if found is None else f"the nearest is {found}"
        raise StructureRefused(
            Reason.EXPIRY_TOO_FAR, f"No expiry within {longest} days of {wanted}; {nearest}."
        )
    return found


def _none(listed: Sequence[date], terms: ExpiryTerms, today: date) -> str:
    least = 0 if terms.least is None else terms.least
    most = "any" if terms.most is None else terms.most
    there = ", ".join(str((day - today).days) for day in sorted(set(listed)) if day >= today) or "none"
    return f"Days to expiry listed: {there}; wanted: {least} to {most}."
