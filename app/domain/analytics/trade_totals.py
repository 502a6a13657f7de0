"""What trades brought over several days: the same sums as a day's, and each day's by bot and account."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from app.domain.analytics.performance import NO_TRADES, TradeKind, TradeSums, read_row, row_of

Has = Callable[[str, str], bool]
Key = TypeVar("Key")
_Rows = Iterable[list[Any]]


class Totals(NamedTuple):
    """Trades by what they were, and by the day on which they went flat."""

    kinds: dict[TradeKind, TradeSums]
    days: dict[tuple[date, TradeKind], TradeSums]


def trade_summary(day: date, sums: Mapping[TradeKind, TradeSums]) -> dict[str, Any]:
    """Return what the trades come to that went flat on a day."""
    of_day: dict[TradeKind, TradeSums] = {}
    for kind, each in sums.items():
        whose = kind._replace(symbol="", structure=None)
        of_day[whose] = of_day.get(whose, NO_TRADES) + each
    return {"sums": _rows(sums), "days": {day.isoformat(): _rows(of_day)} if of_day else {}}


def joined(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all that others are of."""
    found = list(summaries)
    sums = _added(read_row(*row) for summary in found for row in summary["sums"])
    return {"sums": _rows(sums), "days": {day: rows for each in found for day, rows in each["days"].items()}}


def together(summaries: Iterable[dict[str, Any]], has: Has) -> Totals:
    """Return the totals of the bots and brokers that are wanted."""
    found = list(summaries)
    kinds = _added(_wanted((row for summary in found for row in summary["sums"]), has))
    days = {
        (date.fromisoformat(day), kind): sums
        for summary in found
        for day, rows in summary["days"].items()
        for kind, sums in _wanted(rows, has)
    }
    return Totals(kinds, days)


def count_closed(summaries: Iterable[dict[str, Any]], has: Has) -> int:
    """Return how many trades went flat."""
    days = (rows for summary in summaries for rows in summary["days"].values())
    return sum(sums.trades for rows in days for _, sums in _wanted(rows, has))


def _wanted(rows: _Rows, has: Has) -> Iterator[tuple[TradeKind, TradeSums]]:
    return (read_row(*row) for row in rows if has(row[0], row[1]))


def _added(rows: Iterable[tuple[TradeKind, TradeSums]]) -> dict[TradeKind, TradeSums]:
    found: dict[TradeKind, TradeSums] = {}
    for kind, sums in rows:
        known = found.get(kind)
        found[kind] = sums if known is None else known + sums
    return found


def _rows(sums: Mapping[TradeKind, TradeSums]) -> list[list[Any]]:
    return [row_of(kind, each) for kind, each in sums.items()]
