from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bots import BotConfiguration
from app.domain.sizing import Size, at_most, risk_of, size_by_risk, size_entry, sizing_conflict
from tests.domain.builders import APPLE, BITCOIN, CALL, RICH, decimals

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
    figures = decimals({"contracts": contracts, "price": price, "increment": increment})
    configured = BotConfiguration(**decimals(configuration))
    return size_entry(configured, instrument, whole=whole, account=worth(equity), **figures)


def worth(equity):
    return replace(RICH, equity=Decimal(equity))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"contracts": "1.239"}, Size(Decimal("1.23"))),
        ({"contracts": "0.009"}, Size(Decimal(0))),
        ({"contracts": 3, "notional": 500}, Size(Decimal(3))),
        ({"notional": 500, "price": 300}, Size(Decimal("1.66"), Decimal(500), "notional", Decimal(500))),
        (
            {"notional": 500, "price": 501, "increment": 1},
            Size(Decimal(0), Decimal(500), "notional", Decimal(500)),
        ),
        ({"base_order_pct": "0.02"}, Size(Decimal(2), None, "equity", Decimal(200))),
        ({"base_order_pct": 0}, Size(Decimal(0), None, "equity", Decimal(0))),
        ({"equity": -10_000}, Size(Decimal(0), None, "equity", Decimal(0))),
    ],
)
def test_size_when_bot_and_alert_say_how_then_contracts_outrank_money_and_money_equity(terms, expected):
    assert size(**terms) == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"contracts": "1.5"}, Size(Decimal("1.5"))),
        ({"notional": 500, "price": 300}, Size(Decimal(1), None, "notional", Decimal(500))),
        ({"price": 97}, Size(Decimal(2), None, "equity", Decimal(200))),
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


positive = st.decimals(min_value="0.01", max_value=10**6, places=4)
steps = st.sampled_from([Decimal(1), Decimal(75), Decimal("0.01"), Decimal("0.000000001")])


@given(risk=positive, distance=positive, multiplier=st.sampled_from([Decimal(1), Decimal(100)]), step=steps)
def test_size_by_risk_when_stopped_out_then_loses_no_more_and_one_step_more_would(
    risk, distance, multiplier, step
):
    unit_loss = distance * multiplier
    sized = size_by_risk(risk, unit_loss, step)

    assert sized.quantity * unit_loss <= risk
    assert (sized.quantity + step) * unit_loss > risk
    assert sized.quantity % step == 0


@pytest.mark.parametrize("unit_loss", [Decimal(0), Decimal(-1)])
def test_size_by_risk_when_a_unit_loses_nothing_then_nothing_is_bought(unit_loss):
    assert size_by_risk(Decimal(100), unit_loss, Decimal(1)).quantity == 0


@pytest.mark.parametrize(
    ("keys", "risk"),
    [
        ({}, None),
        ({"risk_amount": 50}, 50),
        ({"risk_pct": "0.01"}, 100),
    ],
)
def test_risk_when_a_bot_names_one_then_it_is_in_money(keys, risk):
    assert risk_of(BotConfiguration(**decimals(keys)), worth(10_000)) == risk


def test_risk_when_the_equity_is_gone_then_nothing_may_be_lost():
    assert risk_of(BotConfiguration(risk_pct=Decimal("0.01")), worth(-5)) == 0


@pytest.mark.parametrize(("limit", "quantity"), [(None, "7.5"), ("7.5", "7.5"), ("2.39", "2")])
def test_size_when_units_are_limited_then_brought_down_to_a_step(limit, quantity):
    sized = at_most(Size(Decimal("7.5")), limit and Decimal(limit), Decimal(1), source="limit")

    assert sized.quantity == Decimal(quantity)


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"risk_pct": "0.01", "risk_amount": 5}, "risk_pct and risk_amount"),
        ({"risk_pct": "0.01", "notional": 5}, "risk_pct and notional"),
        ({"risk_amount": 5, "use_strategy_contracts": True}, "risk_amount and use_strategy_contracts"),
    ],
)
def test_ways_to_size_when_two_are_set_then_the_sentence_names_them(keys, named):
    sentence = sizing_conflict(BotConfiguration(**decimals(keys)))

    assert sentence == f"An entry is sized in one way: set only one of {named}."


@pytest.mark.parametrize("keys", [{}, {"risk_pct": "0.01"}, {"notional": 5, "use_strategy_contracts": True}])
def test_ways_to_size_when_they_go_together_then_no_conflict(keys):
    assert sizing_conflict(BotConfiguration(**decimals(keys))) is None
