"""What an underlying cost at the close of a day of expiry, whenever that is asked."""

import logging
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.brokers.structure_desk import StructureDesk
from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument
from app.domain.structures.settlement import closing_of, contract_of
from app.domain.structures.trades import StructureTrade
from app.errors import BrokerUnavailable, Conflict
from app.repositories.close_prices import ClosePrices, SeenPrice
from app.repositories.structure_trades import StructureTrades
from app.services.base import Runtime
from app.services.runtime.turns import Apart, in_time

# Prices are kept from so long before the close on: a process that dies then leaves the last it saw.
WATCHED_FOR = timedelta(hours=8)
# One look for each twentieth of the time that is left: seldom at noon, every few seconds at the end.
LOOKS_LEFT = 20

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class SettlementPrices:
    """Look at underlyings as their contracts' last close comes near, and keep the last price before it.

    What an expiry is booked at must not depend on when somebody comes to book it.
    """

    runtime: Runtime
    trades: StructureTrades
    closes: ClosePrices
    _looked: dict[tuple[str, str, date], datetime] = field(default_factory=dict, init=False)

    def run(self) -> int:
        """Keep the prices whose turn it is; return how many."""
        by_broker: dict[str, list[StructureTrade]] = {}
        for stored in self.trades.readable():
            by_broker.setdefault(stored.trade.broker, []).append(stored.trade)
        return sum(self._watch(name, trades) for name, trades in by_broker.items())

    def of(self, broker: Broker, trade: StructureTrade, day: date) -> Decimal | None:
        """Return the price at the close of a day: the broker's own, the last one kept, else that of now.

        Raise BrokerUnavailable.
        """
        desk = broker.structures
        told = None if desk is None else desk.settlement_price(trade.symbol, day)
        if told is not None:
            return told
        kept = self.closes.of(broker.name, trade.symbol, day)
        return self.now(broker, trade) if kept is None else kept.price

    def now(self, broker: Broker, trade: StructureTrade) -> Decimal | None:
        """Return what the underlying costs now; raise BrokerUnavailable."""
        desk = broker.structures
        listed = None if desk is None else desk.underlying(trade.symbol)
        quote = broker.quote(listed or Instrument(trade.symbol, AssetClass.EQUITY, contract_of(trade).venue))
        return None if quote is None else quote.price

    def _watch(self, name: str, trades: list[StructureTrade]) -> int:
        looks = 0
        try:
            broker = self.runtime.registry.get(name)
            desk = broker.structures
            # An underlying that has no price now keeps no other's from being kept.
            with Apart() as each:
                for trade in in_time(trades):
                    with each.one():
                        looks += 0 if desk is None else self._watch_one(broker, desk, trade)
        except (BrokerUnavailable, Conflict, LookupError) as error:
            _logger.info("The closing prices at %s are looked at later: %s", name, error)
        return looks

    def _watch_one(self, broker: Broker, desk: StructureDesk, trade: StructureTrade) -> int:
        now, looks = desk.now(), 0
        for day in trade.structure.expiries:
            place, left = (broker.name, trade.symbol, day), closing_of(trade, day) - now
            last = self._looked.get(place)
            # A simulated clock may have been set back to the real time: what was seen then is no look.
            is_due = last is None or not timedelta() <= now - last < left / LOOKS_LEFT
            if not timedelta() < left <= WATCHED_FOR or not is_due:
                continue
            price = self.now(broker, trade)
            if price is not None:
                self.closes.saw(*place, SeenPrice(price, now))
                self._looked[place] = now
                looks += 1
        return looks
