"""The book of trades: which part of an account's position is which bot's."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.clock import Clock
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Side
from app.domain.reconciliation import reduced
from app.domain.trades import FillUpdate, Place, Trade, bots_share, count_fill
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "trades/"


@dataclass(frozen=True, slots=True)
class Reduction:
    """A trade that must say less, and the change that writes it."""

    before: Trade
    after: Trade
    change: Change


class Trades:
    """Open trades under `trades/{bot}/{broker}:{symbol}`; a trade that comes to nothing is removed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def find(self, bot: str, broker: str, symbol: str) -> Trade | None:
        """Return a bot's trade in a symbol."""
        document = self._document(bot, broker, symbol)
        return None if document is None else _read(document)

    def every(self) -> dict[Place, Trade]:
        """Return all open trades by bot, broker and symbol."""
        return {trade.place: trade for trade in map(_read, self._store.list(PREFIX))}

    def at(self, broker: str) -> list[Trade]:
        """Return all open trades at one broker."""
        return [trade for trade in map(_read, self._store.list(PREFIX)) if trade.broker == broker]

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

    def open_symbols(self, bot: str) -> set[str]:
        """Return the symbols that a bot holds."""
        return {document.value["symbol"] for document in self._store.list(f"{PREFIX}{bot}/")}

    def forgetting(self, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end every bot's trade in a symbol, when the operator closed it."""
        return [Delete(document) for document in self._in_symbol(broker, symbol)]

    def closing(self, broker: str, symbol: str, change: Decimal) -> list[Change]:
        """Return the changes by which bots' trades lose the operator's order closed, the latest first."""
        documents = self._in_symbol(broker, symbol)
        known = sum((_read(document).quantity for document in documents), ZERO)
        return [item.change for item in self._reduced(documents, known + change)]

    def reducing(self, broker: str, symbol: str, held: Decimal) -> list[Reduction]:
        """Return what bots' trades lose so that all of them say what is held, the latest first."""
        return self._reduced(self._in_symbol(broker, symbol), held)

    def counting(
        self, bot: str, broker: str, symbol: str, multiplier: Decimal, fills: list[FillUpdate]
    ) -> list[Change]:
        """Return the change that counts the fills; exits alone open no trade."""
        if not any(fill.receipt.filled_quantity for fill in fills):
            return []
        document = self._document(bot, broker, symbol)
        if document is None and all(fill.role is OrderRole.EXIT for fill in fills):
            return []
        before = _read(document) if document is not None else Trade(bot, broker, symbol, self._clock())
        after = before
        for fill in fills:
            after = count_fill(after, fill, multiplier)
        if after is before:
            return []
        if document is None:
            return [Create(_key(after.place), after.to_json())] if after.quantity else []
        return [_written(document, after)]

    def _document(self, bot: str, broker: str, symbol: str) -> Document | None:
        return self._store.get(_key(Place(bot, broker, symbol)))

    def _in_symbol(self, broker: str, symbol: str) -> list[Document]:
        suffix = f"/{broker}:{symbol}"
        return [document for document in self._store.list(PREFIX) if document.key.endswith(suffix)]

    def _reduced(self, documents: Iterable[Document], held: Decimal) -> list[Reduction]:
        by_key = {document.key: document for document in documents}
        before = {key: _read(document) for key, document in by_key.items()}
        after = {_key(trade.place): trade for trade in reduced(before.values(), held)}
        return [Reduction(before[key], trade, _written(by_key[key], trade)) for key, trade in after.items()]


def _key(place: Place) -> str:
    return f"{PREFIX}{place.bot}/{place.broker}:{place.symbol}"


def _read(document: Document) -> Trade:
    return Trade.from_json(document.value)


def _written(document: Document, trade: Trade) -> Change:
    return Replace(document, trade.to_json()) if trade.quantity else Delete(document)
