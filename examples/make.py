"""Makes the example tape: `python -m examples.make` writes the same files each time.

The prices are made up: a walk with a seed, in the hours of New York. A crossing of two averages trades it the
way a TradingView strategy would, at the bar that follows its signal.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
SEED, FIRST_DAY, DAYS = 20260601, date(2026, 6, 1), 30
NEW_YORK, OPENING, BARS_A_DAY, MINUTES = ZoneInfo("America/New_York"), time(9, 30), 78, 5
FAST, SLOW, UNITS = 12, 48, 25
SATURDAY, CENT = 5, Decimal("0.01")

Bar = tuple[datetime, Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Fill:
    """What the strategy bought or sold at a bar's opening."""

    at: datetime
    price: Decimal
    is_entry: bool


def bars() -> list[Bar]:
    """Return thirty days of five minutes each."""
    chance, price, made = Random(SEED), 190.0, list[Bar]()  # noqa: S311  # prices, not secrets
    for opened in _openings():
        steps = [price * (1 + chance.gauss(0.00002, 0.0009)) for _ in range(6)]
        first, last = (price if made and opened.time() != OPENING else steps[0]), steps[-1]
        reached = [_cents(each) for each in (first, last, max(steps), min(steps))]
        made.append((opened, reached[0], max(reached), min(reached), reached[1]))
        price = float(reached[1])
    return made


def fills(made: Sequence[Bar]) -> list[Fill]:
    """Trade the crossing: the signal of a bar is filled at the opening of the next."""
    closes = [float(bar[4]) for bar in made]
    found: list[Fill] = []
    is_long = False
    for place in range(SLOW, len(made)):
        fast, slow = (sum(closes[place - length : place]) / length for length in (FAST, SLOW))
        if (fast > slow) != is_long:
            is_long = not is_long
            found.append(Fill(made[place][0], made[place][1], is_long))
    return found


def files() -> dict[str, str]:
    """Return the files by their names."""
    made = bars()
    traded = fills(made)
    return {
        "bars.csv": _bars_file(made),
        "alerts.csv": _alerts_file(traded),
        "trades.csv": _trades_file(traded),
    }


def _openings() -> Iterator[datetime]:
    day, left = FIRST_DAY, DAYS
    while left:
        if day.weekday() < SATURDAY:
            opened = datetime.combine(day, OPENING, NEW_YORK)
            yield from (opened + timedelta(minutes=MINUTES * place) for place in range(BARS_A_DAY))
            left -= 1
        day += timedelta(days=1)


def _cents(price: float) -> Decimal:
    return Decimal(price).quantize(CENT)


def _bars_file(made: Sequence[Bar]) -> str:
    """Write what a chart exports."""
    rows = [[int(bar[0].timestamp()), *bar[1:]] for bar in made]
    return _csv([["time", "open", "high", "low", "close"], *rows])


def _alerts_file(traded: Sequence[Fill]) -> str:
    """Write what TradingView's alert log exports, the newest first."""
    rows = []
    for number, fill in enumerate(traded):
        held = (0, UNITS) if fill.is_entry else (UNITS, 0)
        words = {
            "symbol": "AAPL",
            "exchange": "NASDAQ",
            "strategy_order_id": "Cross",
            "strategy_order_action": "buy" if fill.is_entry else "sell",
            "strategy_order_contracts": str(UNITS),
            "strategy_order_price": str(fill.price),
            "market_position": "long" if held[1] else "flat",
            "market_position_size": str(held[1]),
            "prev_market_position": "long" if held[0] else "flat",
            "prev_market_position_size": str(held[0]),
            "time": fill.at.astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z"),
        }
        rows.append(
            [1000 + number, "NASDAQ:AAPL, 5", "Crossing of averages", json.dumps(words), words["time"]]
        )
    return _csv([["Alert ID", "Ticker", "Name", "Description", "Time"], *reversed(rows)])


def _trades_file(traded: Sequence[Fill]) -> str:
    """Write what the Strategy Tester exports: the exit first, times in the chart's zone."""
    heading = "Trade number,Type,Date and time,Signal,Price USD,Size (qty),Net PnL USD,Commission USD"
    rows: list[list[object]] = [heading.split(",")]
    for number, (entry, leave) in enumerate(zip(traded[::2], traded[1::2], strict=False), start=1):
        profit = (leave.price - entry.price) * UNITS
        for fill, kind in ((leave, "Exit long"), (entry, "Entry long")):
            at = fill.at.strftime("%Y-%m-%d %H:%M")
            rows.append([number, kind, at, "Cross", fill.price, UNITS, profit, Decimal(0)])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    for name, text in files().items():
        (HERE / name).write_text(text, encoding="utf-8")
