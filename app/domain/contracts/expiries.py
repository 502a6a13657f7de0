"""Expiries as alerts write them: a date in words of its own, or a place among those to come."""

import re
from datetime import date, datetime, time

from app.domain.contracts.index import ContractIndex
from app.domain.contracts.listed import IST, ContractRefused
from app.domain.reasons import Reason

# Options that expire today can be traded until then.
LAST_TRADE = time(15, 30)
NEIGHBOURS = 4
_LONGEST = 20
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})([- /]?)([A-Z]{3})\2(\d{4}|\d{2})", re.ASCII)
_NUMBERED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_NTH = {"WEEKLY": 0, "NEXT": 1}


def choose_expiry(index: ContractIndex, underlying: str, text: str, now: datetime) -> date:
    """Return the listed expiry that is meant at `now`; raise ContractRefused."""
    days = [day for day in index.expiries(underlying) if not has_passed(day, now)]
    word = text.strip().upper() if isinstance(text, str) else ""
    if word == "MONTHLY":
        days = [day for day in days if index.is_monthly(underlying, day)]
    elif word == "WEEKLY":
        _refuse_where_monthly_only(index, underlying, days)
    place = 0 if word == "MONTHLY" else _NTH.get(word)
    if place is None:
        return _listed(underlying, read_date(word), days)
    if place >= len(days):
        raise ContractRefused(Reason.CONTRACT_UNKNOWN, f"{underlying} has no {word.lower()} expiry listed.")
    return days[place]


def _refuse_where_monthly_only(index: ContractIndex, underlying: str, days: list[date]) -> None:
    """Refuse `weekly` where no week has an expiry of its own: a month is another trade than a week.

    The last expiry of a month is the week's own where other weeks have theirs.
    """
    if days and all(index.is_monthly(underlying, day) for day in index.expiries(underlying)):
        message = f"{underlying} has no weekly expiry listed; write monthly for the nearest, {days[0]}."
        raise ContractRefused(Reason.CONTRACT_UNKNOWN, message)


def has_passed(expiry: date, now: datetime) -> bool:
    """True once options of that day can no longer be traded."""
    return now >= datetime.combine(expiry, LAST_TRADE, IST)


def read_date(text: str) -> date:
    """Read YYYY-MM-DD, DD-MMM-YYYY, DDMMMYY and the like; refuse what could be two days."""
    for read in (_iso, _named, _numbered):
        try:
            day = read(text.strip().upper())
        except ValueError as error:
            raise _malformed(text, "is not a day of the calendar") from error
        if day is not None:
            return day
    raise _malformed(text, "is not an expiry: YYYY-MM-DD, DD-MMM-YYYY, DDMMMYY, weekly, next or monthly")


def _iso(text: str) -> date | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    return None if match is None else date(int(match[1]), int(match[2]), int(match[3]))


def _named(text: str) -> date | None:
    match = _NAMED.fullmatch(text)
    if match is None or match[3] not in _MONTHS:
        return None
    year = int(match[4]) if len(match[4]) == len("2026") else 2000 + int(match[4])
    return date(year, _MONTHS.index(match[3]) + 1, int(match[1]))


def _numbered(text: str) -> date | None:
    match = _NUMBERED.fullmatch(text)
    if match is None:
        return None
    day, month, year = int(match[1]), int(match[3]), int(match[4])
    if day != month and day <= len(_MONTHS):
        # Americans write the month first.
        raise _malformed(text, f"may be two days; write {year}-{month:02}-{day:02}")
    return date(year, month, day)


def _listed(underlying: str, wanted: date, days: list[date]) -> date:
    if wanted in days:
        return wanted
    near = sorted(sorted(days, key=lambda day: abs((day - wanted).days))[:NEIGHBOURS])
    names = f"the nearest are {', '.join(map(str, near))}" if near else "none is listed"
    raise ContractRefused(
        Reason.CONTRACT_UNKNOWN, f"{underlying} has no options that expire on {wanted}; {names}."
    )


def _malformed(text: str, what: str) -> ContractRefused:
    return ContractRefused(Reason.CONTRACT_MALFORMED, f"{text[:_LONGEST]!a} {what}.")
