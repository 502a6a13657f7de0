"""Bars from a chart's export, or from any CSV with time, open, high, low and close."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from app.domain.bars import Bar, Series
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import InvalidRequest
from app.schemas.backtest.moments import moment
from app.schemas.backtest.tables import Row, headings_of, read_rows

TIMES = ("time", "date", "datetime", "timestamp", "date/time", "date and time")
PRICES = ("open", "high", "low", "close")
_INTERVAL = re.compile(r",\s*[^,]*$")
_COPY = re.compile(r"\s*\(\d+\)$")
_ENDING = re.compile(r"\.[A-Za-z]{1,4}$")


def is_bars(first_line: str) -> bool:
    """Tell a file of bars by its headings."""
    return set(PRICES) <= set(headings_of(first_line))


def read_bars(
    lines: Iterable[str], name: str, zone: tzinfo, symbol: str | None = None, span: timedelta | None = None
) -> dict[str, Series]:
    """Return the bars of a file by canonical symbol; raise InvalidRequest at the first bad line.

    The symbol is the one that was given, else the file's own column, else its name (`NASDAQ_AAPL, 5.csv`).
    How long bars are is given, or told by the step that comes most often.
    """
    found: dict[str, dict[datetime, Bar]] = {}
    for row in read_rows(lines, name):
        named = symbol if symbol is not None else row.text("symbol", "ticker")
        bars = found.setdefault(canonical_symbol(named) if named else symbol_of_file(name), {})
        bar = _bar(row, zone)
        if bar is None:
            continue
        if bar.at in bars:
            raise InvalidRequest(f"{row.place}: there is a bar at that time already.")
        bars[bar.at] = bar
    if not found:
        raise InvalidRequest(f"{name} has no bars.")
    return {symbol: _series([bars[at] for at in sorted(bars)], name, span) for symbol, bars in found.items()}


def names_its_symbol(first_line: str) -> bool:
    """Tell whether a file says in each line what its bars are of."""
    return bool({"symbol", "ticker"} & set(headings_of(first_line)))


def canonical_symbol(text: str) -> str:
    """Return a symbol as orders name it; raise InvalidRequest."""
    exchange, _, ticker = text.rpartition(":")
    try:
        return parse_symbol(ticker, exchange=exchange or None).symbol
    except SymbolRefused as error:
        raise InvalidRequest(f"{text} is not a symbol that we know.") from error


def symbol_of_file(name: str) -> str:
    """Return the symbol that a chart's export has in its name; raise InvalidRequest where it tells none."""
    stem = _INTERVAL.sub("", _COPY.sub("", _ENDING.sub("", name))).strip()
    exchange, _, ticker = stem.rpartition("_")
    if ticker != ticker.upper():
        # A word, and no ticker.
        ticker = stem = ""
    for text in (f"{exchange}:{ticker}" if exchange else ticker, stem):
        try:
            return canonical_symbol(text)
        except InvalidRequest:
            continue
    ways = f"name it as SYMBOL={name}, or fill in the symbol of a job"
    raise InvalidRequest(f"{name} does not say whose bars it has: {ways}.")


def _bar(row: Row, zone: tzinfo) -> Bar | None:
    """Read a bar; None for one without prices, as charts write them for times without trading."""
    if all(row.number(name) is None for name in PRICES):
        return None
    first, high, low, last = (row.price(name) for name in PRICES)
    bar = Bar(moment(row.text(*TIMES), zone, row.place), first, high, low, last, row.number("volume"))
    if not bar.is_sound:
        raise InvalidRequest(f"{row.place}: its prices do not fit each other.")
    return bar


def _series(bars: Sequence[Bar], name: str, span: timedelta | None) -> Series:
    if span is None:
        span = _common_step(bars, name)
    return Series(tuple(bars), span, bars[0].at, bars[-1].at + span)


def _common_step(bars: Sequence[Bar], name: str) -> timedelta:
    steps = Counter(later.at - earlier.at for earlier, later in pairwise(bars))
    if not steps:
        raise InvalidRequest(f"{name} has one bar of a symbol, so how long a bar is cannot be told.")
    return min(steps, key=lambda step: (-steps[step], step))
