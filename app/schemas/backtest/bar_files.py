"""Bars as a file that can be read again: CSV with the symbol in a column."""

import csv
import io
from collections.abc import Iterable

from app.domain.bars import Bar
from app.domain.json_codec import timestamp

HEADINGS = ("symbol", "time", "open", "high", "low", "close", "volume")


def bars_as_csv(symbol: str, bars: Iterable[Bar]) -> str:
    """Return bars as text, to the last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    for bar in bars:
        figures = (bar.open, bar.high, bar.low, bar.close, bar.volume)
        row = ("" if figure is None else f"{figure:f}" for figure in figures)
        writer.writerow((symbol, timestamp(bar.at), *row))
    return text.getvalue()
