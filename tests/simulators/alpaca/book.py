"""Every order that was ever accepted, and which of them are open."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.figures import Timer, nanoseconds
from tests.simulators.alpaca.orders import ENDINGS, Order
from tests.simulators.alpaca.refusals import invalid, not_found

PAGE, LARGEST_PAGE = 50, 500
QUERY = frozenset(
    {
        *("status", "limit", "after", "until", "direction", "nested", "symbols", "side", "asset_class"),
        *("before_order_id", "after_order_id"),
    }
)


class Book:
    """Orders by id, by client order id, and the open ones by symbol."""

    def __init__(self, timer: Timer, seed: int) -> None:
        self.orders: dict[str, Order] = {}
        self._by_client: dict[str, Order] = {}
        self._open: dict[str, dict[str, Order]] = {}
        self.on_event: Callable[..., None] = lambda _order, _event, **_more: None
        self._timer = timer
        self._random = Random(seed)

    def new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def add(self, order: Order) -> None:
        self.orders[order.id] = self._by_client[order.client_order_id] = order
        self._open.setdefault(order.asset.symbol, {})[order.id] = order
        if not order.waiting:
            self.on_event(order, "pending_new")

    def is_taken(self, client_order_id: str) -> bool:
        return client_order_id in self._by_client

    def find(self, order_id: str) -> Order:
        """Return an order by Alpaca's id; raise Refused."""
        try:
            return self.orders[str(UUID(order_id))]
        except ValueError:
            raise invalid("order_id must be a uuid") from None
        except KeyError:
            raise not_found(f"order not found for {order_id}") from None

    def find_by_client(self, client_order_id: str) -> Order:
        try:
            return self._by_client[client_order_id]
        except KeyError:
            raise not_found(f"order not found for {client_order_id}") from None

    def open(self, asset: Asset | None = None) -> list[Order]:
        """Return what can still fill, oldest first, waiting legs included."""
        if asset is not None:
            return list(self._open.get(asset.symbol, {}).values())
        orders = (order for orders in self._open.values() for order in orders.values())
        return sorted(orders, key=lambda order: order.created_at)

    def reserved(self) -> Decimal:
        """Return the margin that open orders keep."""
        return sum((order.reserve for orders in self._open.values() for order in orders.values()), Decimal(0))

    def held_for(self, asset: Asset, side: str) -> tuple[Decimal, list[str]]:
        """Return how much live orders of a side hold, a pair of rivals once, and their ids."""
        total, ids, counted = Decimal(0), [], set()
        for order in self.open(asset):
            if order.side != side or not (order.holds and order.closes) or order.id in counted:
                continue
            counted |= {rival.id for rival in order.rivals}
            total += (order.quantity or Decimal(0)) - order.filled
            ids.append(order.id)
        return total, ids

    def finish(self, order: Order, status: str) -> None:
        """End an order; nothing happens when it has ended."""
        if self._open.get(order.asset.symbol, {}).pop(order.id, None) is not None:
            order.status = status
            order.updated_at = order.ended[ENDINGS[status]] = self._timer.now()
            if status != "filled" and not order.is_part:
                self.on_event(order, status)

    def select(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Answer GET /v2/orders; raise Refused."""
        if unknown := set(query) - QUERY:
            raise invalid(f"unknown parameters: {', '.join(sorted(unknown))}")
        status = choice(query, "status", ("open", "closed", "all"))
        orders: Iterable[Order] = self.open() if status == "open" else list(self.orders.values())
        if status == "closed":
            orders = (order for order in orders if order.is_final)
        chosen = [order for order in orders if self._fits(order, query)]
        if query.get("nested") == "true":
            ids = {order.id for order in chosen}
            chosen = [order for order in chosen if order.parent is None or order.parent.id not in ids]
        if choice(query, "direction", ("desc", "asc")) == "desc":
            chosen.reverse()
        return [order.as_json(nested=query.get("nested") == "true") for order in chosen[: page(query)]]

    def _fits(self, order: Order, query: Mapping[str, str]) -> bool:
        symbols = {symbol.replace("/", "") for symbol in query.get("symbols", "").split(",") if symbol}
        classes = set(query.get("asset_class", "").split(",")) - {"", "all"}
        return (
            (not symbols or order.asset.alias in symbols)
            and (not classes or order.asset.asset_class in classes)
            and query.get("side", order.side) in {order.side, ""}
            and self._is_between(order.created_at, query)
        )

    def _is_between(self, at: int, query: Mapping[str, str]) -> bool:
        try:
            after = [nanoseconds(query["after"])] if "after" in query else []
            until = [nanoseconds(query["until"])] if "until" in query else []
        except ValueError:
            raise invalid("invalid after or until") from None
        after += [self.find(query[name]).created_at for name in ("after_order_id",) if name in query]
        until += [self.find(query[name]).created_at for name in ("before_order_id",) if name in query]
        return all(at > bound for bound in after) and all(at < bound for bound in until)


def choice(query: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    value = query.get(name, words[0])
    if value not in words:
        raise invalid(f"invalid {name}")
    return value


def page(query: Mapping[str, str]) -> int:
    limit = query.get("limit", str(PAGE))
    if not limit.isdecimal() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise invalid(f"limit must be between 1 and {LARGEST_PAGE}")
    return int(limit)
