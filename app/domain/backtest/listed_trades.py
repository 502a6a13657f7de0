"""Somebody's list of trades, and the alerts that would have made them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from app.dataclass import dataclass
from app.domain.backtest.tape import DAY, TapeAlert, ends_of
from app.domain.bars import Bar, Series
from app.domain.money import ZERO
from app.domain.orders import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTrade:
    """A trade of a list; prices are per unit, `profit` is after `fees`.

    One that is still open has no `exit_price`.
    """

    number: str
    symbol: str
    side: Side
    quantity: Decimal
    entry_time: datetime
    entry_price: Decimal
    exit_time: datetime | None
    exit_price: Decimal | None
    profit: Decimal | None
    fees: Decimal | None = None

    @property
    def entry_name(self) -> str:
        """Return what its entry's alert is called."""
        return f"trade {self.number} entry"


@dataclass(frozen=True, slots=True)
class Fill:
    """One end of a listed trade; `turn` is its place among those of one bar."""

    at: datetime
    turn: tuple[int, int, int]
    name: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal

    def alert(self, before: Decimal, after: Decimal) -> dict[str, Any]:
        """Return what a strategy's placeholders would have filled in, for positions before and after."""
        return {
            "symbol": self.symbol,
            "strategy_order_id": self.name,
            "strategy_order_action": self.side.value,
            "strategy_order_contracts": f"{self.quantity:f}",
            "strategy_order_price": f"{self.price:f}",
            "market_position": _direction(after),
            "market_position_size": f"{abs(after):f}",
            "prev_market_position": _direction(before),
            "prev_market_position_size": f"{abs(before):f}",
            "time": self.at.isoformat(),
            "idempotency_key": self.name,
        }


def alerts_of(trades: Sequence[ListedTrade], bars: Mapping[str, Series]) -> list[TapeAlert]:
    """Return the alerts that the strategy would have sent, with the positions before and after each.

    A list has the time at which a bar began, or of bars that are days their date alone, also of what happened
    inside of it: a fill at another price than the bar's first is put into the bar.
    """
    held: dict[str, Decimal] = defaultdict(lambda: ZERO)
    ends = {symbol: _Ends.of(symbol, series) for symbol, series in bars.items()}
    of_one_time = (list(fills) for _, fills in groupby(sorted(_fills(trades), key=_place), key=_at))
    placed = (
        _inside(fill, ends.get(fill.symbol), number)
        for fills in of_one_time
        for number, fill in enumerate(fills)
    )
    found = []
    for fill in sorted(placed, key=_place):
        before = held[fill.symbol]
        after = held[fill.symbol] = before + fill.quantity * fill.side.sign
        found.append(TapeAlert(fill.at, fill.name, json.dumps(fill.alert(before, after))))
    return found


@dataclass(frozen=True, slots=True)
class _Ends:
    """Bars by the times at which they begin, each with its end."""

    series: Series
    ends: Mapping[datetime, datetime]

    @classmethod
    def of(cls, symbol: str, series: Series) -> "_Ends":
        begins = (bar.at for bar in series.bars)
        return cls(series, dict(zip(begins, ends_of(symbol, series), strict=True)))

    def bar_of(self, at: datetime) -> Bar | None:
        """Return the bar that begins at a time; where bars are days, the one that begins on that day."""
        found = self.series.within(at, at + self.series.span)
        if not found and self.series.span >= DAY:
            found = self.series.within(at, at + 2 * self.series.span)
        bar = next(iter(found), None)
        is_it = bar is not None and (bar.at == at or (self.series.span >= DAY and bar.at - at < DAY))
        return bar if is_it else None


def _at(fill: Fill) -> datetime:
    return fill.at


def _place(fill: Fill) -> tuple[datetime, tuple[int, int, int]]:
    return fill.at, fill.turn


def _inside(fill: Fill, known: _Ends | None, number: int) -> Fill:
    bar = None if known is None else known.bar_of(fill.at)
    if bar is None or known is None:
        return fill
    if fill.price == bar.open:
        return replace(fill, at=bar.at)
    length = known.ends[bar.at] - bar.at
    return replace(fill, at=bar.at + length / 2 + timedelta(microseconds=number))


def _fills(trades: Iterable[ListedTrade]) -> Iterator[Fill]:
    for place, trade in enumerate(trades):
        symbol, units = trade.symbol, trade.quantity
        yield Fill(
            trade.entry_time,
            (1, place, 0),
            trade.entry_name,
            symbol,
            trade.side,
            units,
            trade.entry_price,
        )
        if trade.exit_time is not None and trade.exit_price is not None:
            side = trade.side.opposite
            # In one bar what began earlier ends before the next one begins, which may end there too.
            is_brief = trade.exit_time == trade.entry_time
            yield Fill(
                trade.exit_time,
                (int(is_brief), place, 1),
                f"trade {trade.number} exit",
                symbol,
                side,
                units,
                trade.exit_price,
            )


def _direction(position: Decimal) -> str:
    return "flat" if not position else "long" if position > ZERO else "short"
