"""Bars as CSV: `symbol,time,open,high,low,close` and, if known, `volume`; a heading is optional."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from marshmallow import ValidationError

from app.domain.bars import Bar, BarTable
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import InvalidRequest
from app.schemas.moments import iso_moment

_WIDTHS = (6, 7)


def read_bar_rows(lines: Iterable[str]) -> BarTable:
    """Read every row; raise InvalidRequest at a bad one.

    A time is a bar's beginning, in UTC where it names no offset. How long bars are is told by the two of one
    symbol that lie closest together.
    """
    found: dict[str, dict[datetime, Bar]] = defaultdict(dict)
    for number, row in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip() for cell in row]
        if any(cells) and not (number == 1 and cells[-1].lower() in {"close", "volume"}):
            symbol, bar = _read_row(number, cells)
            if bar.at in found[symbol]:
                raise InvalidRequest(f"Line {number} is a second bar of {symbol} at that time.")
            found[symbol][bar.at] = bar
    bars = {symbol: tuple(rows[at] for at in sorted(rows)) for symbol, rows in found.items()}
    return _table(bars)


def _table(bars: dict[str, tuple[Bar, ...]]) -> BarTable:
    gaps = [later.at - earlier.at for rows in bars.values() for earlier, later in pairwise(rows)]
    if not gaps:
        raise InvalidRequest("The file has no two bars of one symbol, so how long a bar is cannot be told.")
    times = [bar.at for rows in bars.values() for bar in (rows[0], rows[-1])]
    return BarTable(bars, min(gaps), min(times), max(times) + min(gaps))


def _read_row(number: int, cells: list[str]) -> tuple[str, Bar]:
    if len(cells) not in _WIDTHS:
        raise InvalidRequest(f"Line {number} is not symbol,time,open,high,low,close and perhaps volume.")
    try:
        at = iso_moment(cells[1])
        first, high, low, last = map(Decimal, cells[2:6])
        volume = Decimal(cells[6]) if cells[6:] and cells[6] else None
        bar = Bar(at, first, high, low, last, volume)
        symbol = parse_symbol(cells[0]).symbol
        # NaN compares to nothing.
        is_sound = all(price.is_finite() for price in (first, high, low, last)) and bar.is_sound
    except (InvalidOperation, ValidationError, SymbolRefused) as error:
        raise InvalidRequest(f"Line {number} does not hold a symbol, a time and numbers.") from error
    if not is_sound:
        raise InvalidRequest(f"Line {number} has prices that do not fit each other.")
    return symbol, bar
