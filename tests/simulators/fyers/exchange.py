"""The simulated Fyers without its HTTP: place, modify, cancel."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from threading import RLock
from typing import Any

from tests.simulators.fyers import drafts, rules
from tests.simulators.fyers.account import Account
from tests.simulators.fyers.book import Book
from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.drafts import LIMIT, MARKET, STOP, STOP_LIMIT, Draft
from tests.simulators.fyers.figures import ZERO
from tests.simulators.fyers.instruments import Instrument, Listing
from tests.simulators.fyers.market import Market
from tests.simulators.fyers.matching import Matcher
from tests.simulators.fyers.orders import PENDING, Order
from tests.simulators.fyers.refusals import Refused, invalid, rejected, unknown_order, unknown_symbol
from tests.simulators.fyers.vetting import Vetting
from tests.simulators.fyers.whims import PLAIN, Whims

MOST_SLICES, MOST_AT_ONCE = 10, 10
OK_HTTP = 200
CHANGEABLE = frozenset(
    {"id", "type", "limitPrice", "stopPrice", "qty", "disclosedQty", "stopLoss", "takeProfit", "legType"}
)


class Exchange:
    """One account at one market; every public method holds the lock."""

    def __init__(self, cash: Decimal, clock: Clock, stocks: int | None = None) -> None:
        self.lock = RLock()
        self.clock = clock
        self.listing = Listing(clock, stocks)
        self.market = Market(self.listing, clock)
        self.book = Book(clock)
        self.account = Account(cash, self.last)
        self.matcher = Matcher(self.book, self.market, self.account, clock)
        self.vetting = Vetting(self.book, self.market, self.account, clock)
        self.market.on_move = self._moved
        self.retired_products = False

    def last(self, instrument: Instrument) -> Decimal:
        return self.market.price(instrument) or ZERO

    def settle(self, *, everything: bool = False) -> None:
        """Fill what was only late."""
        with self.lock:
            self.matcher.settle(everything=everything)

    def place(self, body: Any, whims: Whims = PLAIN) -> dict[str, Any]:
        """Answer POST /orders/sync; raise Refused."""
        draft = drafts.read(body)
        with self.lock:
            instrument = self.tradable(draft.symbol)
            last = self.market.price(instrument)
            rules.check(draft, instrument, last, retired_allowed=self.retired_products)
            if draft.slices:
                return self._slice(draft, instrument, whims)
            return placed(self.submit(draft, instrument, whims))

    def place_many(self, bodies: Any, whims: Whims = PLAIN) -> dict[str, Any]:
        """Answer POST /multi-order/sync: one entry per order, refusals among them."""
        if not isinstance(bodies, list) or not 0 < len(bodies) <= MOST_AT_ONCE:
            raise invalid(f"A list of 1 to {MOST_AT_ONCE} orders is required")
        return {"s": "ok", "code": 200, "message": "", "data": [self._entry(body, whims) for body in bodies]}

    def submit(self, draft: Draft, instrument: Instrument, whims: Whims = PLAIN) -> Order:
        """Take an order that is well formed; raise Refused when it is rejected."""
        order = self.book.open_from(draft, instrument)
        objection = self.vetting.objection(order)
        if objection is not None:
            order.reject(objection)
            raise rejected(objection, order.id)
        self.matcher.start(order, whims)
        return order

    def modify(self, body: Any) -> dict[str, Any]:
        """Answer PATCH /orders/sync; raise Refused."""
        changes = drafts.mapping(body, CHANGEABLE)
        with self.lock:
            order = self.working(changes.get("id"))
            changed = self._changed(order, changes)
            objection = self.vetting.beyond_circuit(changed)
            objection = objection or self.vetting.short_of_margin(changed)
            if objection is not None:
                raise rejected(objection, order.id)
            self.book.add(changed)
            self.matcher.work(changed)
        return {"s": "ok", "code": 1102, "message": "Successfully modified order", "id": order.id}

    def cancel(self, order_id: Any) -> dict[str, Any]:
        """Answer DELETE /orders/sync; raise Refused."""
        with self.lock:
            order = self.working(order_id)
            self.book.cancel(order)
        return {"s": "ok", "code": 1103, "message": "Successfully cancelled order", "id": order.id}

    def orders_as_json(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer GET /orders, by `id` (several with commas) or `order_tag` ("1:tag") if asked."""
        with self.lock:
            orders = self.book.today()
            shown = [self.shown(order, number) for number, order in enumerate(orders, 1)]
        if "id" in query:
            shown = [order for order in shown if order["id"] in query["id"].split(",")]
        if "order_tag" in query:
            shown = [order for order in shown if order["orderTag"] == query["order_tag"]]
        return {"s": "ok", "code": 200, "message": "", "orderBook": shown}

    def trades_as_json(self) -> dict[str, Any]:
        """Answer GET /tradebook."""
        with self.lock:
            trades = [trade for order in self.book.today() for trade in order.trades_as_json()]
        return {"s": "ok", "code": 200, "message": "", "tradeBook": trades}

    def shown(self, order: Order, number: int) -> dict[str, Any]:
        base = self.market.base(order.instrument)
        return order.as_json(number, self.last(order.instrument), base)

    def tradable(self, symbol: str) -> Instrument:
        instrument = self.listing.find(symbol)
        if instrument is None or not instrument.is_tradable:
            raise unknown_symbol()
        return instrument

    def working(self, order_id: Any) -> Order:
        """Return an order that can still change; raise Refused."""
        order = self.book.find(order_id)
        if order.is_final:
            raise unknown_order("Invalid order id provided: not a pending order")
        return order

    def _slice(self, draft: Draft, instrument: Instrument, whims: Whims) -> dict[str, Any]:
        largest = instrument.freeze // instrument.lot * instrument.lot
        pieces = [min(largest, draft.qty - done) for done in range(0, draft.qty, largest)]
        if len(pieces) > MOST_SLICES:
            raise invalid(f"An order cannot have more than {MOST_SLICES} slices")
        parts = [replace(draft, qty=piece, slices=False) for piece in pieces]
        entries = [attempt(partial(self._placed, part, instrument, whims)) for part in parts]
        return {"code": 1101, "message": "Order Slice placed successfully", "data": entries}

    def _placed(self, draft: Draft, instrument: Instrument, whims: Whims) -> dict[str, Any]:
        order = self.submit(draft, instrument, whims)
        return {"code": 1101, "message": "Successfully placed order", "s": "ok", "id": order.id}

    def _entry(self, body: Any, whims: Whims) -> dict[str, Any]:
        return attempt(partial(self.place, body, whims), words="HTTP OK")

    def _moved(self, symbol: str) -> None:
        with self.lock:
            self.matcher.moved(symbol)

    def _changed(self, order: Order, changes: Mapping[str, Any]) -> Order:
        """Return an order as it will be; raise Refused."""
        kind = drafts.one_of(changes, "type", {LIMIT, MARKET, STOP, STOP_LIMIT}, order.type)
        wants_limit, wants_stop = rules.WANTED[kind]
        limit = kept(changes, "limitPrice", order.limit_price if wants_limit else ZERO)
        stop = kept(changes, "stopPrice", order.stop_price if wants_stop else ZERO)
        quantity = drafts.whole(changes, "qty", least=1) if changes.get("qty") else order.qty
        rules.check_prices(kind, limit, stop, order.instrument)
        rules.check_quantity(quantity, order.instrument)
        if quantity <= order.filled:
            raise invalid("Invalid qty provided")
        if kind == MARKET:
            limit = self.market.protected(order.instrument, order.side)
        values = {"type": kind, "limit_price": limit, "stop_price": stop, "qty": quantity}
        values |= offsets(order, changes)
        changed = replace(order, **values, pause=None, is_transit=False, status=PENDING)
        if changed.waits_for_trigger:
            rules.check_stop(changed, self.market.price(order.instrument))
        return changed


def attempt(action: Callable[[], dict[str, Any]], words: str = "OK") -> dict[str, Any]:
    """Return an action's answer, or its refusal, as one entry of a list."""
    try:
        return {"statusCode": OK_HTTP, "body": action(), "statusDescription": words}
    except Refused as refusal:
        words = "HTTP Bad Request"
        return {"statusCode": refusal.status, "body": refusal.body, "statusDescription": words}


def placed(order: Order) -> dict[str, Any]:
    message = f"Order submitted successfully. Your Order Ref. No.{order.id}"
    return {"s": "ok", "code": 1101, "message": message, "id": order.id}


def kept(changes: Mapping[str, Any], name: str, old: Decimal) -> Decimal:
    return drafts.price(changes, name) if name in changes else old


def offsets(order: Order, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an order's exits become: left out keeps, 0 or null removes."""
    leg_type = drafts.one_of(changes, "legType", {drafts.POINTS, drafts.PERCENT}, order.leg_type)
    stop_loss = kept(changes, "stopLoss", order.stop_loss)
    take_profit = kept(changes, "takeProfit", order.take_profit)
    for name, offset in (("StopLoss", stop_loss), ("TakeProfit", take_profit)):
        rules.check_offset(name, offset, leg_type, order.instrument)
    return {"leg_type": leg_type, "stop_loss": stop_loss, "take_profit": take_profit}
