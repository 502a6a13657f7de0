"""How an order of several legs comes to the simulated Alpaca."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.figures import floored
from tests.simulators.alpaca.matching import Matcher
from tests.simulators.alpaca.spread_rules import SpreadVetting
from tests.simulators.alpaca.spreads import MLEG, NOTHING, Spread, SpreadDraft, SpreadLeg, read

if TYPE_CHECKING:
    from tests.simulators.alpaca.exchange import Exchange, Whims


class SpreadDesk:
    """Takes spreads; the caller holds the exchange's lock."""

    def __init__(self, exchange: "Exchange", matcher: Matcher, until: Callable[["Whims"], int]) -> None:
        self._exchange, self._matcher, self._until = exchange, matcher, until

    def submit(self, body: Any, whims: "Whims") -> dict[str, Any]:
        """Answer POST /v2/orders as it stands before its first fill; raise Refused."""
        draft, at = read(body), self._exchange
        if draft.client_order_id is not None:
            at.refuse_taken(draft.client_order_id)
        vetting = SpreadVetting(at.account, at.book, at.catalogue, at.market, at.clock, draft)
        assets = vetting.assets()
        spread = self._ordered(draft, vetting.admit(assets))
        spread.legs = [self._leg(spread, draft, place, asset) for place, asset in enumerate(assets)]
        for order in (spread, *spread.legs):
            at.book.add(order)
        if not at.clock.trades(spread) or whims.closed:
            spread.status = "accepted"
        answer = spread.as_json(nested=True)
        self._begin(spread, whims)
        return answer

    def _begin(self, spread: Spread, whims: "Whims") -> None:
        if whims.closed or whims.late:
            self._matcher.pause(spread, self._until(whims))
        elif whims.fraction is None:
            self._matcher.work(spread)
        else:
            most = floored((spread.quantity or Decimal(0)) * whims.fraction, whole=True)
            self._matcher.work(spread, most=most)
            self._matcher.pause(spread, self._until(whims))

    def _ordered(self, draft: SpreadDraft, margin: Decimal) -> Spread:
        book = self._exchange.book
        return Spread(
            id=book.new_id(),
            client_order_id=draft.client_order_id or book.new_id(),
            asset=NOTHING,
            side="",
            type=draft.type,
            time_in_force=draft.time_in_force,
            created_at=self._exchange.timer.now(),
            order_class=MLEG,
            quantity=draft.quantity,
            limit_price=draft.limit_price,
            margin=margin,
        )

    def _leg(self, spread: Spread, draft: SpreadDraft, place: int, asset: Asset) -> SpreadLeg:
        leg, book = draft.legs[place], self._exchange.book
        return SpreadLeg(
            id=book.new_id(),
            client_order_id=book.new_id(),
            asset=asset,
            side=leg.side,
            type=draft.type,
            time_in_force=draft.time_in_force,
            created_at=spread.created_at,
            order_class=MLEG,
            position_intent=leg.intent,
            quantity=draft.quantity * leg.ratio,
            waiting=True,
            parent=spread,
        )
