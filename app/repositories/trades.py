"""The book of trades: which part of an account's position is which bot's."""

from decimal import Decimal

from app.clock import Clock
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Side
from app.domain.reconciliation import reduced
from app.domain.trades import FillUpdate, Trade, bots_share, count_fill
from app.storage.base import Change, Create, Delete, Document, Replace, Store


class Trades:
    """Open trades under `trades/{bot}/{broker}:{symbol}`; a trade that comes to nothing is removed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def find(self, bot: str, broker: str, symbol: str) -> Document | None:
        """Return a bot's trade in a symbol."""
        return self._store.get(f"trades/{bot}/{broker}:{symbol}")

    def every(self) -> dict[tuple[str, str, str], Trade]:
        """Return all open trades by bot, broker and symbol."""
        trades = (Trade.from_json(document.value) for document in self._store.list("trades/"))
        return {(trade.bot, trade.broker, trade.symbol): trade for trade in trades}

    def share(self, bot: str, others: list[str], broker: str, symbol: str, account: Decimal) -> Decimal:
        """Return how much of the account's signed position is the bot's."""
        shared = any(self.find(other, broker, symbol) is not None for other in others)
        if not shared:
            return account
        own = self.find(bot, broker, symbol)
        quantity = Trade.from_json(own.value).quantity if own is not None else ZERO
        return bots_share(quantity, account, shared=True)

    def opposing(self, bots: list[str], broker: str, symbol: str, side: Side) -> str | None:
        """Return a bot that holds the position opposite to an entry of this side, if any."""
        for bot in bots:
            document = self.find(bot, broker, symbol)
            if document is not None and Trade.from_json(document.value).quantity * side.sign < ZERO:
                return bot
        return None

    def open_symbols(self, bot: str) -> set[str]:
        """Return the symbols that a bot holds."""
        return {document.value["symbol"] for document in self._store.list(f"trades/{bot}/")}

    def forgetting(self, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end every bot's trade in a symbol, when the operator closed it."""
        suffix = f"/{broker}:{symbol}"
        return [Delete(document) for document in self._store.list("trades/") if document.key.endswith(suffix)]

    def closing(self, broker: str, symbol: str, change: Decimal) -> list[Change]:
        """Return the changes by which bots' trades lose the operator's order closed, the latest first."""
        suffix = f"/{broker}:{symbol}"
        documents = [item for item in self._store.list("trades/") if item.key.endswith(suffix)]
        trades = {item.key: Trade.from_json(item.value) for item in documents}
        known = sum((trade.quantity for trade in trades.values()), ZERO)
        after = {f"trades/{each.bot}{suffix}": each for each in reduced(trades.values(), known + change)}
        return [
            written
            for item in documents
            if item.key in after
            for written in self._changes(item, trades[item.key], after[item.key])
        ]

    def counting(
        self, bot: str, broker: str, symbol: str, multiplier: Decimal, fills: list[FillUpdate]
    ) -> list[Change]:
        """Return the change that counts the fills; exits alone open no trade."""
        if not any(fill.receipt.filled_quantity for fill in fills):
            return []
        document = self.find(bot, broker, symbol)
        if document is None and all(fill.role is OrderRole.EXIT for fill in fills):
            return []
        trade = Trade.from_json(document.value) if document is not None else None
        before = trade or Trade(bot, broker, symbol, self._clock())
        after = before
        for fill in fills:
            after = count_fill(after, fill, multiplier)
        return self._changes(document, before, after)

    def _changes(self, document: Document | None, before: Trade, after: Trade) -> list[Change]:
        if after is before:
            return []
        if document is None:
            key = f"trades/{after.bot}/{after.broker}:{after.symbol}"
            return [Create(key, after.to_json())] if after.quantity else []
        return [Replace(document, after.to_json())] if after.quantity else [Delete(document)]
