"""Which shares came with contracts that went by themselves: those that neither books nor hands had before."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.structures.settlement import is_busy, is_over, shortfalls
from app.domain.structures.trades import StructureTrade
from app.repositories.beyond_books import BeyondBooks, KeptBeyondBooks
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades

Held = dict[str, Decimal]


@dataclass(slots=True, kw_only=True)
class SharesBeyond:
    """Remember what the account has beyond the books while its contracts are those of the trades.

    Shares that somebody holds there by hand are so told from those that an assignment has brought.
    """

    trades: StructureTrades
    shares: Trades
    kept: KeptBeyondBooks
    _seen: dict[tuple[str, str], tuple[datetime, Decimal]] = field(default_factory=dict, init=False)
    _attended: set[str] | None = field(default=None, init=False)

    def came(self, broker: str, underlying: str, held: Held) -> Decimal | None:
        """Return the shares (signed) that came since the contracts agreed last; None: nobody saw that."""
        before = self.kept.read(broker).shares.get(underlying)
        return None if before is None else self.of(broker, underlying, held) - before

    def of(self, broker: str, underlying: str, held: Held) -> Decimal:
        """Return the shares (signed) that the account has and the books do not."""
        own = (one.quantity for one in self.shares.at(broker) if one.symbol == underlying)
        legs = (one.legs.get(underlying, ZERO) for one in self.trades.at(broker))
        return held.get(underlying, ZERO) - sum(own, ZERO) - sum(legs, ZERO)

    def missing(self, broker: str) -> frozenset[str]:
        """Return the contracts that the last look before their close did not find."""
        return frozenset(self.kept.read(broker).missing)

    def watch(self, broker: str, held: Held, at: datetime, now: datetime) -> None:
        """Take in a look that began at `at`; `now` is the broker's time. Raise Conflict."""
        before, trades = self.kept.read(broker), self.trades.at(broker)
        # An exit that has filled and is not counted shows less too, until it is: such a look tells nothing.
        short = {one.symbol for one in shortfalls(trades, held, also_busy=True)}
        over = {name for trade in trades for name in _over(trade, now)}
        shares = {}
        for underlying in {trade.symbol for trade in trades}:
            known = before.shares.get(underlying)
            mine = [trade for trade in trades if trade.symbol == underlying]
            moves = any(is_busy(trade) and underlying in trade.symbols for trade in mine)
            agrees = not moves and not any(short & set(trade.legs) for trade in mine)
            # An entry that has filled and is not counted may hide what was assigned: no figure changes then.
            is_calm = known is None or not any(is_busy(trade) for trade in mine)
            figure = self._figure(broker, underlying, held, at, known) if agrees and is_calm else known
            if figure is not None:
                shares[underlying] = figure
        missing = (over & set(before.missing)) | (short - over)
        after = BeyondBooks(shares, tuple(sorted(missing)))
        if after != before:
            self.kept.write(broker, after)

    def forget_all_but(self, brokers: set[str]) -> None:
        """Forget brokers without open structures: what is held there then may change unseen."""
        attended = self.kept.brokers() if self._attended is None else self._attended
        for broker in attended - brokers:
            self.kept.write(broker, BeyondBooks())
        self._attended = brokers

    def _figure(
        self, broker: str, underlying: str, held: Held, at: datetime, known: Decimal | None
    ) -> Decimal | None:
        """Believe another figure at the second look: a fill shows in one place before it does in both."""
        figure, place = self.of(broker, underlying, held), (broker, underlying)
        first, seen = self._seen.get(place, (at, figure))
        is_again = first < at and seen == figure
        if known is None or figure == known or is_again:
            self._seen.pop(place, None)
            return figure
        self._seen[place] = (first if seen == figure else at, figure)
        return known


def _over(trade: StructureTrade, now: datetime) -> list[str]:
    """Return the contracts held of a trade that can no longer be traded."""
    legs = (leg for leg in trade.structure.legs if leg.instrument.symbol in trade.legs)
    return [
        leg.instrument.symbol
        for leg in legs
        if leg.option is not None and is_over(trade, leg.option.expiry, now)
    ]
