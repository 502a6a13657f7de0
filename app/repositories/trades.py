"""Open trades: which part of an account's position is which bot's, and what is kept when one goes flat."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Receipt, Side
from app.domain.reconciliation import losses
from app.domain.trade_counting import count_fill, end_if_fee, keep_fee, reduce_trade
from app.domain.trades import FillUpdate, Place, Trade, bots_share
from app.errors import Conflict, RecordUnreadable
from app.repositories.closed_trades import ClosedTrades
from app.repositories.inbox import open_entries
from app.repositories.readable import certain, each_or_none, readable
from app.repositories.trade_numbers import TradeNumbers
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "trades/"


@dataclass(frozen=True, slots=True)
class Reduction:
    """A trade that must say less, and the changes that write it, and keep it where it goes flat."""

    before: Trade
    after: Trade
    changes: list[Change]


# Says what a trade is without units (unsigned) that left it, and what it closed.
Lose = Callable[[Trade, Decimal], tuple[Trade, ClosedTrade | None]]


class Trades:
    """Open trades under `trades/{bot}/{broker}:{symbol}`; a trade that goes flat is kept as a closed one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._closed = ClosedTrades(store)
        self._numbers = TradeNumbers(store)

    def find(self, bot: str, broker: str, symbol: str) -> Trade | None:
        """Return a bot's trade in a symbol."""
        document = self._document(bot, broker, symbol)
        return None if document is None else certain(document, _read)

    def every(self) -> dict[Place, Trade]:
        """Return all open trades by bot, broker and symbol."""
        return {trade.place: trade for trade in readable(self._store.list(PREFIX), _read)}

    def at(self, broker: str, *, bot: str | None = None) -> list[Trade]:
        """Return all open trades at one broker, or those of one bot."""
        prefix = PREFIX if bot is None else f"{PREFIX}{bot}/"
        return [trade for trade in readable(self._store.list(prefix), _read) if trade.broker == broker]

    def each_at(self, broker: str, *, bot: str | None = None) -> list[Trade | None]:
        """Return all open trades at one broker, or those of one bot; None is one that cannot be read."""
        found = self._store.list(PREFIX if bot is None else f"{PREFIX}{bot}/")
        here = (item for item in found if f"/{broker}:" in item.key)
        return list(each_or_none(here, _read))

    def are_in(self, broker: str, symbol: str) -> bool:
        """Tell whether any bot has a trade in a symbol, be it one that cannot be read."""
        return bool(self._in_symbol(broker, symbol))

    def numbered(self, number: int) -> Trade | None:
        """Return the open trade of a number; raise RecordUnreadable."""
        found = (item for item in self._store.list(PREFIX) if item.value.get("number", 0) == number)
        return next((certain(item, _read) for item in found), None)

    def is_trading(self, bot: str) -> bool:
        """Tell whether a bot holds anything."""
        return next(self._store.list(f"{PREFIX}{bot}/", limit=1), None) is not None

    def share(self, bot: str, others: list[str], broker: str, symbol: str, account: Decimal) -> Decimal:
        """Return how much of the account's signed position is the bot's."""
        shared = any(self._document(other, broker, symbol) is not None for other in others)
        if not shared:
            return account
        own = self.find(bot, broker, symbol)
        return bots_share(own.quantity if own is not None else ZERO, account, shared=True)

    def opposing(self, bots: list[str], broker: str, symbol: str, side: Side) -> str | None:
        """Return a bot that holds the position opposite to an entry of this side, if any."""
        for bot in bots:
            trade = self.find(bot, broker, symbol)
            if trade is not None and trade.quantity * side.sign < ZERO:
                return bot
        return None

    def give_numbers(self) -> int:
        """Number the trades that have none, open or closed; return how many."""
        listed = (item for item in self._store.list(PREFIX) if not item.value.get("number"))
        bare = list(readable(listed, lambda item: (item, _read(item))))
        for document, trade in bare:
            # Whoever counts a fill at this moment numbers the trade as well, and is not overwritten.
            with suppress(Conflict):
                self._store.apply(self._written(document, trade))
        return len(bare) + self._number_closed()

    def _number_closed(self) -> int:
        numbered = 0
        for changes in self._closed.numbering(self._number):
            # What somebody else writes at this moment is looked at again the next time.
            with suppress(Conflict):
                self._store.apply(changes)
                numbered += len(changes) > 1
        return numbered

    def open_symbols(self, bot: str) -> set[str]:
        """Return the symbols that a bot holds."""
        # By their keys: what cannot be read is held all the same.
        return {document.key.partition(":")[2] for document in self._store.list(f"{PREFIX}{bot}/")}

    def forgetting(self, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end every bot's trade in a symbol that nobody holds any more."""
        return _changes(self.reducing(broker, symbol, ZERO))

    def losing(self, receipt: Receipt, ticket: UUID, kept_fee: Decimal = ZERO) -> list[Change]:
        """Return the changes by which bots' trades lose what the operator's order closed, latest first."""
        documents = self._in_symbol(receipt.broker, receipt.symbol)
        trades, name = [certain(item, _read) for item in documents], receipt.client_order_id
        at = receipt.filled_at or self._clock()
        # A crash may have come between the trades: what this order took from some of them counts once.
        taken = sum((trade.orders[name].quantity for trade in trades if name in trade.orders), ZERO)
        gone = self._closed.counted(receipt, at.date(), besides={trade.id for trade in trades})
        left = receipt.filled_quantity - taken - gone

        def sold(trade: Trade, lost: Decimal) -> tuple[Trade, ClosedTrade | None]:
            # Each bot bears the fees of its own units.
            fees = receipt.fees * lost / receipt.filled_quantity
            price = receipt.average_fill_price
            after, closed = reduce_trade(trade, lost, at, price=price, fees=fees, ticket=ticket, order=name)
            is_over = closed is not None or not receipt.status.is_final
            return (after, closed) if is_over else end_if_fee(after, kept_fee, at)

        held = sum((trade.quantity for trade in trades), ZERO) + receipt.side.sign * left
        return _changes(self._reduced(documents, held, sold))

    def reducing(self, broker: str, symbol: str, held: Decimal, *, is_fee: bool = False) -> list[Reduction]:
        """Return what bots' trades lose so that all of them say what is held, the latest first.

        At what price the rest left is nobody's knowledge, unless the broker kept it as its fee.
        """
        now = self._clock()
        documents = self._in_symbol(broker, symbol)
        lose = keep_fee if is_fee else reduce_trade
        return self._reduced(documents, held, lambda trade, lost: lose(trade, lost, now))

    def counting(
        self, bot: str, broker: str, symbol: str, multiplier: Decimal, fills: list[FillUpdate]
    ) -> list[Change]:
        """Return the changes that count the fills; exits alone open no trade."""
        if not any(fill.receipt.filled_quantity for fill in fills):
            return []
        document = self._document(bot, broker, symbol)
        if document is None and all(fill.role is OrderRole.EXIT for fill in fills):
            return []
        now = self._clock()
        before = certain(document, _read) if document is not None else Trade(bot, broker, symbol, now)
        after, kept = before, list[Change]()
        for fill in fills:
            after, closed = count_fill(after, replace(fill, at=fill.at or now), multiplier)
            kept += self._keeping(closed)
        return [*kept, *([] if after is before else self._written(document, after))]

    def is_owed(self, place: Place, ticket: UUID, closed: Decimal) -> bool:
        """Tell whether units that an exit closed may have come from an alert before it that is not finished.

        A crash leaves such alerts: counted before they are, the exit would be taken off nothing, and what
        they bought would stay in the books.
        """
        trade = self.find(*place)
        if trade is not None and abs(trade.quantity) >= closed:
            return False
        left = open_entries(self._store)
        return any(entry.bot == place.bot and entry.ticket < ticket for entry in left)

    def _document(self, bot: str, broker: str, symbol: str) -> Document | None:
        return self._store.get(_key(Place(bot, broker, symbol)))

    def _in_symbol(self, broker: str, symbol: str) -> list[Document]:
        suffix = f"/{broker}:{symbol}"
        return [document for document in self._store.list(PREFIX) if document.key.endswith(suffix)]

    def _reduced(self, documents: Iterable[Document], held: Decimal, lose: Lose) -> list[Reduction]:
        by_key = {document.key: document for document in documents}
        reductions: list[Reduction] = []
        for trade, lost in losses((certain(item, _read) for item in by_key.values()), held):
            after, closed = lose(trade, lost)
            changes = [*self._keeping(closed), *self._written(by_key[_key(trade.place)], after)]
            reductions.append(Reduction(trade, after, changes))
        return reductions

    def _keeping(self, closed: ClosedTrade | None) -> list[Change]:
        """Keep a trade before it is removed: a crash between the two counts it once more, to the same end."""
        if closed is None:
            return []
        # One that opened and closed in one write was never stored, and has no number yet.
        numbered = replace(closed, number=closed.number or self._number())
        return self._closed.keeping(numbered, self._clock())

    def _number(self) -> int:
        # Without its trade a position has no exits, without its number only no short name: the trade gets
        # one when it is written again, once somebody has put the record of numbers right.
        try:
            return self._numbers.next()
        except RecordUnreadable:
            return 0

    def _written(self, document: Document | None, trade: Trade) -> list[Change]:
        if trade.quantity == ZERO:
            return [Delete(document)] if document is not None else []
        if trade.number == 0:
            trade = replace(trade, number=self._number())
        if document is None:
            return [Create(_key(trade.place), trade.to_json())]
        return [Replace(document, trade.to_json())]


def _key(place: Place) -> str:
    return f"{PREFIX}{place.bot}/{place.broker}:{place.symbol}"


def _read(document: Document) -> Trade:
    return Trade.from_json(document.value)


def _changes(reductions: Iterable[Reduction]) -> list[Change]:
    return [change for reduction in reductions for change in reduction.changes]
