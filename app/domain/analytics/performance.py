"""What closed trades have brought: sums by bot, symbol and structure that can be added up over days."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from app.dataclass import dataclass
from app.domain.analytics.ratios import average, ratio
from app.domain.closed_trades import ClosedTrade
from app.domain.money import ZERO, plain
from app.domain.structures.kinds import StructureKind

Name = TypeVar("Name", bound=Hashable)


class TradeKind(NamedTuple):
    """Whose trades are added up together; `currency` None is that of the broker's account."""

    bot: str
    broker: str
    symbol: str
    structure: StructureKind | None = None
    currency: str | None = None

    @classmethod
    def of(cls, trade: ClosedTrade) -> "TradeKind":
        """Return a trade's."""
        was = trade.structure
        if was is None:
            return cls(trade.bot, trade.broker, trade.symbol)
        return cls(trade.bot, trade.broker, trade.symbol, was.kind, was.structure.currency)


@dataclass(frozen=True, slots=True)
class TradeSums:
    """Trades added up, all of one currency.

    `won` and `lost` (negative) are gains after fees; those that nobody knows are `unpriced`, and in neither.
    `seconds` is how long the trades were held together.
    """

    trades: int = 0
    wins: int = 0
    losses: int = 0
    unpriced: int = 0
    won: Decimal = ZERO
    lost: Decimal = ZERO
    fees: Decimal = ZERO
    seconds: Decimal = ZERO

    def __add__(self, other: "TradeSums") -> "TradeSums":
        """Return both together."""
        return TradeSums(
            self.trades + other.trades,
            self.wins + other.wins,
            self.losses + other.losses,
            self.unpriced + other.unpriced,
            self.won + other.won,
            self.lost + other.lost,
            self.fees + other.fees,
            self.seconds + other.seconds,
        )

    @classmethod
    def of(cls, trade: ClosedTrade) -> "TradeSums":
        """Return those of one trade."""
        gain = trade.gain
        known = ZERO if gain is None else gain
        return cls(
            trades=1,
            wins=int(known > ZERO),
            losses=int(known < ZERO),
            unpriced=int(gain is None),
            won=max(known, ZERO),
            lost=min(known, ZERO),
            fees=trade.fees,
            seconds=Decimal(str((trade.closed_at - trade.opened_at).total_seconds())),
        )

    @property
    def priced(self) -> int:
        """How many have a gain that is known: what ratios are made of."""
        return self.trades - self.unpriced

    @property
    def realized_gain(self) -> Decimal:
        """What they have brought after fees."""
        return plain(self.won + self.lost)

    def figures(self) -> "Performance":
        """Return what people compare."""
        return Performance(
            trades=self.trades,
            wins=self.wins,
            losses=self.losses,
            unpriced=self.unpriced,
            realized_gain=self.realized_gain,
            fees=plain(self.fees),
            win_rate=ratio(self.wins, self.priced),
            average_win=average(self.won, self.wins),
            average_loss=average(self.lost, self.losses),
            profit_factor=ratio(self.won, -self.lost),
            expectancy=average(self.won + self.lost, self.priced),
            holding_seconds=None if not self.trades else round(self.seconds / self.trades),
        )


NO_TRADES = TradeSums()
DaySums = Mapping[TradeKind, TradeSums]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Figures of trades of one currency; a loss is negative, None is of no trades.

    `win_rate` and `expectancy` are of the trades whose gain is known, `trades` less `unpriced`.
    """

    trades: int
    wins: int
    losses: int
    unpriced: int
    realized_gain: Decimal
    fees: Decimal
    win_rate: Decimal | None
    average_win: Decimal | None
    average_loss: Decimal | None
    profit_factor: Decimal | None
    expectancy: Decimal | None
    holding_seconds: int | None


@dataclass(frozen=True, slots=True)
class TradeDay:
    """The trades that went flat on one day (UTC), by their `ids`.

    `returns` says what each brought, by its first ticket: the gain after fees as a fraction of what the entry
    was worth.
    """

    sums: DaySums
    returns: Mapping[str, Decimal]
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, trades: Iterable[ClosedTrade]) -> "TradeDay":
        """Add up trades."""
        return cls({}, {}).adding(trades)

    def adding(self, trades: Iterable[ClosedTrade]) -> "TradeDay":
        """Add those that are not among them yet; a structure that was never entered brought nothing."""
        new = [trade for trade in trades if trade.id not in self.ids]
        sums = dict(self.sums)
        for trade in new:
            if trade.quantity:
                kind = TradeKind.of(trade)
                sums[kind] = sums.get(kind, NO_TRADES) + TradeSums.of(trade)
        found = ((trade.tickets[0], return_of(trade)) for trade in new if trade.quantity and trade.tickets)
        returns = {ticket: value for ticket, value in found if value is not None}
        return TradeDay(sums, {**self.returns, **returns}, self.ids | {trade.id for trade in new})

    def to_json(self) -> dict[str, Any]:
        """Return the day as it is stored."""
        return {
            "sums": [row_of(kind, sums) for kind, sums in self.sums.items()],
            "returns": {ticket: format(value, "f") for ticket, value in self.returns.items()},
            "ids": sorted(self.ids),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "TradeDay":
        """Take up a day that was stored."""
        sums = dict(read_row(*row) for row in data["sums"])
        returns = {ticket: Decimal(value) for ticket, value in data["returns"].items()}
        return cls(sums, returns, frozenset(map(str, data["ids"])))


def return_of(trade: ClosedTrade) -> Decimal | None:
    """Return a trade's gain after fees as a fraction of what its entry was worth; None where unknown."""
    if trade.gain is None or trade.entry_price is None:
        return None
    return ratio(trade.gain, trade.entry_price * trade.quantity * trade.multiplier)


def added_up(days: Iterable[tuple[Name, TradeSums]]) -> dict[Name, TradeSums]:
    """Add up what has the same name."""
    sums: dict[Name, TradeSums] = {}
    for name, each in days:
        sums[name] = sums.get(name, NO_TRADES) + each
    return sums


# By what trades are told apart beside their currency and the day.
GROUPINGS: Mapping[str, Callable[[TradeKind], Hashable]] = {
    "bot": lambda kind: kind.bot,
    "symbol": lambda kind: kind.symbol,
    "structure": lambda kind: kind.structure,
}


def row_of(kind: TradeKind, sums: TradeSums) -> list[Any]:
    """Return sums as they are stored."""
    counts = [sums.trades, sums.wins, sums.losses, sums.unpriced]
    amounts = [format(value, "f") for value in (sums.won, sums.lost, sums.fees, sums.seconds)]
    return [*kind, *counts, *amounts]


def read_row(bot: str, broker: str, symbol: str, *rest: Any) -> tuple[TradeKind, TradeSums]:
    """Take up sums that were stored."""
    structure, currency, trades, wins, losses, unpriced, *amounts = rest
    kind = None if structure is None else StructureKind(structure)
    sums = TradeSums(trades, wins, losses, unpriced, *map(Decimal, amounts))
    return TradeKind(bot, broker, symbol, kind, currency), sums
