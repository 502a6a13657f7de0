"""CSV as charts and testers write it: headings vary, times may name no zone, numbers have blanks."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from app.errors import InvalidRequest

MILLISECONDS_FROM = 10**10
# Dashes of three lengths stand for no number.
NOTHING = frozenset({"", "-", "\u2013", "\u2014", "n/a", "nan", "null", "open"})
_BLANKS = re.compile(r"[\s\u00a0\u202f]")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_EPOCH = re.compile(r"\d{9,}(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One line by its headings in small letters; `place` says where it stands."""

    place: str
    cells: Mapping[str, str]

    def text(self, *names: str) -> str:
        """Return the first of these cells that is there, by its heading or what the heading begins with."""
        for name in names:
            for heading, cell in self.cells.items():
                if heading == name or heading.startswith(f"{name} "):
                    return cell
        return ""

    def number(self, *names: str) -> Decimal | None:
        """Return a number; None where the cell is empty or says so; raise InvalidRequest."""
        said = _BLANKS.sub("", self.text(*names)).replace("\u2212", "-")
        if said.lower() in NOTHING:
            return None
        if _GROUPED.fullmatch(said):
            said = said.replace(",", "")
        try:
            value = Decimal(said)
        except InvalidOperation:
            raise InvalidRequest(f"{self.place}: {said[:20]!r} under {names[0]} is not a number.") from None
        return value if value.is_finite() else None

    def price(self, name: str) -> Decimal:
        """Return a number above zero; raise InvalidRequest."""
        value = self.number(name)
        if value is None or value <= 0:
            raise InvalidRequest(f"{self.place}: {name} is not a price.")
        return value


def read_rows(lines: Iterable[str], name: str) -> Iterator[Row]:
    """Yield the lines below the headings; raise InvalidRequest for one with more cells than headings."""
    reader = csv.reader(lines)
    headings = [cell.strip().lower().removeprefix("\ufeff") for cell in next(reader, [])]
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        place = f"{name}, line {reader.line_num}"
        if len(cells) > len(headings):
            raise InvalidRequest(f"{place}: it has {len(cells)} cells under {len(headings)} headings.")
        yield Row(place, {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False)})


def headings_of(first_line: str) -> Sequence[str]:
    """Return the headings of a file's first line, in small letters."""
    found = next(csv.reader([first_line.removeprefix("\ufeff")]), [])
    return [cell.strip().lower() for cell in found]


def moment(said: str, zone: tzinfo, place: str) -> datetime:
    """Read epoch seconds or milliseconds, or an ISO 8601 time, which is the zone's where it names none."""
    text = said.strip()
    try:
        if _EPOCH.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS_FROM else number, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(f"{place}: {text[:40]!r} is not a time like 2026-06-02 14:30.") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
