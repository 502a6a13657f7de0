"""Trades that went flat before a number could be had; they get one later."""

from collections.abc import Iterator

from app.domain.closed_trades import ClosedTrade
from app.repositories.readable import readable
from app.storage.base import Create, Document, Store

PREFIX = "unnumbered_trades/"


class UnnumberedTrades:
    """Where each of them is kept, under `unnumbered_trades/{trade}`, until it has its number."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def noting(self, trade: ClosedTrade, key: str) -> Create:
        """Return the change that remembers a trade, kept under a key."""
        return Create(f"{PREFIX}{trade.id}", {"key": key})

    def every(self) -> Iterator[tuple[Document, str]]:
        """Yield each note and the key under which its trade is kept."""
        return readable(self._store.list(PREFIX), lambda document: (document, document.value["key"]))
