"""What open structures are worth, as this process saw them last, or as one call for each broker tells."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.structures.exit_rules import mark_of
from app.domain.structures.legs import Structure, StructureRefused
from app.domain.structures.net_quotes import LegQuote, NetQuote, net_quote
from app.domain.structures.trades import StructureTrade
from app.errors import BrokerUnavailable
from app.services.base import Runtime

# The process that leads looks every few seconds; one that does so no more must not show what it saw then.
FRESH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one unit of a trade was worth at a look, and its legs; None where a leg had no quote.

    `at` is the time at the broker, `seen_at` is ours.
    """

    value: Decimal | None
    at: datetime
    seen_at: datetime
    legs: Mapping[str, Decimal | None]


@dataclass(slots=True, kw_only=True)
class StructureMarks:
    """Remember looks, and look again for whoever asks about a trade that nobody looked at lately."""

    runtime: Runtime
    seen: dict[str, Mark] = field(default_factory=dict, init=False)

    def saw(self, trade: StructureTrade, quotes: Mapping[str, LegQuote], at: datetime) -> Mark:
        """Remember what a trade is worth by quotes of its legs."""
        net = net_of(trade.structure, quotes)
        # What is left of a broken trade is not worth what the whole is.
        value = None if net is None or not trade.is_whole else mark_of(trade.structure, net)
        legs = {name: _mid(quotes.get(name)) for name in trade.symbols}
        mark = self.seen[trade.id] = Mark(value, at, self.runtime.clock(), legs)
        return mark

    def keep(self, trades: Collection[str]) -> None:
        """Forget all but these."""
        self.seen = {trade: mark for trade, mark in self.seen.items() if trade in trades}

    def of(self, trades: Iterable[StructureTrade]) -> dict[str, Mark]:
        """Return the marks of trades by their ids; a broker that does not answer leaves its out."""
        oldest, marks = self.runtime.clock() - FRESH, dict[str, Mark]()
        missing: dict[str, list[StructureTrade]] = {}
        for trade in trades:
            seen = self.seen.get(trade.id)
            if seen is not None and seen.seen_at >= oldest:
                marks[trade.id] = seen
            else:
                missing.setdefault(trade.broker, []).append(trade)
        if missing:
            # Where nobody watches, nobody forgets either.
            self.keep({trade for trade, mark in self.seen.items() if mark.seen_at >= oldest})
        for name, found in missing.items():
            marks |= self._look(name, found)
        return marks

    def _look(self, name: str, trades: list[StructureTrade]) -> dict[str, Mark]:
        try:
            desk = self.runtime.registry.get(name).structures
            if desk is None:
                return {}
            quotes = desk.quotes(instruments_of(trades))
            at = desk.now()
        except (BrokerUnavailable, LookupError):
            return {}
        return {trade.id: self.saw(trade, quotes, at) for trade in trades}


def instruments_of(trades: Iterable[StructureTrade]) -> list[Instrument]:
    """Return the contracts and shares of trades, each once."""
    legs = (leg.instrument for trade in trades for leg in trade.structure.legs)
    return list({instrument.symbol: instrument for instrument in legs}.values())


def net_of(structure: Structure, quotes: Mapping[str, LegQuote]) -> NetQuote | None:
    """Return the net prices of one unit; None where a leg lacks a side."""
    try:
        return net_quote(structure, quotes)
    except StructureRefused:
        return None


def _mid(quote: LegQuote | None) -> Decimal | None:
    if quote is None or quote.bid is None or quote.ask is None:
        return None
    return (quote.bid + quote.ask) / 2
