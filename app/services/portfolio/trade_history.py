"""What bots hold and what they have traded, as the API and the command line show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile, islice
from typing import Any

from app.clock import Clock
from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import timestamp
from app.domain.losses import gain_of_open
from app.domain.money import ZERO, plain, text
from app.domain.orders import Side
from app.domain.trades import Trade
from app.errors import InvalidRequest, NotFound
from app.repositories.closed_trades import ClosedTrades
from app.repositories.trades import Trades
from app.services.portfolio.snapshots import Snapshots

# What a unit was worth by broker and symbol, when the clock last looked.
Marks = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeHistory:
    """Open and closed trades; nothing is asked of a broker."""

    trades: Trades
    closed: ClosedTrades
    snapshots: Snapshots
    clock: Clock

    def page(self, *, state: str, bot: str | None, after: int | None, limit: int) -> list[dict[str, Any]]:
        """Return trades (`open`, `closed` or `all`) from behind the one numbered `after` on.

        Open ones stand first, the last opened at the top; then closed ones, the last closed at the top.
        Raise InvalidRequest where no trade has that number: an empty page would look like the end.
        """
        if after is not None and not self._has(after):
            raise InvalidRequest(f"There is no trade {after} to go on behind; leave out `after`.")
        found: Iterator[dict[str, Any]] = (row for row in self._rows(state) if bot in {None, row["bot"]})
        if after is not None:
            found = islice(dropwhile(lambda row: row["number"] != after, found), 1, None)
        return list(islice(found, limit))

    def numbered(self, number: int) -> dict[str, Any]:
        """Return the trade of a number; raise NotFound."""
        closed = self.closed.numbered(number)
        if closed is not None:
            return _closed_row(closed, self._currencies().get(closed.broker))
        trade = next((trade for trade in self.trades.every().values() if trade.number == number), None)
        if trade is None:
            raise NotFound(f"There is no trade {number}.")
        mark = self._marks().get((trade.broker, trade.symbol))
        return _open_row(trade, mark, self._currencies().get(trade.broker))

    def _has(self, number: int) -> bool:
        open_ones = self.trades.every().values()
        return self.closed.numbered(number) is not None or any(one.number == number for one in open_ones)

    def _rows(self, state: str) -> Iterator[dict[str, Any]]:
        currencies = self._currencies()
        if state != "closed":
            trades = self.trades.every().values()
            marks = self._marks()
            for trade in sorted(trades, key=lambda trade: (trade.opened_at, trade.number), reverse=True):
                mark = marks.get((trade.broker, trade.symbol))
                yield _open_row(trade, mark, currencies.get(trade.broker))
        if state != "open":
            for closed in self.closed.newest_first(self.clock()):
                yield _closed_row(closed, currencies.get(closed.broker))

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


def _open_row(trade: Trade, mark: Decimal | None, currency: str | None) -> dict[str, Any]:
    sign = Decimal(1 if trade.quantity > ZERO else -1)
    found = gain_of_open(trade, mark)
    # Units that left at a price that nobody knows are in no figure: a gain without them would be wrong.
    gain = None if found.unknown else found.known
    side = Side.BUY if trade.quantity > ZERO else Side.SELL
    return _row(trade, side, trade.average_price, mark) | {
        "units": text(abs(trade.quantity)),
        "entry_net": text(sign * trade.average_price),
        "mark_net": None if mark is None else text(sign * mark),
        "exit_net": None,
        "profit_loss": None if gain is None else text(plain(gain)),
        "currency": currency,
        "fees": text(plain(trade.fees)),
        "state": "open",
        "closed_at": None,
    }


def _closed_row(trade: ClosedTrade, currency: str | None) -> dict[str, Any]:
    sign, leaving = trade.side.sign, trade.exit_price
    return _row(trade, trade.side, trade.entry_price, None) | {
        "units": text(trade.quantity),
        "entry_net": None if trade.entry_price is None else text(sign * trade.entry_price),
        "mark_net": None,
        # What was paid is positive, what was received is negative: it leaves the other way round.
        "exit_net": None if leaving is None else text(-sign * leaving),
        "profit_loss": None if trade.gain is None else text(plain(trade.gain)),
        "currency": currency,
        "fees": text(plain(trade.fees)),
        "state": "closed",
        "closed_at": timestamp(trade.closed_at),
    }


def _row(
    trade: Trade | ClosedTrade, side: Side, entry_price: Decimal | None, mark: Decimal | None
) -> dict[str, Any]:
    """Show what open and closed trades have in common; shares and coins are a structure of one leg."""
    leg = {
        "symbol": trade.symbol,
        "ratio": 1,
        "side": side.value,
        "entry_price": text(entry_price),
        "mark": text(mark),
    }
    return {
        "id": trade.id,
        "number": trade.number,
        "bot": trade.bot,
        "broker": trade.broker,
        "symbol": trade.symbol,
        "structure": None,
        "legs": [leg],
        "largest_loss": None,
        "entered_at": timestamp(trade.opened_at),
        "tickets": list(trade.tickets),
    }
