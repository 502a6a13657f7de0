"""Exit plans, under `exits/{bot}/{broker}:{symbol}`: one document for each position with exits."""

from collections.abc import Iterator
from dataclasses import field, replace
from functools import cached_property

from app.dataclass import dataclass
from app.domain.exit_plan import ExitPlan
from app.domain.json_codec import UNREADABLE, from_json, to_json
from app.domain.trades import Place
from app.repositories.open_orders import OpenOrders
from app.repositories.readable import readable
from app.storage.base import JSON, Change, Create, Delete, Document, Replace, Store

PREFIX = "exits/"


@dataclass(frozen=True)
class StoredExitPlan:
    """An exit plan as it was read, and whose it is; `version` tells which writing of it was read."""

    position: Place
    version: int
    value: JSON = field(repr=False)

    @cached_property
    def plan(self) -> ExitPlan:
        """The plan itself; raise where it cannot be read, which is no other position's trouble."""
        return from_json(ExitPlan, self.value)


class ExitPlans:
    """Read and write exit plans; whoever writes holds the symbol."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open_orders = OpenOrders(store)

    def every(self) -> Iterator[StoredExitPlan]:
        """Yield all of them."""
        return map(_stored, self._store.list(PREFIX))

    def at(self, broker: str) -> list[ExitPlan]:
        """Return those at one broker that can be read."""
        stored = (item for item in self._store.list(PREFIX) if _place(item.key).broker == broker)
        return list(readable(stored, lambda item: _stored(item).plan))

    def in_symbol(self, broker: str, symbol: str) -> Iterator[StoredExitPlan]:
        """Yield every bot's in one symbol."""
        return (item for item in self.every() if item.position[1:] == (broker, symbol))

    def find(self, bot: str, broker: str, symbol: str) -> StoredExitPlan | None:
        """Return a bot's plan in a symbol."""
        document = self._store.get(_key(Place(bot, broker, symbol)))
        return None if document is None else _stored(document)

    def starting(self, exit_plan: ExitPlan, *, adds: bool = False) -> Change:
        """Return the change that protects an entry; an order that is being sent for an earlier one stays.

        Where the entry adds to what is held, a stop that follows the market keeps the best price.
        """
        known = self.find(exit_plan.bot, exit_plan.broker, exit_plan.symbol)
        if known is None:
            return self.keeping(exit_plan)
        try:
            earlier = known.plan
        except UNREADABLE:
            # What was bought needs its stop, and its ticket could never be written without one.
            return Replace(_document(known), to_json(exit_plan))
        if earlier.ticket == exit_plan.ticket:
            exit_plan = replace(exit_plan, place=earlier.place)
        if adds or earlier.ticket == exit_plan.ticket:
            exit_plan = replace(exit_plan, best=earlier.best)
        return Replace(_document(known), to_json(replace(exit_plan, sending=earlier.sending)))

    def keeping(self, exit_plan: ExitPlan) -> Change:
        """Return the change that protects what has no exits yet; those that it has are left as they are."""
        place = Place(exit_plan.bot, exit_plan.broker, exit_plan.symbol)
        return Create(_key(place), to_json(exit_plan))

    def rewrite(self, known: StoredExitPlan, exit_plan: ExitPlan) -> StoredExitPlan:
        """Write a plan over the one that was read; raise Conflict."""
        return _stored(self._store.replace(_document(known), to_json(exit_plan)))

    def forget(self, known: StoredExitPlan) -> None:
        """End the plan that was read; raise Conflict where another has been written since."""
        self._store.apply([Delete(_document(known))])

    def leaving_behind(self, bot: str, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end what an earlier position left; an entry that waits keeps its own."""
        if self._open_orders.awaits_entry(bot, broker, symbol):
            return []
        return self.forgetting(bot, broker, symbol)

    def forgetting(self, bot: str, broker: str, symbol: str) -> list[Change]:
        """Return the changes that end a plan."""
        known = self.find(bot, broker, symbol)
        return [Delete(_document(known))] if known is not None else []


def _key(place: Place) -> str:
    return f"{PREFIX}{place.bot}/{place.broker}:{place.symbol}"


def _stored(document: Document) -> StoredExitPlan:
    return StoredExitPlan(_place(document.key), document.version, document.value)


def _place(key: str) -> Place:
    """Return whose a plan is, which is known even where the plan itself cannot be read."""
    bot, _, where = key.removeprefix(PREFIX).partition("/")
    broker, _, symbol = where.partition(":")
    return Place(bot, broker, symbol)


def _document(known: StoredExitPlan) -> Document:
    return Document(_key(known.position), known.value, known.version)
