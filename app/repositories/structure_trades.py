"""Structures that bots hold or open, under `structures/{bot}/{id}`; what is over is a closed trade."""

import json
from collections.abc import Iterator
from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade, StructureHistory
from app.domain.json_codec import from_json, to_json
from app.domain.money import ZERO
from app.domain.orders import Side
from app.domain.structures.trades import StructureTrade, TradeState
from app.errors import RecordUnreadable
from app.repositories.closed_trades import DAY, ClosedTrades, key_of_day
from app.repositories.readable import certain, each_or_none, readable, sentence_of
from app.repositories.trade_numbers import TradeNumbers
from app.storage.base import JSON, Change, Create, Delete, Document, Replace, Store

PREFIX = "structures/"


@dataclass(frozen=True)
class StoredStructureTrade:
    """A trade as it was read; `version` tells which writing of it was read."""

    key: str
    version: int
    value: JSON = field(repr=False)

    @cached_property
    def trade(self) -> StructureTrade:
        """The trade itself; raise where it cannot be read, which is no other trade's trouble."""
        return from_json(StructureTrade, self.value)


@dataclass(frozen=True, slots=True)
class LegsHeld:
    """How much of each contract and share structures at one broker hold together, signed."""

    held: dict[str, Decimal]
    unread: tuple[Document, ...] = ()

    def of(self, symbol: str) -> Decimal:
        """Return it of one name; raise RecordUnreadable: who sells what they hold opens the other side."""
        for document in self.unread:
            if _may_hold(document, symbol):
                raise RecordUnreadable(sentence_of(document.key))
        return self.held.get(symbol, ZERO)


class StructureTrades:
    """Read and write trades in structures; whoever writes holds the underlying."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closed = ClosedTrades(store)
        self._numbers = TradeNumbers(store)

    def number(self) -> int:
        """Return a number that no trade has; raise Conflict, StoreUnavailable or RecordUnreadable."""
        return self._numbers.next()

    def every(self) -> Iterator[StoredStructureTrade]:
        """Yield all that are not over."""
        return map(_stored, self._store.list(PREFIX))

    def readable(self) -> Iterator[StoredStructureTrade]:
        """Yield all that are not over and can be read."""
        return readable(self._store.list(PREFIX), _understood)

    def at(self, broker: str, *, bot: str | None = None) -> list[StructureTrade]:
        """Return all that are not over at one broker, or those of one bot."""
        found = self.readable() if bot is None else readable(self._of_bot(bot), _understood)
        return [stored.trade for stored in found if stored.trade.broker == broker]

    def each_at(self, broker: str, *, bot: str | None = None) -> list[StructureTrade | None]:
        """Return what `at` returns; None is one that cannot be read, and may be at any broker."""
        found = self._store.list(PREFIX) if bot is None else self._of_bot(bot)
        stored = each_or_none(found, _understood)
        trades = (None if item is None else item.trade for item in stored)
        return [trade for trade in trades if trade is None or trade.broker == broker]

    def holding(self, broker: str, symbol: str) -> list[StructureTrade]:
        """Return those at a broker that hold a contract, or shares, of this name; raise RecordUnreadable."""
        found = [certain(item, _understood) for item in self._here(broker) if _may_hold(item, symbol)]
        return [stored.trade for stored in found if symbol in stored.trade.legs]

    def legs_at(self, broker: str) -> LegsHeld:
        """Return what they hold together at a broker."""
        held, unread = dict[str, Decimal](), list[Document]()
        documents = self._here(broker)
        for document, stored in zip(documents, each_or_none(documents, _understood), strict=True):
            if stored is None:
                unread.append(document)
                continue
            for symbol, quantity in stored.trade.legs.items():
                held[symbol] = held.get(symbol, ZERO) + quantity
        return LegsHeld(held, tuple(unread))

    def of_bot(self, bot: str) -> Iterator[StoredStructureTrade]:
        """Yield a bot's."""
        return map(_stored, self._of_bot(bot))

    def certainly_of(self, bot: str) -> list[StructureTrade]:
        """Return a bot's; raise RecordUnreadable."""
        return [certain(item, _understood).trade for item in self._of_bot(bot)]

    def read_of(self, bot: str) -> tuple[list[StructureTrade], list[str]]:
        """Return a bot's that can be read, and the keys of the others."""
        documents = list(self._of_bot(bot))
        found = [*each_or_none(documents, _understood)]
        unread = [item.key for item, stored in zip(documents, found, strict=True) if stored is None]
        return [stored.trade for stored in found if stored is not None], unread

    def find(self, bot: str, trade_id: str) -> StoredStructureTrade | None:
        """Return one that is not over."""
        document = self._store.get(_key(bot, trade_id))
        return None if document is None else _stored(document)

    def numbered(self, number: int) -> StoredStructureTrade | None:
        """Return the one of a number; None where it is over, or no structure. Raise RecordUnreadable."""
        found = (item for item in self._store.list(PREFIX) if item.value.get("number") == number)
        return next((certain(item, _understood) for item in found), None)

    def ended(self, trade_id: str, begun: datetime, now: datetime) -> ClosedTrade | None:
        """Return one that is over, by its id; it was begun about `begun` and has ended since."""
        first, last = begun.date() - DAY, now.date() + DAY
        days = [first + DAY * number for number in range((last - first).days + 1)]
        for day in (*days, *self._closed.days_after(last)):
            found = self._closed.at(f"{key_of_day(day)}{trade_id}")
            if found:
                return next(iter(found.values()))
        return None

    def opening(self, trade: StructureTrade) -> list[Change]:
        """Return the changes that write down a trade before its first order is sent."""
        return [Create(_key(trade.bot, trade.id), to_json(trade))]

    def rewrite(self, known: StoredStructureTrade, trade: StructureTrade) -> StoredStructureTrade:
        """Write a trade over the one that was read, durably; raise Conflict."""
        return _stored(self._store.replace(_document(known), to_json(trade)))

    def rewriting(self, known: StoredStructureTrade, trade: StructureTrade) -> list[Change]:
        """Return the changes that write a trade over the one that was read, together with others."""
        return [Replace(_document(known), to_json(trade))]

    def ending(self, known: StoredStructureTrade, trade: StructureTrade, now: datetime) -> list[Change]:
        """Return the changes that make a closed trade of one that is over; made again they change nothing."""
        kept = closed(trade)
        return [*self._closed.keeping(kept, now), Delete(_document(known))]

    def forgetting(self, broker: str, now: datetime) -> Iterator[list[Change]]:
        """Yield, for each at a broker, the changes that end it without a price: nobody holds it any more."""
        for stored in self.readable():
            trade = stored.trade
            if trade.broker == broker:
                over = replace(trade, state=TradeState.CLOSED, closed_at=now)
                # What it brought is nobody's knowledge, save of one that never held anything.
                kept = replace(closed(over), is_priced=not trade.entered_units)
                yield [*self._closed.keeping(kept, now), Delete(_document(stored))]

    def certainly_at(self, broker: str) -> list[StructureTrade]:
        """Return all at a broker; raise RecordUnreadable: who sells what they hold opens the other side."""
        return [certain(item, _understood).trade for item in self._here(broker)]

    def _here(self, broker: str) -> list[Document]:
        return [item for item in self._store.list(PREFIX) if item.value.get("broker", broker) == broker]

    def _of_bot(self, bot: str) -> Iterator[Document]:
        return self._store.list(f"{PREFIX}{bot}/")


def closed(trade: StructureTrade) -> ClosedTrade:
    """Return a trade that is over the way closed trades are kept; prices carry no sign there."""
    entry, units = trade.entry_net, trade.entered_units
    leaving = trade.exited_value / units if units else None
    return ClosedTrade(
        id=trade.id,
        number=trade.number,
        bot=trade.bot,
        broker=trade.broker,
        symbol=trade.symbol,
        side=Side.SELL if (entry or ZERO) < ZERO else Side.BUY,
        quantity=Decimal(units),
        multiplier=trade.structure.multiplier,
        entry_price=None if entry is None else abs(entry),
        exit_price=None if leaving is None else abs(leaving),
        realized_pnl=-(trade.entered_value + trade.exited_value) * trade.structure.multiplier,
        fees=trade.fees,
        is_priced=True,
        opened_at=trade.entered_at or trade.created_at,
        closed_at=trade.closed_at or trade.created_at,
        tickets=tuple(map(str, trade.tickets)),
        structure=StructureHistory(
            trade.kind,
            trade.structure,
            trade.state,
            trade.reason,
            entry,
            leaving,
            trade.underlying_at_entry,
            trade.leg_prices,
        ),
    )


def _key(bot: str, trade_id: str) -> str:
    return f"{PREFIX}{bot}/{trade_id}"


def _stored(document: Document) -> StoredStructureTrade:
    return StoredStructureTrade(document.key, document.version, document.value)


def _understood(document: Document) -> StoredStructureTrade:
    """Return a trade that can be read; raise what its reading raises."""
    stored = _stored(document)
    stored.trade  # noqa: B018  # kept once it is read
    return stored


def _may_hold(document: Document, symbol: str) -> bool:
    """Tell whether a trade may hold something: one that says what it is made of holds nothing else."""
    structure = document.value.get("structure")
    is_told = isinstance(structure, dict) and bool(structure.get("legs")) and "legs" in document.value
    return not is_told or symbol in json.dumps(document.value)


def _document(known: StoredStructureTrade) -> Document:
    return Document(known.key, known.value, known.version)
