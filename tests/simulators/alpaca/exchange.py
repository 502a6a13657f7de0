"""The simulated Alpaca without its HTTP: submit, cancel, replace, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import RLock
from typing import Any

from tests.simulators.alpaca.account import Account, position
from tests.simulators.alpaca.assets import CRYPTO, LISTED, Asset, Catalogue
from tests.simulators.alpaca.book import Book
from tests.simulators.alpaca.drafts import Draft, number
from tests.simulators.alpaca.drafts import read as read_draft
from tests.simulators.alpaca.expiring import Expiring
from tests.simulators.alpaca.figures import FINEST_DECIMALS, SECOND, Timer, decimals, floored, is_whole
from tests.simulators.alpaca.market import Clock, Market
from tests.simulators.alpaca.matching import Matcher
from tests.simulators.alpaca.orders import UNTIL_NEXT_MOVE, Order
from tests.simulators.alpaca.refusals import Refused, invalid, not_found, unprocessable
from tests.simulators.alpaca.replacing import replacement
from tests.simulators.alpaca.rules import check_class, check_kind
from tests.simulators.alpaca.spread_desk import SpreadDesk
from tests.simulators.alpaca.spreads import is_spread, refuse_single_leg, spread_of
from tests.simulators.alpaca.vetting import Vetting

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Whims:
    """What a fault does to an order: part of it fills, it fills or is canceled late, or not today.

    `late_seconds` counts from now; None waits for the next move.
    """

    fraction: Decimal | None = None
    late: bool = False
    late_seconds: float | None = None
    closed: bool = False
    late_cancel: bool = False


PLAIN = Whims()


class Exchange:
    """One account at one market; every public method holds the lock."""

    def __init__(self, cash: Decimal, *, seed: int = 0) -> None:
        self.lock = RLock()
        self.timer = Timer()
        self.catalogue = Catalogue()
        self.market = Market(self.lock, self.catalogue, self.timer)
        self.clock = Clock(self.lock, self.timer)
        self.account = Account(cash, self._mark)
        self.book = Book(self.timer, seed)
        self._matcher = Matcher(self.book, self.market, self.clock, self.account, self.timer)
        self.market.on_move, self.clock.on_change = self._matcher.moved, self._matcher.turned
        self._spreads = SpreadDesk(self, self._matcher, self._until)
        self.expiring = Expiring(self.account, self.catalogue, self.market, self.timer)
        self.expiring.buy_back, self.expiring.free = self._buy_back, self._free
        for asset, price in LISTED.items():
            self.catalogue.list(asset)
            self.market.move(asset.symbol, price)

    def settle(self) -> None:
        """Fill what was only late, let options expire that are due."""
        with self.lock:
            self._matcher.wake()
            self.expiring.due()

    def submit(self, body: Any, whims: Whims = PLAIN) -> dict[str, Any]:
        """Answer POST /v2/orders as it stands before its first fill; raise Refused."""
        if is_spread(body):
            with self.lock:
                return self._spreads.submit(body, whims)
        draft = read_draft(body)
        with self.lock:
            if draft.client_order_id is not None:
                self.refuse_taken(draft.client_order_id)
            asset = self.tradable(draft.symbol)
            check_kind(draft, asset)
            check_class(draft, self.market.tick(asset), self.account.quantity(asset))
            return self._place(draft, asset, whims)

    def cancel(self, order_id: str, whims: Whims = PLAIN) -> None:
        """Answer DELETE /v2/orders/{id}; raise Refused."""
        with self.lock:
            order = self.book.find(order_id)
            refuse_single_leg(order, "cancel")
            if order.is_final or order.status == "pending_cancel":
                raise unprocessable(f'order is already in "{order.status}" state')
            self._cancel(order, whims)

    def cancel_all(self, whims: Whims = PLAIN) -> list[dict[str, Any]]:
        """Answer DELETE /v2/orders: one entry per open order, legs included."""
        with self.lock:
            orders = [order for order in self.book.open() if not order.is_part]
            for order in orders:
                self._cancel(order, whims)
            return [{"id": order.id, "status": 200} for order in orders]

    def replace(self, order_id: str, body: Any) -> dict[str, Any]:
        """Answer PATCH /v2/orders/{id} with the order that takes over; raise Refused."""
        with self.lock:
            old = self.book.find(order_id)
            new = replacement(old, body, self)
            self.book.finish(old, "replaced")
            self.book.add(new)
            self._trail(new)
            answer = new.as_json(nested=True)
            self._matcher.work(new)
            return answer

    def position(self, name: str) -> dict[str, Any]:
        """Answer GET /v2/positions/{symbol}; raise Refused."""
        with self.lock:
            return self._shown(self.held(name))

    def positions(self) -> list[dict[str, Any]]:
        with self.lock:
            return [self._shown(asset) for asset in map(self.held, list(self.account.holdings))]

    def close(self, name: str, query: Mapping[str, str], whims: Whims = PLAIN) -> dict[str, Any]:
        """Answer DELETE /v2/positions/{symbol} with its market order; raise Refused."""
        with self.lock:
            asset = self.held(name)
            held = self.account.quantity(asset)
            draft = Draft(
                symbol=asset.symbol,
                side="sell" if held > 0 else "buy",
                type="market",
                time_in_force="gtc" if asset.asset_class == CRYPTO else "day",
                quantity=portion(abs(held), query),
            )
            return self._place(draft, asset, whims, closing=True)

    def close_all(self, *, cancel_orders: bool, whims: Whims = PLAIN) -> list[dict[str, Any]]:
        """Answer DELETE /v2/positions: one entry per holding, refusals among them."""
        with self.lock:
            if cancel_orders:
                self.cancel_all()
            return [self._closed(asset, whims) for asset in map(self.held, list(self.account.holdings))]

    def account_as_json(self) -> dict[str, Any]:
        with self.lock:
            return self.account.as_json(self.book.reserved())

    def held(self, name: str) -> Asset:
        asset = self.catalogue.find(name)
        if asset is None or asset.symbol not in self.account.holdings:
            raise not_found("position does not exist")
        return asset

    def tradable(self, name: str) -> Asset:
        asset = self.catalogue.find(name)
        if asset is None:
            raise unprocessable(f'asset "{name}" not found')
        if not asset.active:
            raise unprocessable(f'asset "{name}" is not active')
        if not asset.tradable:
            raise unprocessable(f'asset "{name}" is not tradable')
        return asset

    def refuse_taken(self, client_order_id: str) -> None:
        if self.book.is_taken(client_order_id):
            raise invalid("client_order_id must be unique")

    def vetting(self, draft: Draft, asset: Asset) -> Vetting:
        return Vetting(self.account, self.book, self.catalogue, self.market, self.clock, draft, asset)

    def _place(self, draft: Draft, asset: Asset, whims: Whims, *, closing: bool = False) -> dict[str, Any]:
        vetting = self.vetting(draft, asset)
        margin = vetting.admit(closing=closing)
        order = self._ordered(draft, asset, vetting.intent)
        order.margin = margin
        self.book.add(order)
        for leg in self._legs(draft, order):
            self.book.add(leg)
        if not self.clock.trades(order) or whims.closed:
            order.status = "accepted"
        answer = order.as_json(nested=True)
        self._begin(order, whims)
        return answer

    def _cancel(self, order: Order, whims: Whims) -> None:
        if whims.late_cancel:
            self._matcher.cancel_late(order, self._until(whims))
        else:
            self._matcher.cancel(order)

    def _buy_back(self, symbol: str) -> None:
        # Nobody sells to the broker either while the market is closed.
        if self.clock.session == "open":
            self.close(symbol, {})

    def _free(self, asset: Asset) -> None:
        """End what works on a contract: it is about to go."""
        for order in self.book.open(asset):
            self._matcher.cancel(spread_of(order) or order)

    def _begin(self, order: Order, whims: Whims) -> None:
        tick = self.market.tick(order.asset)
        self._trail(order)
        if whims.closed or whims.late:
            self._matcher.pause(order, self._until(whims))
        elif whims.fraction is None:
            self._matcher.work(order)
        elif tick is not None:
            self._matcher.work(order, most=order.remaining(tick.price) * whims.fraction)
            self._matcher.pause(order, self._until(whims))
        self._matcher.cancel_rest(order)

    def _trail(self, order: Order) -> None:
        tick = self.market.tick(order.asset)
        if order.type == "trailing_stop" and tick is not None:
            order.trail(tick.price)

    def _until(self, whims: Whims) -> int:
        if whims.late_seconds is None:
            return UNTIL_NEXT_MOVE
        return self.timer.now() + int(whims.late_seconds * SECOND)

    def _ordered(self, draft: Draft, asset: Asset, intent: str) -> Order:
        return Order(
            id=self.book.new_id(),
            client_order_id=draft.client_order_id or self.book.new_id(),
            asset=asset,
            side=draft.side,
            type=draft.type,
            time_in_force=draft.time_in_force,
            created_at=self.timer.now(),
            order_class="" if draft.is_simple else draft.order_class,
            position_intent=intent,
            quantity=draft.quantity,
            notional=draft.notional,
            limit_price=draft.take_profit if draft.order_class == "oco" else draft.limit_price,
            stop_price=draft.stop_price,
            trail_price=draft.trail_price,
            trail_percent=draft.trail_percent,
            extended_hours=draft.extended_hours,
        )

    def _legs(self, draft: Draft, parent: Order) -> list[Order]:
        if draft.is_simple:
            return []
        is_oco = draft.order_class == "oco"
        stop_kind = "stop" if draft.stop_loss_limit is None else "stop_limit"
        prices = [
            *([("limit", draft.take_profit, None)] if draft.take_profit and not is_oco else []),
            *([(stop_kind, draft.stop_loss_limit, draft.stop_loss)] if draft.stop_loss else []),
        ]
        parent.legs = [self._leg(parent, *three, is_oco=is_oco) for three in prices]
        group = [parent, *parent.legs] if is_oco else parent.legs
        for order in group:
            order.rivals = [other for other in group if other is not order]
        return parent.legs

    def _leg(
        self, parent: Order, kind: str, limit: Decimal | None, stop: Decimal | None, *, is_oco: bool
    ) -> Order:
        side = parent.side if is_oco else {"buy": "sell", "sell": "buy"}[parent.side]
        return Order(
            id=self.book.new_id(),
            client_order_id=self.book.new_id(),
            asset=parent.asset,
            side=side,
            type=kind,
            time_in_force=parent.time_in_force,
            created_at=self.timer.now(),
            order_class=parent.order_class,
            position_intent=f"{side}_to_close",
            quantity=parent.quantity,
            limit_price=limit,
            stop_price=stop,
            status="held",
            waiting=not is_oco,
            parent=parent,
        )

    def _closed(self, asset: Asset, whims: Whims) -> dict[str, Any]:
        try:
            return {"symbol": asset.alias, "status": 200, "body": self.close(asset.symbol, {}, whims)}
        except Refused as refusal:
            return {"symbol": asset.alias, "status": refusal.status, "body": refusal.body}

    def _shown(self, asset: Asset) -> dict[str, Any]:
        holding = self.account.holdings[asset.symbol]
        side = "sell" if holding.quantity > 0 else "buy"
        held, _ = self.book.held_for(asset, side)
        free = (abs(holding.quantity) - held).copy_sign(holding.quantity)
        return position(holding, self.account.price(holding), free)

    def _mark(self, asset: Asset) -> Decimal | None:
        tick = self.market.tick(asset)
        return None if tick is None else tick.price


def portion(held: Decimal, query: Mapping[str, str]) -> Decimal:
    """Return how much of a holding a close is about; raise Refused."""
    quantity = number(query.get("qty"), "qty")
    percentage = number(query.get("percentage"), "percentage")
    if quantity is not None and percentage is not None:
        raise invalid("qty and percentage are mutually exclusive")
    if percentage is not None and percentage > 100:
        raise invalid("percentage must be between 0 and 100")
    if decimals(quantity or percentage or ZERO) > FINEST_DECIMALS:
        raise invalid(f"qty and percentage must be limited to {FINEST_DECIMALS} decimal places")
    if percentage is None:
        return quantity or held
    part = floored(held * percentage / 100, whole=is_whole(held))
    if not part:
        raise unprocessable("percentage of the position is less than one share")
    return part
