"""Finds what became of legs without an order of ours: expired, exercised, assigned, closed by the broker."""

import logging
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.money import ONE, ZERO
from app.domain.reasons import Reason
from app.domain.structures.beginnings import going_on
from app.domain.structures.exercises import intrinsic
from app.domain.structures.legs import Leg
from app.domain.structures.settlement import Shortfall, is_busy, is_over, lose_leg, shortfalls
from app.domain.structures.trades import StructureTrade, TradeState
from app.errors import BrokerUnavailable, Conflict
from app.repositories.structure_trades import StructureTrades
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.observability.events import EventKind
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.kept_look import KeptLook
from app.services.runtime.turns import Apart, in_time
from app.services.structures.beyond import SharesBeyond
from app.services.structures.bookings import Bookings, name_of
from app.services.structures.expiries import Expiries
from app.services.structures.settlement_prices import SettlementPrices

# By so much of a contract the shares may be off that came with an assignment.
NOISE = Decimal("0.1")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Compare contracts with positions, book what is gone, and tell it; nothing is traded here."""

    runtime: Runtime
    trades: StructureTrades
    shares: Trades
    gateway: StructureGateway
    snapshots: Snapshots
    prices: SettlementPrices
    expiries: Expiries
    bookings: Bookings
    beyond: SharesBeyond
    looks: KeptLook

    def run(self) -> int:
        """Look at every broker with open structures; return how many trades changed."""
        names = sorted({stored.trade.broker for stored in self.trades.readable()})
        self.beyond.forget_all_but(set(names))
        changed = 0
        with Apart() as brokers:
            for name in names:
                with brokers.one():
                    changed += self._attempt(name)
        return changed

    def _attempt(self, name: str) -> int:
        changed = 0
        try:
            broker = self.runtime.registry.get(name)
            seen = self.snapshots.newest(name)
            desk = broker.structures
            if desk is None or seen.at is None or not seen.reachable:
                return 0
            held, now = {position.symbol: position.quantity for position in seen.positions}, desk.now()
            with Apart() as parts:
                with parts.one():
                    changed += self.expiries.run(broker, held, now)
                with parts.one():
                    changed += self._missing(broker, held, now)
                with parts.one():
                    self.beyond.watch(name, held, seen.at, now)
        except (BrokerUnavailable, Conflict, LookupError) as error:
            _logger.info("Structures at %s are settled later: %s", name, error)
        return changed

    def _missing(self, broker: Broker, held: dict[str, Decimal], now: datetime) -> int:
        trades = [
            trade
            for trade in self.trades.at(broker.name)
            if not any(is_over(trade, day, now) for day in trade.structure.expiries)
        ]
        changed, short_of = 0, shortfalls(trades, held)
        # What is there again was only not shown: the next gap is a new one. What is worked on may be either.
        busy = {name for trade in trades if is_busy(trade) for name in trade.symbols}
        there = {name for trade in trades for name in trade.legs} - busy - {one.symbol for one in short_of}
        self.looks.saw(*(_thing(broker, symbol) for symbol in there))
        with Apart() as each:
            for short in in_time(short_of):
                with each.one():
                    if self._is_lasting(broker, short):
                        changed += self._adopt(broker, short, trades, held, now)
        return changed

    def _is_lasting(self, broker: Broker, short: Shortfall) -> bool:
        thing = _thing(broker, short.symbol)
        if not self.looks.confirms(thing, f"{short.missing:f}"):
            return False
        self.looks.saw(thing)
        return True

    def _adopt(
        self,
        broker: Broker,
        short: Shortfall,
        trades: list[StructureTrade],
        held: dict[str, Decimal],
        now: datetime,
    ) -> int:
        """Take what is gone off the trades that hold it, the latest first."""
        missing, changed = short.missing, 0
        holders = [trade for trade in trades if trade.legs.get(short.symbol, ZERO) * missing > ZERO]
        for trade in sorted(holders, key=lambda one: one.number, reverse=True):
            if missing == ZERO:
                break
            quantity = trade.legs[short.symbol]
            lost = min(abs(quantity), abs(missing)).copy_sign(missing)
            missing -= lost
            leg = next(one for one in trade.structure.legs if one.instrument.symbol == short.symbol)
            changed += self._lose(broker, trade, leg, lost, held, now)
        return changed

    def _lose(
        self,
        broker: Broker,
        trade: StructureTrade,
        leg: Leg,
        lost: Decimal,
        held: dict[str, Decimal],
        now: datetime,
    ) -> int:
        delivered = self._delivered(trade, leg, lost, held)
        underlying = self.prices.now(broker, trade)
        price = self._leg_price(broker, leg, underlying, assigned=_contracts(leg, delivered) / abs(lost))
        reason = Reason.LEG_ASSIGNED if delivered else Reason.CLOSED_BY_BROKER
        with self.gateway.gateway.hold(broker, trade.symbol):
            known = self.trades.find(trade.bot, trade.id)
            if known is None or is_busy(known.trade):
                return 0
            after = going_on(lose_leg(known.trade, leg, lost, price, reason), self.runtime.clock())
            if not after.legs:
                after = _over(after, now, is_assigned=delivered != ZERO)
            self.bookings.write(known, after, delivered, underlying, now)
        told = f"{name_of(trade)}: {lost:+f} {leg.instrument.symbol} are gone. {reason.meaning}"
        self.bookings.tell(EventKind.STRUCTURE_BROKEN, told, trade)
        return 1

    def _delivered(self, trade: StructureTrade, leg: Leg, lost: Decimal, held: dict[str, Decimal]) -> Decimal:
        """Return the shares (signed) that came with an assignment, as far as the account has them.

        Of what is gone at the same look a part may have been assigned, and the broker have closed the rest.
        """
        if leg.option is None or lost > ZERO:
            return ZERO
        expected = lost * leg.option.multiplier * (1 if leg.option.kind == "call" else -1)
        came = self.beyond.came(trade.broker, trade.symbol, held)
        if came is None:
            # Gone before anybody had looked: there is nothing to compare with but the books.
            came = self.beyond.of(trade.broker, trade.symbol, held)
        if came * expected <= ZERO:
            return ZERO
        # Fractions that were bought at this moment, and are in one of both only, are no part of a contract.
        whole = _contracts(leg, abs(came) + NOISE * leg.option.multiplier) * leg.option.multiplier
        return min(whole, abs(expected)).copy_sign(expected)

    def _leg_price(
        self, broker: Broker, leg: Leg, underlying: Decimal | None, *, assigned: Decimal
    ) -> Decimal:
        """Return what a leg went at: the fraction that was assigned at its value, the rest at the quote."""
        inside = ZERO
        if assigned and leg.option is not None and underlying is not None:
            inside = intrinsic(leg.option, underlying)
            if assigned == ONE:
                return inside
        desk = broker.structures
        quote = None if desk is None else desk.quotes([leg.instrument]).get(leg.instrument.symbol)
        price = None if quote is None else (quote.ask if leg.is_short else quote.bid)
        # What nobody quotes any more was closed at about nothing, or the broker's own record will say.
        return inside * assigned + (price or ZERO) * (ONE - assigned)


def _thing(broker: Broker, symbol: str) -> str:
    return f"{broker.name}/{symbol}"


def _contracts(leg: Leg, shares: Decimal) -> Decimal:
    """Return how many whole contracts stand for so many units of the underlying."""
    return ZERO if leg.option is None else abs(shares) // leg.option.multiplier


def _over(trade: StructureTrade, now: datetime, *, is_assigned: bool) -> StructureTrade:
    return replace(trade, state=TradeState.ASSIGNED if is_assigned else TradeState.CLOSED, closed_at=now)
