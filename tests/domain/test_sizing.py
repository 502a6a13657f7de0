from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bots import BotConfiguration
from app.domain.sizing import Size, size_entry
from tests.domain.builders import APPLE, BITCOIN, CALL, decimals

pytestmark = pytest.mark.unit


def size(
    instrument=APPLE,
    *,
    contracts=None,
    price=100,
    equity=10_000,
    increment="0.01",
    whole=False,
    **configuration,
):
    figures = decimals({"contracts": contracts, "price": price, "equity": equity, "increment": increment})
    return size_entry(BotConfiguration(**decimals(configuration)), instrument, whole=whole, **figures)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"contracts": "1.239"}, Size(Decimal("1.23"))),
        ({"contracts": "0.009"}, Size(Decimal(0))),
        ({"contracts": 3, "notional": 500}, Size(Decimal(3))),
        ({"notional": 500, "price": 300}, Size(Decimal("1.66"), Decimal(500), "notional")),
        ({"notional": 500, "price": 501, "increment": 1}, Size(Decimal(0), Decimal(500), "notional")),
        ({"base_order_pct": "0.02"}, Size(Decimal(2), None, "equity")),
        ({"base_order_pct": 0}, Size(Decimal(0), None, "equity")),
        ({"equity": -10_000}, Size(Decimal(0), None, "equity")),
    ],
)
def test_size_when_bot_and_alert_say_how_then_contracts_outrank_money_and_money_equity(terms, expected):
    assert size(**terms) == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"contracts": "1.5"}, Size(Decimal("1.5"))),
        ({"notional": 500, "price": 300}, Size(Decimal(1), None, "notional")),
        ({"price": 97}, Size(Decimal(2), None, "equity")),
    ],
)
def test_size_when_only_whole_units_then_the_bots_own_sizes_are_rounded_down(terms, expected):
    assert size(whole=True, **terms) == expected


def test_size_when_instrument_is_an_option_then_counts_its_multiplier():
    assert size(CALL, price=2, notional=500, increment=1).quantity == 2


@given(
    st.decimals(Decimal("0.01"), 10**12, places=2),
    st.decimals(Decimal("1e-12"), 10**9, places=12),
    st.sampled_from(["1", "0.01", "0.000000001"]),
)
def test_size_when_sized_by_money_then_never_costs_more_than_asked(notional, price, increment):
    quantity = size(BITCOIN, price=price, notional=notional, increment=increment).quantity

    assert quantity * price <= notional * (1 + Decimal("1e-27"))
    assert quantity >= 0
