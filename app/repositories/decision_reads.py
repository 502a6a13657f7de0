"""What every decision on an order reads from the store, asked for together."""

from contextlib import AbstractContextManager

from app.repositories import circuit_breaker, open_orders, pursuits, structure_trades, trading_state
from app.storage.base import Store, Waiting


class DecisionReads:
    """The documents and lists that whoever decides reads one after the other, with the symbol held."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ahead(self, broker: str, waiting: Waiting | None) -> AbstractContextManager[None]:
        """Read them together; within the block they are as they were at its beginning, for a second.

        `waiting` are alerts that are looked at beside, if any are.
        """
        keys = (trading_state.KEY, circuit_breaker.KEY, f"{circuit_breaker.KEY}/{broker}")
        prefixes = (open_orders.PREFIX, structure_trades.PREFIX, pursuits.PREFIX)
        return self._store.ahead(keys, prefixes, waiting)
