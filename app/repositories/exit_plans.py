"""What is protected, under `exits/{bot}/{broker}:{symbol}`: one document for each position with exits."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.exit_plan import ExitPlan
from app.domain.json_codec import from_json, to_json
from app.repositories.open_orders import OpenOrders
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "exits/"


class ExitPlans:
    """Read and write protections; whoever writes holds the symbol."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open_orders = OpenOrders(store)

    def every(self) -> Iterator[Document]:
        """Yield all of them."""
        yield from self._store.list(PREFIX)

    def find(self, bot: str, broker: str, symbol: str) -> Document | None:
        """Return a bot's protection in a symbol."""
        return self._store.get(_key(bot, broker, symbol))

    def starting(self, exit_plan: ExitPlan, *, adds: bool = False) -> Change:
        """Return the change that protects an entry; an order that is being sent for an earlier one stays.

        Where the entry adds to what is held, a stop that follows the market keeps the best price.
        """
        key = _key(exit_plan.bot, exit_plan.broker, exit_plan.symbol)
        known = self._store.get(key)
        if known is None:
            return Create(key, to_json(exit_plan))
        earlier = exit_plan_of(known)
        if earlier.ticket == exit_plan.ticket:
            exit_plan = replace(exit_plan, place=earlier.place)
        if adds or earlier.ticket == exit_plan.ticket:
            exit_plan = replace(exit_plan, best=earlier.best)
        return Replace(known, to_json(replace(exit_plan, sending=earlier.sending)))

    def keeping(self, exit_plan: ExitPlan) -> Change:
        """Return the change that protects what has no exits yet; those that it has are left as they are."""
        return Create(_key(exit_plan.bot, exit_plan.broker, exit_plan.symbol), to_json(exit_plan))

    def rewrite(self, document: Document, exit_plan: ExitPlan) -> Document:
        """Write a protection over the one that was read; raise Conflict."""
        return self._store.replace(document, to_json(exit_plan))

    def leaving_behind(self, bot: str, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end what an earlier position left; an entry that waits keeps its own."""
        if self._open_orders.awaits_entry(bot, broker, symbol):
            return []
        return self.forgetting(bot, broker, symbol)

    def forgetting(self, bot: str, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end a protection."""
        known = self.find(bot, broker, symbol)
        return [Delete(known)] if known is not None else []


def exit_plan_of(document: Document) -> ExitPlan:
    """Read a stored protection."""
    return from_json(ExitPlan, document.value)


def _key(bot: str, broker: str, symbol: str) -> str:
    return f"{PREFIX}{bot}/{broker}:{symbol}"
