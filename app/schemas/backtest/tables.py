"""CSV as charts, testers and spreadsheets write it: headings vary, and so do the marks in numbers."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain

from app.dataclass import dataclass
from app.errors import InvalidRequest

# Dashes of three lengths stand for no number.
NOTHING = frozenset({"", "-", "\u2013", "\u2014", "n/a", "nan", "null", "open"})
# Apostrophes group thousands in Switzerland, and blanks of three widths elsewhere.
_BLANKS = re.compile(r"[\s\u00a0\u202f'\u2019]")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
# A spreadsheet that writes decimals with a comma parts cells by semicolons.
DELIMITERS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"[-\u2212]?(\d{1,3}(\.\d{3})+|\d+),\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line by its headings in small letters; `place` says where it stands.

    `has_commas`: its decimals are written with a comma, so that dots group thousands.
    """

    place: str
    cells: Mapping[str, str]
    has_commas: bool = False

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
        if self.has_commas:
            said = said.replace(".", "").replace(",", ".")
        elif _GROUPED.fullmatch(said):
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
    rest = iter(lines)
    first = next(rest, "")
    delimiter, has_commas = _delimiter(first), False
    if delimiter != ",":
        kept = list(rest)
        rest, has_commas = iter(kept), _writes_commas(csv.reader(kept, delimiter=delimiter))
    reader = csv.reader(chain([first], rest), delimiter=delimiter)
    headings = [cell.strip().lower().removeprefix("\ufeff") for cell in next(reader, [])]
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        place = f"{name}, line {reader.line_num}"
        if len(cells) > len(headings):
            raise InvalidRequest(f"{place}: it has {len(cells)} cells under {len(headings)} headings.")
        found = {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False)}
        yield Row(place, found, has_commas)


def _delimiter(first_line: str) -> str:
    """Return what parts the headings: whichever of these there is most of, a comma where there is none."""
    return max(DELIMITERS, key=first_line.count)


def _writes_commas(rows: Iterable[Sequence[str]]) -> bool:
    return any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cells in rows for cell in cells)


def headings_of(first_line: str) -> Sequence[str]:
    """Return the headings of a file's first line, in small letters."""
    line = first_line.removeprefix("\ufeff")
    found = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [cell.strip().lower() for cell in found]
