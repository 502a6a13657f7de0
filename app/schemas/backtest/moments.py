"""Times as charts, testers and spreadsheets write them: they may name no zone, and days in any order."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from itertools import product

from app.errors import InvalidRequest

MILLISECONDS_FROM = 10**10
# Days as people write them, where the order cannot be mistaken: `Jun 2, 2026` without its comma.
_DAYS = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d")
_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_EPOCH = re.compile(r"\d{9,}(\.\d+)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
LAST_MONTH = 12
# Whatever is played gets a number of its time, and begins a day before its first bar perhaps.
FIRST_SECOND = datetime(1970, 1, 2, tzinfo=UTC).timestamp()
LAST_SECOND = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
PLAYABLE = "1970-01-02 and 2100"


def moment(said: str, zone: tzinfo, place: str, *, day_first: bool | None = None) -> datetime:
    """Read epoch seconds or milliseconds, ISO 8601, or a day as people write it; raise InvalidRequest.

    It is the zone's where it names none. Of `6/2/2026` one must know which comes first.
    """
    text = said.strip()
    if _SLASHED.match(text) and day_first is None:
        raise InvalidRequest(f"{place}: {text[:40]!r} may be two days; write it like 2026-06-02 14:30.")
    try:
        found = _read(text, day_first=day_first)
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(f"{place}: {text[:40]!r} is not a time like 2026-06-02 14:30.") from None
    found = found if found.tzinfo is not None else found.replace(tzinfo=zone)
    if not FIRST_SECOND <= found.timestamp() < LAST_SECOND:
        raise InvalidRequest(f"{place}: {text[:40]!r} is not between {PLAYABLE}.")
    return found.astimezone(UTC)


def days_come_first(times: Iterable[str]) -> bool | None:
    """Tell whether `6/2/2026` is in February, by another time of the same file; None where none tells."""
    for text in times:
        slashed = _SLASHED.match(text.strip())
        if slashed is not None and max(int(slashed[1]), int(slashed[2])) > LAST_MONTH:
            return int(slashed[1]) > LAST_MONTH
    return None


def _read(text: str, *, day_first: bool | None) -> datetime:
    if _EPOCH.fullmatch(text):
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS_FROM else number, UTC)
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    plain = " ".join(text.replace(",", " ").split())
    slashed = _DAY_FIRST if day_first else _MONTH_FIRST
    for day, time in product((*_DAYS, slashed), _TIMES):
        with suppress(ValueError):
            return datetime.strptime(plain, day + time)  # noqa: DTZ007  # the caller gives it its zone
    raise ValueError(text)
