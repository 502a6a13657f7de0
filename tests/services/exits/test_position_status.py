"""How a protected position stands beside what somebody has placed by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.accounts import Position
from app.domain.capabilities import Capabilities
from app.domain.exit_levels import ExitTerms
from app.domain.exit_plan import CloseAtMarket, ExitPlan, PlaceExits
from app.domain.instruments import AssetClass
from app.domain.orders import OrderStatus, OrderType, Receipt, Side
from app.domain.trades import Trade
from app.services.exits.position_status import by_symbol, status_of

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PLAN = ExitPlan("default", "paper", "AAPL", UUID(int=1), ExitTerms(stop_loss=Decimal("0.02")), Decimal(100))
TRADE = Trade("default", "paper", "AAPL", NOW, Decimal(10), Decimal(100))


def by_hand(kind: OrderType, quantity: int) -> Receipt:
    return Receipt(
        "mine", "1", "paper", "AAPL", Side.SELL, kind, OrderStatus.ACCEPTED, NOW, Decimal(quantity)
    )


def step(price: str, order: Receipt, *, held: int = 10, opposing_orders: bool = False):
    kinds = frozenset({AssetClass.EQUITY})
    capabilities = Capabilities("paper", held_exits=kinds, opposing_orders=opposing_orders)
    position = Position("AAPL", Decimal(held), Decimal(100), Decimal(price))
    return status_of(PLAN, TRADE, by_symbol([order], [position]), capabilities).step


@pytest.mark.parametrize(("held", "left"), [(10, 6), (12, 8), (14, 10), (20, 10)])
def test_stop_when_units_leave_at_the_market_by_hand_then_the_rest_is_closed(held, left):
    found = step("97", by_hand(OrderType.MARKET, 4), held=held)

    assert isinstance(found, CloseAtMarket)
    assert found.quantity == left


@pytest.mark.parametrize("kind", [OrderType.LIMIT, OrderType.STOP])
def test_stop_when_an_order_by_hand_may_never_fill_then_it_holds_nothing_back(kind):
    found = step("97", by_hand(kind, 10))

    assert isinstance(found, CloseAtMarket)
    assert found.quantity == 10


@pytest.mark.parametrize(("opposing_orders", "protected"), [(False, 6), (True, 10)])
def test_exits_when_the_broker_keeps_units_for_an_order_by_hand_then_they_protect_the_others(
    opposing_orders, protected
):
    found = step("100", by_hand(OrderType.LIMIT, 4), opposing_orders=opposing_orders)

    assert isinstance(found, PlaceExits)
    assert found.quantity == protected
