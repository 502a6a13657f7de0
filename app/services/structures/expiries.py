"""Books what has expired: by the price of the close, held against the shares that the account shows."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.instruments import INDIAN_VENUES
from app.domain.money import ZERO
from app.domain.structures.exercises import Shown, by_account, by_price, shares_of
from app.domain.structures.settlement import (
    closing_of,
    contract_of,
    expired_legs,
    is_over,
    settle_expiry,
)
from app.domain.structures.trades import StructureTrade, TradeState, count_receipt
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.services.base import Runtime
from app.services.broker_access.gateway import HeldSymbol
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.observability.events import EventKind
from app.services.runtime.kept_look import KeptLook
from app.services.runtime.turns import Apart, in_time
from app.services.structures.beyond import SharesBeyond
from app.services.structures.bookings import Bookings, name_of
from app.services.structures.ladders import LOOKED_FOR
from app.services.structures.settlement_prices import SettlementPrices

Held = dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiries:
    """Book trades whose contracts are over and that the broker shows no more; nothing is traded here."""

    runtime: Runtime
    trades: StructureTrades
    gateway: StructureGateway
    prices: SettlementPrices
    bookings: Bookings
    beyond: SharesBeyond
    looks: KeptLook

    def run(self, broker: Broker, held: Held, now: datetime) -> int:
        """Book what is due; return how many trades changed. Raise BrokerUnavailable or Conflict."""
        due: dict[tuple[str, date], list[StructureTrade]] = {}
        for trade in self.trades.at(broker.name):
            for day in trade.structure.expiries:
                # While the broker shows a contract it is not settled there.
                legs = expired_legs(trade, [day]) if is_over(trade, day, now) else []
                if legs and not any(held.get(leg.instrument.symbol) for leg in legs):
                    due.setdefault((trade.symbol, day), []).append(trade)
        changed = 0
        # An underlying of which no price can be had holds up no other's booking.
        with Apart() as each:
            for (_, day), trades in in_time(due.items()):
                with each.one():
                    changed += self._book(broker, trades, day, held)
        return changed

    def _book(self, broker: Broker, trades: list[StructureTrade], day: date, held: Held) -> int:
        """Book all that expired of one underlying: the account shows its shares in one sum."""
        price = self.prices.of(broker, trades[0], day)
        if price is None:
            return 0
        with self.gateway.gateway.hold(broker, trades[0].symbol) as lock:
            found = (self.trades.find(trade.bot, trade.id) for trade in trades)
            stored = [self._counted(lock, one) for one in found if one is not None]
            if None in stored:
                return 0
            # An order may have left one in time; its ladder comes to its end by itself.
            known = [one for one in stored if one is not None and expired_legs(one.trade, [day])]
            shown = self._shown(broker, [one.trade for one in known], day, price, held)
            for one, what in zip(known, shown, strict=False):
                self._settle(one, what, day, price)
        return len(shown)

    def _counted(self, lock: HeldSymbol, known: StoredStructureTrade) -> StoredStructureTrade | None:
        """Count what the order at work has filled before the end; None while that cannot be known.

        A process that slept through the close would book an expiry of what an exit had sold already.
        """
        work = known.trade.work
        if work is None or work.resume_at is not None or not work.is_sent:
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

    def _shown(
        self, broker: Broker, trades: list[StructureTrade], day: date, price: Decimal, held: Held
    ) -> list[Shown]:
        """Return what became of each trade's contracts; nothing where a second look must say it again."""
        if not trades:
            return []
        difference = self._difference(broker, trades, day, price, held)
        # What is gone is taken off the latest first, as everywhere; the order of the answers is the trades'.
        missing, shown = self.beyond.missing(broker.name), dict[int, Shown]()
        for trade in sorted(trades, key=lambda one: one.number, reverse=True):
            what = by_account(trade, expired_legs(trade, [day]), price, difference, missing)
            shown[trade.number], difference = what, what.left
        thing = f"{broker.name}/{trades[0].symbol}/{day}"
        differs = "/".join(_told(shown[trade.number]) for trade in trades)
        if not any(what.reason for what in shown.values()):
            self.looks.saw(thing)
        elif not self.looks.confirms(thing, differs):
            return []
        else:
            self.looks.saw(thing)
        return [shown[trade.number] for trade in trades]

    def _difference(
        self, broker: Broker, trades: list[StructureTrade], day: date, price: Decimal, held: Held
    ) -> Decimal:
        """Return how many shares (signed) came beyond what the price says; none where nobody can tell."""
        # India delivers shares a day later: they cannot have come.
        came = None if _is_indian(trades[0]) else self.beyond.came(broker.name, trades[0].symbol, held)
        if came is None:
            return ZERO
        return came - sum(_expected(trades, day, price), ZERO)

    def _settle(self, known: StoredStructureTrade, shown: Shown, day: date, price: Decimal) -> None:
        # However late this is: it was over at the close, and that is when it counts.
        trade, at = known.trade, closing_of(known.trade, day)
        settled = settle_expiry(trade, expired_legs(trade, [day]), price, at, shown)
        self.bookings.write(known, settled.trade, settled.shares, price, at)
        came = f", {settled.shares:+f} {trade.symbol} are the bot's now" if settled.shares else ""
        ended = "was settled" if settled.trade.state is not TradeState.BROKEN else "lost its expired legs"
        why = "" if shown.reason is None else f". The account shows it: {shown.reason.meaning}"
        told = f"{name_of(trade)} {ended} at {price:f}{came}{why}"
        if settled.shares or shown.reason is not None:
            self.bookings.tell(EventKind.STRUCTURE_SETTLED, told, trade)
        else:
            self.runtime.journal.activity(f"structures: {told}")


def _expected(trades: list[StructureTrade], day: date, price: Decimal) -> Iterator[Decimal]:
    for trade in trades:
        legs = expired_legs(trade, [day])
        yield shares_of(trade, legs, by_price(trade, legs, price))


def _is_indian(trade: StructureTrade) -> bool:
    return contract_of(trade).venue in INDIAN_VENUES


def _told(shown: Shown) -> str:
    return ",".join(f"{name} {count:f}" for name, count in sorted(shown.exercised.items()))
