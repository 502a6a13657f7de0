"""The Strategy Tester's list of trades, in every form that it has had."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import pairwise

from app.dataclass import dataclass
from app.domain.backtest.listed_trades import ListedTrade
from app.domain.money import ZERO, plain
from app.domain.orders import Side
from app.errors import InvalidRequest
from app.schemas.backtest.bars import canonical_symbol, symbol_of_file
from app.schemas.backtest.moments import days_come_first, moment
from app.schemas.backtest.tables import Row, headings_of, read_rows

NUMBERS = ("trade #", "trade number")
SIZES = ("size (qty)", "position size (qty)", "contracts", "quantity", "qty")
PROFITS = ("net pnl", "net p&l", "profit")
TIMES = ("date and time", "date/time")
SIDES = {"long": Side.BUY, "short": Side.SELL}


def is_trade_list(first_line: str) -> bool:
    """Tell a list of trades by its headings."""
    headings = set(headings_of(first_line))
    return bool(headings & set(NUMBERS)) and "type" in headings


def read_trade_list(
    lines: Iterable[str], name: str, zone: tzinfo, symbol: str | None = None
) -> list[ListedTrade]:
    """Return the trades by their beginning; raise InvalidRequest at the first row that cannot be read.

    The file names neither its time zone nor its symbol: the zone is given, the symbol too or in its name.
    """
    canonical = symbol_traded(name, symbol)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(lines, name):
        found[row.text(*NUMBERS)].append(row)
    times = (row.text(*TIMES) for rows in found.values() for row in rows)
    reader = _Reader(canonical, zone, days_come_first(times))
    trades = [trade for number, rows in found.items() for trade in reader.trades(number, rows)]
    return sorted(trades, key=lambda trade: (trade.entry_time, _counted(trade.number)))


def symbol_traded(name: str, symbol: str | None) -> str:
    """Return what a list trades: what was given, else what its name says; raise InvalidRequest."""
    return canonical_symbol(symbol) if symbol is not None else _symbol_in(name)


@dataclass(frozen=True, slots=True)
class _Reader:
    symbol: str
    zone: tzinfo
    day_first: bool | None

    def trades(self, number: str, rows: Sequence[Row]) -> Iterable[ListedTrade]:
        entries = [row for row in rows if row.text("type").lower().startswith("entry")]
        exits = [row for row in rows if row.text("type").lower().startswith("exit")]
        if len(entries) != 1 or len(entries) + len(exits) != len(rows):
            kinds = ", ".join(sorted({row.text("type") for row in rows}))
            raise InvalidRequest(
                f"{rows[0].place}: trade {number} has rows of the types {kinds}; one `Entry long` or "
                "`Entry short` and its exits are read. An export in English is needed."
            )
        # An exit in parts has a row for each; what has none yet is open.
        leaves: Sequence[Row | None] = exits or [None]
        for part, leave in enumerate(leaves, start=1):
            yield self._trade(number if len(leaves) == 1 else f"{number}.{part}", entries[0], leave)

    def _trade(self, number: str, entry: Row, leave: Row | None) -> ListedTrade:
        side = SIDES.get(entry.text("type").lower().removeprefix("entry").strip())
        quantity = (leave.number(*SIZES) if leave is not None else None) or entry.number(*SIZES)
        if side is None or not quantity:
            raise InvalidRequest(f"{entry.place}: its type or its size cannot be read.")
        left = leave if leave is not None and not _is_open(leave) else None
        return ListedTrade(
            number=number,
            symbol=self.symbol,
            side=side,
            quantity=plain(abs(quantity)),
            entry_time=self._moment(entry),
            entry_price=_price(entry),
            exit_time=None if left is None else self._moment(left),
            exit_price=None if left is None else _price(left),
            profit=None if left is None else _money(left, PROFITS),
            fees=None if left is None else _money(left, ("commission",)),
        )

    def _moment(self, row: Row) -> datetime:
        return moment(row.text(*TIMES), self.zone, row.place, day_first=self.day_first)


def _counted(number: str) -> list[int]:
    """Return what puts the tenth behind the ninth, and parts behind each other."""
    return [int(part) for part in number.split(".") if part.isdecimal()]


def _is_open(leave: Row) -> bool:
    return "open" in {leave.text("signal").lower(), leave.text(*TIMES).lower()}


def _price(row: Row) -> Decimal:
    value = _money(row, ("price",))
    if value is None or value <= ZERO:
        raise InvalidRequest(f"{row.place}: its price cannot be read.")
    return value


def _money(row: Row, names: Sequence[str]) -> Decimal | None:
    """Return the cell in money, and not the one in per cent beside it."""
    for name in names:
        for heading in row.cells:
            if (heading == name or heading.startswith(f"{name} ")) and not heading.endswith("%"):
                return row.number(heading)
    return None


def _symbol_in(name: str) -> str:
    """Find the symbol in `Strategy_BINANCE_BTCUSDT_2026-07-02.csv`: an exchange, and what it trades."""
    parts = name.rsplit(".", 1)[0].replace(", ", "_").split("_")
    for exchange, ticker in pairwise(parts):
        if exchange.isupper() and ticker == ticker.upper() and ticker[:1].isalpha():
            try:
                return canonical_symbol(f"{exchange}:{ticker}")
            except InvalidRequest:
                continue
    try:
        return symbol_of_file(name)
    except InvalidRequest as error:
        raise InvalidRequest(
            f"{name} does not say what it trades; name it, like --symbol NASDAQ:AAPL."
        ) from error
