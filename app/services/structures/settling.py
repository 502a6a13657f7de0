"""Finds what became of legs without an order of ours: expired, exercised, assigned, closed by the broker."""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from app.brokers.base import Broker
from app.domain.money import ONE, ZERO
from app.domain.orders import OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.reasons import Reason
from app.domain.structures.beginnings import going_on
from app.domain.structures.legs import Leg
from app.domain.structures.settlement import (
    Shortfall,
    closing_of,
    expired_legs,
    intrinsic,
    is_busy,
    lose_leg,
    settle_expiry,
    shortfalls,
)
from app.domain.structures.trades import StructureTrade, TradeState, count_receipt
from app.domain.trades import FillUpdate
from app.errors import BrokerUnavailable, Conflict
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import HeldSymbol
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.observability.events import EventKind
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.second_look import SecondLook
from app.services.structures.ladders import LOOKED_FOR
from app.services.structures.progress import StructureProgress
from app.services.structures.settlement_prices import SettlementPrices
from app.storage.base import Change

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
    progress: StructureProgress
    looks: SecondLook

    def run(self) -> int:
        """Look at every broker with open structures; return how many trades changed."""
        names = sorted({stored.trade.broker for stored in self.trades.every()})
        return sum(self._attempt(name) for name in names)

    def _attempt(self, name: str) -> int:
        try:
            broker = self.runtime.registry.get(name)
            seen = self.snapshots.newest(name)
            desk = broker.structures
            if desk is None or seen.at is None or not seen.reachable:
                return 0
            held = {position.symbol: position.quantity for position in seen.positions}
            expired = self._expired(broker, held, desk.now())
            return expired + self._missing(broker, held, desk.now())
        except (BrokerUnavailable, Conflict, LookupError) as error:
            _logger.info("Structures at %s are settled later: %s", name, error)
            return 0

    def _expired(self, broker: Broker, held: dict[str, Decimal], now: datetime) -> int:
        return sum(
            self._settle(broker, trade, day, held)
            for trade in self.trades.at(broker.name)
            for day in trade.structure.expiries
            if _is_over(trade, day, now)
        )

    def _settle(self, broker: Broker, trade: StructureTrade, day: date, held: dict[str, Decimal]) -> int:
        legs = expired_legs(trade, [day])
        # While the broker shows a contract it is not settled there.
        if not legs or any(held.get(leg.instrument.symbol) for leg in legs):
            return 0
        price = self.prices.of(broker, trade, day)
        if price is None:
            return 0
        with self.gateway.gateway.hold(broker, trade.symbol) as lock:
            known = self._counted(lock, self.trades.find(trade.bot, trade.id))
            legs = [] if known is None else expired_legs(known.trade, [day])
            if known is None or not legs:
                # An order has left it in time; its ladder comes to its end by itself.
                return 0
            # However late this is: it was over at the close, and that is when it counts.
            at = closing_of(trade, day)
            settled = settle_expiry(known.trade, legs, price, at)
            changes = self._shares(known.trade, settled.shares, price, at)
            if settled.trade.state.is_over:
                self._end_ladders(known.trade)
                changes += self.trades.ending(known, settled.trade, self.runtime.clock())
            else:
                changes += self.trades.rewriting(known, settled.trade)
            self.runtime.store.apply(changes)
        self._tell_settled(settled.trade, settled.shares, price)
        return 1

    def _counted(self, lock: HeldSymbol, known: StoredStructureTrade | None) -> StoredStructureTrade | None:
        """Count what the order at work has filled before the end; None while that cannot be known.

        A process that slept through the close would book an expiry of what an exit had sold already.
        """
        work = None if known is None else known.trade.work
        if known is None or work is None or work.resume_at is not None or not work.is_sent:
            return known
        receipt = self.gateway.desk(lock).find(work.client_order_id)
        if receipt is not None and not receipt.status.is_final:
            self.gateway.cancel(lock, receipt, ticket=work.ticket)
            receipt = self.gateway.desk(lock).find(work.client_order_id)
        if receipt is None or not receipt.status.is_final:
            now = self.runtime.clock()
            is_lost = receipt is None and now - work.began_at > LOOKED_FOR
            return known if is_lost else None
        after = count_receipt(known.trade, receipt, self.runtime.clock())
        return known if after == known.trade else self.trades.rewrite(known, after)

    def _end_ladders(self, trade: StructureTrade) -> None:
        """Let no ticket wait for a ladder that has nothing to leave any more."""
        waiting = [work.ticket for work in (trade.work, trade.wanted_exit) if work is not None]
        for ticket in waiting:
            self.progress.unneeded(ticket, trade)

    def _missing(self, broker: Broker, held: dict[str, Decimal], now: datetime) -> int:
        trades = [
            trade
            for trade in self.trades.at(broker.name)
            if not any(_is_over(trade, day, now) for day in trade.structure.expiries)
        ]
        changed, short_of = 0, shortfalls(trades, held)
        # What is there again was only not shown: the next gap is a new one. What is worked on may be either.
        busy = {name for trade in trades if is_busy(trade) for name in trade.symbols}
        there = {name for trade in trades for name in trade.legs} - busy
        for symbol in there - {one.symbol for one in short_of}:
            self.looks.saw((broker.name, symbol))
        for short in short_of:
            if self.looks.confirms((broker.name, short.symbol), (short.known, short.held)):
                self.looks.saw((broker.name, short.symbol))
                changed += self._adopt(broker, short, trades, held, now)
        return changed

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
            changes = self._shares(known.trade, delivered, underlying, now) if underlying is not None else []
            if after.legs:
                changes += self.trades.rewriting(known, after)
            else:
                self._end_ladders(known.trade)
                over = _over(after, now, is_assigned=delivered != ZERO)
                changes += self.trades.ending(known, over, self.runtime.clock())
            self.runtime.store.apply(changes)
        told = f"{_name(trade)}: {lost:+f} {leg.instrument.symbol} are gone. {reason.meaning}"
        self._say(EventKind.STRUCTURE_BROKEN, told, trade)
        return 1

    def _delivered(self, trade: StructureTrade, leg: Leg, lost: Decimal, held: dict[str, Decimal]) -> Decimal:
        """Return the shares (signed) that came with an assignment, as far as the account has them.

        Of what is gone at the same look a part may have been assigned, and the broker have closed the rest.
        """
        if leg.option is None or lost > ZERO:
            return ZERO
        expected = lost * leg.option.multiplier * (1 if leg.option.kind == "call" else -1)
        known = sum(
            (one.quantity for one in self.shares.at(trade.broker) if one.symbol == trade.symbol), ZERO
        )
        known += sum((one.legs.get(trade.symbol, ZERO) for one in self.trades.at(trade.broker)), ZERO)
        beyond = held.get(trade.symbol, ZERO) - known
        if beyond * expected <= ZERO:
            return ZERO
        whole = _contracts(leg, beyond) * leg.option.multiplier
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

    def _shares(
        self, trade: StructureTrade, shares: Decimal, price: Decimal | None, at: datetime
    ) -> list[Change]:
        """Return the changes that give the bot the shares that came, or take those that went."""
        if shares == ZERO or price is None:
            return []
        side = Side.BUY if shares > ZERO else Side.SELL
        # A trade may lose legs more than once a day; what it held before tells one time from another.
        before = uuid5(NAMESPACE_OID, f"{trade.id}/{sorted(trade.legs.items())}")
        receipt = Receipt(
            client_order_id=f"{trade.bot}-settlement-{trade.id}-{before}",
            broker_order_id="",
            broker=trade.broker,
            symbol=trade.symbol,
            side=side,
            type=OrderType.MARKET,
            status=OrderStatus.FILLED,
            created_at=at,
            quantity=abs(shares),
            filled_quantity=abs(shares),
            average_fill_price=price,
            filled_at=at,
        )
        fill = FillUpdate(receipt, OrderRole.ENTRY, ticket=trade.tickets[0], at=at)
        return self.shares.counting(trade.bot, trade.broker, trade.symbol, ONE, [fill])

    def _tell_settled(self, trade: StructureTrade, shares: Decimal, price: Decimal) -> None:
        came = f", {shares:+f} {trade.symbol} are the bot's now" if shares else ""
        ended = "was settled" if trade.state is not TradeState.BROKEN else "lost its expired legs"
        told = f"{_name(trade)} {ended} at {price:f}{came}"
        if shares:
            self._say(EventKind.STRUCTURE_SETTLED, told, trade)
        else:
            self.runtime.journal.activity(f"structures: {told}")

    def _say(self, kind: EventKind, told: str, trade: StructureTrade) -> None:
        self.runtime.journal.activity(f"structures: {told}")
        self.runtime.notifier.notify(kind, told, key=f"{trade.number}:{told}")


def _is_over(trade: StructureTrade, day: date, now: datetime) -> bool:
    """Tell whether contracts of a day can no longer be traded."""
    return now >= closing_of(trade, day)


def _contracts(leg: Leg, shares: Decimal) -> Decimal:
    """Return how many whole contracts stand for so many units of the underlying."""
    return ZERO if leg.option is None else abs(shares) // leg.option.multiplier


def _over(trade: StructureTrade, now: datetime, *, is_assigned: bool) -> StructureTrade:
    return replace(trade, state=TradeState.ASSIGNED if is_assigned else TradeState.CLOSED, closed_at=now)


def _name(trade: StructureTrade) -> str:
    return f"{trade.bot}: trade {trade.number}, {trade.symbol} {trade.kind.words.lower()}"
