"""One call for the quotes of all ladders that begin at the same look, rather than one for each."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import field
from datetime import datetime, timedelta

from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.structures.net_quotes import LegQuote
from app.domain.structures.trades import StructureTrade
from app.errors import BrokerUnavailable
from app.services.base import Runtime

# So long do quotes serve the ladders of one look: a price that is sent is no older.
AGE = timedelta(seconds=2)


@dataclass(slots=True, kw_only=True)
class QuotesAhead:
    """Read what several ladders need, and hand each its part; nothing read is no trouble of theirs."""

    runtime: Runtime
    _seen: dict[tuple[str, str], tuple[datetime, LegQuote]] = field(default_factory=dict, init=False)

    def read(self, trades: Iterable[StructureTrade]) -> None:
        """Read the quotes of what these trades work on, where several at one broker do."""
        self._seen = {}
        by_broker: dict[str, list[StructureTrade]] = {}
        for trade in trades:
            by_broker.setdefault(trade.broker, []).append(trade)
        for name, found in by_broker.items():
            if len(found) > 1:
                with suppress(BrokerUnavailable, LookupError):
                    self._read_at(name, found)

    def take(self, broker: str, instruments: Sequence[Instrument]) -> dict[str, LegQuote] | None:
        """Return what was just read of all these; None: whoever needs them asks for himself."""
        now = self.runtime.clock()
        seen = {one.symbol: self._seen.get((broker, one.symbol)) for one in instruments}
        found = {
            name: each[1] for name, each in seen.items() if each is not None and abs(now - each[0]) < AGE
        }
        return found if len(found) == len(seen) else None

    def _read_at(self, name: str, trades: Iterable[StructureTrade]) -> None:
        broker = self.runtime.registry.get(name)
        if broker.structures is None or broker.capabilities.simulated:
            return
        works = (trade.work for trade in trades if trade.work is not None)
        legs = (leg.instrument for work in works for leg in work.structure.legs)
        wanted = {instrument.symbol: instrument for instrument in legs}
        at, quotes = self.runtime.clock(), broker.structures.quotes([*wanted.values()])
        self._seen |= {(name, symbol): (at, quote) for symbol, quote in quotes.items()}
