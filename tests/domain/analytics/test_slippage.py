from decimal import Decimal

import pytest

from app.domain.analytics.slippage import slippage_cost, slippages

pytestmark = pytest.mark.unit

FILLED = {
    "ticket": "t",
    "role": "entry",
    "side": "buy",
    "symbol": "AAPL",
    "type": "market",
    "average_fill_price": "101",
    "filled_quantity": "10",
}


def ticket(dialect: str = "strategy", **changes: str) -> dict:
    signal = {"symbol": "AAPL", "reference_price": "100"}
    return {"id": "t", "dialect": dialect, "signal": signal, "orders": [FILLED | changes]}


@pytest.mark.parametrize(
    ("changes", "money", "basis_points"),
    [({}, 10, 100), ({"side": "sell"}, -10, -100), ({"average_fill_price": "99.5"}, -5, -50)],
)
def test_slippage_when_a_fill_differs_from_the_alerts_price_then_is_told_in_money_and_basis_points(
    changes, money, basis_points
):
    ((_, told),) = slippages(ticket(**changes))

    assert (slippage_cost(ticket(**changes)), told) == (Decimal(money), Decimal(basis_points))


@pytest.mark.parametrize(
    "other", [ticket("option"), ticket(symbol="AAPL260619C00200000"), ticket(ticket="another")]
)
def test_slippage_when_the_price_is_of_something_else_then_is_nothing(other):
    assert (slippage_cost(other), list(slippages(other))) == (0, [])
