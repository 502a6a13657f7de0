"""What bots hold and what they have traded, as the API and the command line show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import dropwhile, islice

from app.clock import Clock
from app.domain.closed_trades import ClosedTrade
from app.domain.structures.trades import StructureTrade
from app.domain.trades import Trade
from app.errors import NotFound
from app.repositories.closed_trades import ClosedTrades
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.structure_marks import StructureMarks
from app.services.portfolio.trade_rows import (
    Row,
    closed_profile,
    closed_row,
    closed_structure_row,
    open_profile,
    open_row,
    payoff_row,
    structure_row,
)

# What a unit was worth by broker and symbol, when the clock last looked.
Marks = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeHistory:
    """Open and closed trades, of shares and coins and in structures.

    A broker is asked only for the quotes of structures that this process has not seen lately.
    """

    trades: Trades
    structures: StructureTrades
    marks: StructureMarks
    closed: ClosedTrades
    snapshots: Snapshots
    clock: Clock

    def page(self, *, state: str, bot: str | None, after: int | None, limit: int) -> list[Row]:
        """Return trades (`open`, `closed` or `all`) from behind the one numbered `after` on.

        Open ones stand first, the last opened at the top; then closed ones, the last closed at the top.
        Raise NotFound where no trade has that number: an empty page would look like the end.
        """
        if after is not None and not self._has(after):
            raise NotFound(f"There is no trade {after} to go on behind; leave out `after`.")
        found = self._rows(state, bot)
        if after is not None:
            found = islice(dropwhile(lambda row: row["number"] != after, found), 1, None)
        return list(islice(found, limit))

    def numbered(self, number: int) -> Row:
        """Return the trade of a number, of a structure with what it can come to; raise NotFound."""
        closed = self.closed.numbered(number)
        if closed is not None:
            row, was = self._closed_row(closed, self._currencies()), closed.structure
            return row if was is None else row | {"payoff": payoff_row(closed_profile(closed, was))}
        trade = next((trade for trade in self._open() if trade.number == number), None)
        if trade is None:
            raise NotFound(f"There is no trade {number}.")
        row = next(self._open_rows([trade]))
        return row | {"payoff": payoff_row(open_profile(trade))} if isinstance(trade, StructureTrade) else row

    def _has(self, number: int) -> bool:
        return self.closed.numbered(number) is not None or any(one.number == number for one in self._open())

    def _open(self) -> list[Trade | StructureTrade]:
        """Every trade that is not over, the last opened first."""
        structures = [stored.trade for stored in self.structures.every()]
        found: list[Trade | StructureTrade] = [*self.trades.every().values(), *structures]
        return sorted(found, key=lambda trade: (_opened(trade), trade.number), reverse=True)

    def _rows(self, state: str, bot: str | None) -> Iterator[Row]:
        if state != "closed":
            yield from self._open_rows([one for one in self._open() if bot in {None, one.bot}])
        if state != "open":
            currencies = self._currencies()
            for one in self.closed.newest_first(self.clock(), bot=bot):
                yield self._closed_row(one, currencies)

    def _open_rows(self, trades: list[Trade | StructureTrade]) -> Iterator[Row]:
        currencies, marks = self._currencies(), self._marks()
        seen = self.marks.of(one for one in trades if isinstance(one, StructureTrade))
        for trade in trades:
            if isinstance(trade, StructureTrade):
                yield structure_row(trade, seen.get(trade.id))
            else:
                mark = marks.get((trade.broker, trade.symbol))
                yield open_row(trade, mark, currencies.get(trade.broker))

    def _closed_row(self, closed: ClosedTrade, currencies: dict[str, str]) -> Row:
        if closed.structure is not None:
            return closed_structure_row(closed, closed.structure)
        return closed_row(closed, currencies.get(closed.broker))

    def _marks(self) -> Marks:
        return {
            (seen.broker, position.symbol): position.market_price
            for seen in self.snapshots.read()
            for position in seen.positions
            if position.market_price is not None
        }

    def _currencies(self) -> dict[str, str]:
        """The currency of each broker's account, where the clock has looked."""
        looks = self.snapshots.read()
        return {seen.broker: seen.account.currency for seen in looks if seen.account is not None}


def _opened(trade: Trade | StructureTrade) -> datetime:
    return trade.opened_at if isinstance(trade, Trade) else trade.entered_at or trade.created_at
