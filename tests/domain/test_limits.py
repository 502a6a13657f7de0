from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bots import BotConfiguration
from app.domain.limits import Limits, effective_limits

pytestmark = pytest.mark.unit

MONEY = (
    "max_order_notional",
    "max_order_quantity",
    "daily_notional_cap",
    "per_symbol_cap",
    "daily_loss_limit",
)
CAPS = (*MONEY, "daily_order_cap")
caps = st.none() | st.integers(0, 1000)


@pytest.mark.parametrize("name", CAPS)
@given(ceiling=caps, own=caps)
def test_cap_when_both_are_set_then_the_stricter_holds(name, ceiling, own):
    effective = effective_limits(Limits(**{name: ceiling}), BotConfiguration(**{name: own}))

    assert getattr(effective, name) == min((cap for cap in (ceiling, own) if cap is not None), default=None)


@pytest.mark.parametrize(
    ("ceiling", "own", "expected"),
    [
        (False, None, False),
        (False, True, False),
        (True, None, True),
        (True, True, True),
        (True, False, False),
    ],
)
def test_short_selling_when_bot_differs_then_may_only_forbid(ceiling, own, expected):
    effective = effective_limits(Limits(allow_short=ceiling), BotConfiguration(allow_short=own))

    assert effective.allow_short is expected


@pytest.mark.parametrize(
    ("ceiling", "own", "expected"),
    [
        (False, None, False),
        (False, True, True),
        (True, None, True),
        (True, False, True),
    ],
)
def test_market_hours_when_bot_differs_then_may_only_restrict(ceiling, own, expected):
    effective = effective_limits(Limits(market_hours_only=ceiling), BotConfiguration(market_hours_only=own))

    assert effective.market_hours_only is expected


def test_limits_when_bot_sets_nothing_then_ceiling_holds_entirely():
    ceiling = Limits(**{name: Decimal(5) for name in MONEY}, daily_order_cap=5, stale_after_seconds=60)

    assert effective_limits(ceiling, BotConfiguration()) == ceiling


def test_limits_when_combined_then_every_field_of_the_bot_counts():
    own = {"max_open_positions": 2, "cooldown_seconds": 9, "max_price_deviation_pct": Decimal("0.01")}
    own |= {"trading_windows": ("mon 10:00-11:00",), "minutes_after_open": 5, "minutes_before_close": 6}
    own |= {"max_consecutive_losses": 3}
    own |= {name: Decimal(5) for name in MONEY} | {"daily_order_cap": 5, "market_hours_only": True}
    effective = effective_limits(Limits(allow_short=True), BotConfiguration(**own))

    assert {name: getattr(effective, name) for name in own} == own
    assert {item.name for item in fields(Limits) if item.init} == {
        *own,
        "allow_short",
        "account_loss_limit",
        "stale_after_seconds",
    }
