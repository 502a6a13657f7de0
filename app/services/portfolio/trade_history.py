"""What bots hold and what they have traded, as the API and the command line show it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import dropwhile, islice

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.structures.trades import StructureTrade
from app.domain.trades import Trade
from app.errors import NotFound
from app.repositories.closed_trades import ClosedTrades, StoredClosing
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
# A bot that has traded little is looked for among so many trades at a time.
MOST_LOOKED_AT = 2500


@dataclass(frozen=True, slots=True)
class TradePage:
    """Trades as the API shows them; the next page is asked for behind `next`, None ends the list."""

    rows: list[Row]
    next: int | None


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

    def page(self, *, state: str, bot: str | None, after: int | None, limit: int) -> TradePage:
        """Return trades (`open`, `closed` or `all`) from behind the one numbered `after` on.

        Open ones stand first, the last opened at the top; then closed ones, the last closed at the top. Of
        these so many are looked at for a bot: such a page may be short although more follow. Raise NotFound
        where no trade has that number: an empty page would look like the end.
        """
        day = None if after is None else self.closed.kept_on(after)
        open_ones = [] if day is not None else self._open_behind(after)
        rows: list[Row] = []
        if state != "closed":
            wanted = [one for one in open_ones if bot in {None, one.bot}]
            rows = list(islice(self._open_rows(wanted), limit + 1))
        if len(rows) > limit:
            return TradePage(rows[:limit], rows[limit - 1]["number"])
        if state == "open":
            return TradePage(rows, None)
        stored = self.closed.newest_first(until=day)
        if day is not None:
            stored = islice(dropwhile(lambda closing: closing.number != after, stored), 1, None)
        return self._closed_page(rows, bot, stored, limit)

    def _closed_page(
        self, rows: list[Row], bot: str | None, closings: Iterator[StoredClosing], limit: int
    ) -> TradePage:
        """Fill a page with closed trades."""
        currencies = self._currencies()
        last = rows[-1]["number"] if rows else None
        for looked, stored in enumerate(closings):
            if len(rows) == limit or looked == MOST_LOOKED_AT:
                return TradePage(rows, last)
            trade = stored.read() if bot in {None, stored.bot} else None
            if trade is not None:
                rows.append(self._closed_row(trade, currencies))
            # One that has no number yet leads nowhere.
            last = stored.number or last
        return TradePage(rows, None)

    def _open_behind(self, after: int | None) -> list[Trade | StructureTrade]:
        """Return open trades from behind the one of a number on; raise NotFound where there is none."""
        found = self._open()
        if after is None:
            return found
        places = [place for place, one in enumerate(found, 1) if one.number == after]
        if not places:
            raise NotFound(f"There is no trade {after} to go on behind; leave out `after`.")
        return found[places[0] :]

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

    def _open(self) -> list[Trade | StructureTrade]:
        """Every trade that is not over, the last opened first."""
        structures = [stored.trade for stored in self.structures.readable()]
        found: list[Trade | StructureTrade] = [*self.trades.every().values(), *structures]
        return sorted(found, key=lambda trade: (_opened(trade), trade.number), reverse=True)

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
