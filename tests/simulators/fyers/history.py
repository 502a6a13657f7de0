"""Past prices below /data/history: candles of one symbol, as much of them at once as Fyers tells."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.simulators.fyers.clock import IST
from tests.simulators.fyers.instruments import Listing
from tests.simulators.fyers.refusals import invalid, unknown_symbol

DAY_SECONDS = 86_400
DAYS = frozenset({"D", "1D", "Day"})
MINUTES = frozenset({"1", "2", "3", "5", "10", "15", "20", "30", "60", "120", "240"})
REQUIRED = {"symbol", "resolution", "date_format", "range_from", "range_to"}
KNOWN = REQUIRED | {"cont_flag", "oi_flag"}
MOST_DAYS, MOST_DAYS_OF_DAYS = 100, 366


class History:
    """Minutes that were written down, by symbol."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._minutes: dict[str, list[tuple[int, Decimal]]] = {}

    def record(self, symbol: str, rows: Iterable[tuple[datetime, Decimal]]) -> None:
        """Let a symbol have traded at a price for a minute."""
        self._minutes.setdefault(symbol, []).extend((int(at.timestamp()), price) for at, price in rows)

    def candles(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer /history; raise Refused."""
        start, end = self._checked(query)
        if self._listing.find(query["symbol"]) is None:
            raise unknown_symbol()
        minutes = self._minutes.get(query["symbol"], [])
        grouped = groupby(minutes, lambda minute: begin(minute[0], query["resolution"]))
        found = [candle(at, [price for _, price in group]) for at, group in grouped if start <= at <= end]
        if not found:
            return {"s": "no_data", "code": 200, "message": "", "candles": []}
        return {"s": "ok", "code": 200, "message": "", "candles": found}

    def _checked(self, query: Mapping[str, str]) -> tuple[int, int]:
        if not REQUIRED <= set(query) <= KNOWN:
            raise invalid("Invalid input provided")
        is_daily = query["resolution"] in DAYS
        if not is_daily and query["resolution"] not in MINUTES:
            raise invalid("Invalid resolution provided")
        if query.get("cont_flag", "0") not in {"0", "1"} or query["date_format"] not in {"0", "1"}:
            raise invalid("Invalid date_format or cont_flag provided")
        try:
            start, end = (moment(query[name], query["date_format"]) for name in ("range_from", "range_to"))
        except ValueError:
            raise invalid("Invalid range provided") from None
        most = MOST_DAYS_OF_DAYS if is_daily else MOST_DAYS
        if not 0 <= end - start <= most * DAY_SECONDS:
            raise invalid(f"Range must be within {most} days")
        return start, end


def moment(text: str, form: str) -> int:
    """Return epoch seconds; raise ValueError."""
    return (
        int(text) if form == "0" else int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    )


def begin(at: int, resolution: str) -> int:
    """Return when the candle began that a minute belongs to: intraday ones are counted from the opening."""
    day = datetime.fromtimestamp(at, IST).replace(hour=0, minute=0, second=0)
    if resolution in DAYS:
        # A day is stamped with its midnight in UTC.
        return int(day.replace(tzinfo=UTC).timestamp())
    opened = int(day.replace(hour=9, minute=15).timestamp())
    return at - (at - opened) % (int(resolution) * 60)


def candle(at: int, prices: list[Decimal]) -> list[float]:
    return [at, *map(float, (prices[0], max(prices), min(prices), prices[-1])), 100 * len(prices)]
