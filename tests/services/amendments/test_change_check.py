"""What an alert may do to a working order: states, limits and caps hold for it as for an entry."""

import pytest

from tests.services.amendments.commands_told import CANCEL, MODIFY, name_of, told

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/default/trading-state"])
@pytest.mark.parametrize("terms", [CANCEL, MODIFY | {"limit_price": "98"}], ids=["cancel", "modify"])
def test_command_when_trading_is_halted_then_denied(enter, command, operator, orders, path, terms):
    name = name_of(enter())
    operator.put(path, json={"state": "HALTED", "reason": "news"})

    assert told(command(**terms, order=name)) == (400, "denied", "TRADING_HALTED")
    assert orders()[name]["limit_price"] == "100"


def test_commands_when_trading_is_reducing_then_an_entry_may_only_go(enter, command, operator):
    name = name_of(enter())
    operator.put("/api/trading-state", json={"state": "REDUCING", "reason": "news"})
    change = command(**MODIFY, order=name, limit_price="98")

    assert told(change) == (400, "denied", "TRADING_REDUCING")
    assert told(command(**CANCEL, order=name)) == (200, "canceled", None)


def test_modify_when_trading_is_reducing_then_an_exit_may_change(long_ten, order, command, operator):
    name = name_of(order("sell", "10", "120"))
    operator.put("/api/trading-state", json={"state": "REDUCING", "reason": "news"})

    assert told(command(**MODIFY, order=name, limit_price="119")) == (200, "ordered", None)


@pytest.mark.parametrize(
    ("limits", "terms", "reason"),
    [
        ({"max_order_notional": "1000"}, {"quantity": "10.1"}, "NOTIONAL_EXCEEDS_LIMIT"),
        ({"max_order_notional": "1000"}, {"limit_price": "100.1"}, "NOTIONAL_EXCEEDS_LIMIT"),
        ({"max_order_quantity": "10"}, {"quantity": "11"}, "QUANTITY_EXCEEDS_LIMIT"),
        ({"per_symbol_cap": "1000"}, {"quantity": "11"}, "SYMBOL_EXPOSURE_CAP"),
        ({"daily_notional_cap": "1500"}, {"quantity": "15.1"}, "DAILY_NOTIONAL_CAP"),
        ({"max_price_deviation_pct": "0.1"}, {"limit_price": "90"}, "PRICE_DEVIATION"),
        ({"allowed_symbols": ["MSFT"]}, {"limit_price": "99"}, "SYMBOL_NOT_ALLOWED"),
        (
            {"risk_amount": "10", "use_strategy_contracts": False, "attach_sl_tp": True},
            {"quantity": "11"},
            "RISK_EXCEEDED",
        ),
        ({"risk_amount": "10", "use_strategy_contracts": False}, {"quantity": "11"}, "RISK_STOP_MISSING"),
        ({}, {"quantity": "2000"}, "BUYING_POWER_INSUFFICIENT"),
    ],
    ids=str,
)
def test_modify_when_an_entry_would_break_a_limit_then_denied(
    enter, command, configure, orders, limits, terms, reason
):
    name = name_of(enter())
    configure(**limits)

    assert told(command(**MODIFY, order=name, **terms)) == (400, "denied", reason)
    assert (orders()[name]["limit_price"], orders()[name]["quantity"]) == ("100", "10")


def test_modify_when_the_order_itself_fills_the_caps_then_it_may_change(enter, command, configure):
    limits = {"daily_order_cap": 1, "cooldown_seconds": 60, "daily_notional_cap": "1500"}
    configure(max_open_positions=1, **limits)
    name = name_of(enter())

    assert told(command(**MODIFY, order=name, quantity="15")) == (200, "ordered", None)


def test_modify_when_an_entry_grows_then_its_growth_counts_for_the_day(enter, command, configure):
    configure(daily_notional_cap="1500", daily_order_cap=2)
    command(**MODIFY, order=name_of(enter()), quantity="14")

    assert told(enter(strategy_order_contracts="2"))[2] == "DAILY_NOTIONAL_CAP"
    assert told(enter(strategy_order_contracts="1")) == (200, "ordered", None)


def test_modify_when_an_exit_would_open_a_position_then_denied(long_ten, order, command, holding):
    name = name_of(order("sell", "6", "120"))

    assert told(command(**MODIFY, order=name, quantity="10")) == (200, "ordered", None)
    assert told(command(**MODIFY, order=name, quantity="11")) == (400, "denied", "QUANTITY_EXCEEDS_LIMIT")


def test_preview_when_it_is_a_command_then_all_stays(enter, operator, orders, store):
    name = name_of(enter())
    for terms, status in ((CANCEL, "canceled"), (MODIFY | {"limit_price": "98"}, "ordered")):
        ticket = operator.post("/api/preview", json=terms | {"order": name}).json
        assert (ticket["status"], ticket["orders"][0]["client_order_id"]) == (status, name)
    assert (orders()[name]["limit_price"], list(store.list("commands/"))) == ("100", [])
