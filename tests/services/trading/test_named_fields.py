"""Sizes and exits that an alert names itself, from the message to the order, and the same by preview."""

import pytest

from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration

TRIM = {"strategy_order_action": "sell", "strategy_order_id": "x", "strategy_order_contracts": "1"}


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture(params=["/webhook", "/api/preview"])
def ticket(request, client, operator, ticket_of):
    """Post or preview a strategy alert; return its ticket."""

    def ticket(**changes):
        if request.param == "/webhook":
            return ticket_of(client.post("/webhook", json=strategy_alert(**changes)))
        return operator.post("/api/preview", json=strategy_alert(**changes)).json

    return ticket


@pytest.fixture
def post(client):
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes))


@pytest.fixture
def legs(broker):
    """List the working exits' prices."""
    return lambda: sorted(
        f"{order.stop_price or order.limit_price:f}" for order in broker.open_orders() if order.is_protective
    )


def position_checked(ticket):
    return next(entry["detail"] for entry in ticket["timeline"] if entry["stage"] == "position checked")


def test_size_when_it_is_named_and_the_bot_trades_sizes_then_it_is_the_orders(ticket, configure):
    configure(use_strategy_contracts=True)
    told = ticket(strategy_order_contracts=None, quantity="1", sl="95", tp="110")

    assert [order["quantity"] for order in told["orders"]] == ["1"]
    assert (told["exits"]["stop_loss"], told["exits"]["take_profit"]) == ("95", "110")


@pytest.mark.parametrize("name", ["quantity", "qty", "contracts", "strategy_order_quantity"])
def test_size_when_it_is_named_and_the_bot_would_not_use_it_then_denied(ticket, configure, name):
    configure(notional="1000")
    told = ticket(strategy_order_contracts=None, **{name: "1"})

    assert (told["status"], told["reason"], told["orders"]) == ("denied", "QUANTITY_UNUSED", [])
    assert f"leave {name} out" in told["message"]


def test_size_when_it_is_tradingviews_own_then_the_bot_may_size_itself(ticket, configure):
    configure(notional="1000")
    (order,) = ticket(strategy_order_contracts="7")["orders"]

    assert "10" in {order["quantity"], order.get("filled_quantity")} or order["notional"] == "1000"


def test_reversal_when_its_size_would_not_be_used_then_it_still_closes(post, configure, holding):
    configure(notional="1000")
    post()
    answer = post(strategy_order_action="sell", strategy_order_id="short", quantity="10")

    assert (answer.json["reason"], holding()) == ("QUANTITY_UNUSED", "0")


@pytest.mark.parametrize(("by_contracts", "left"), [(True, "6"), (False, "0")], ids=["traded", "own sizes"])
def test_exit_when_it_names_a_part_then_that_is_sold_or_the_ticket_says_that_it_was_not_used(
    post, configure, holding, ticket_of, by_contracts, left
):
    configure(use_strategy_contracts=True)
    post()
    configure(use_strategy_contracts=by_contracts)
    told = ticket_of(post(**EXIT_LONG, strategy_order_contracts=None, qty="4"))

    assert holding() == left
    assert ("not used, since nothing is entered: qty" in position_checked(told)) is not by_contracts


def test_position_when_it_has_tradingviews_full_names_then_a_trim_is_a_trim(post, configure, holding):
    configure(notional="300")
    post()
    post(
        **TRIM,
        strategy_market_position="long",
        strategy_market_position_size="2",
        strategy_prev_market_position="long",
        strategy_prev_market_position_size="3",
    )

    assert holding() == "2"


@pytest.mark.parametrize("attach", [True, False])
def test_entry_when_it_brings_its_levels_then_they_beat_the_bots(post, configure, legs, ticket, attach):
    configure(notional="1000", attach_sl_tp=attach, sl_pct="0.02", tp_pct="0.04")
    post(stop_loss="95.5", take_profit="111")

    assert legs() == ["111", "95.5"]


@pytest.mark.parametrize(("attach", "placed"), [(True, ["104", "95.5"]), (False, ["95.5"])])
def test_entry_when_it_brings_a_stop_alone_then_the_bot_adds_its_target_or_none(
    post, configure, legs, attach, placed
):
    configure(notional="1000", attach_sl_tp=attach, sl_pct="0.02", tp_pct="0.04")
    post(sl="95.5")

    assert legs() == placed


def test_short_entry_when_it_brings_levels_then_they_stand_on_its_sides(post, configure, legs):
    configure(notional="1000")
    post(strategy_order_id="short", strategy_order_action="sell", stopLoss={"stopPrice": 105}, tp=90)

    assert legs() == ["105", "90"]


@pytest.mark.parametrize("levels", [{"sl": "100"}, {"sl": "101"}, {"tp": "100"}, {"tp": "99", "sl": "95"}])
def test_entry_when_a_level_is_on_the_wrong_side_then_denied(ticket, configure, levels):
    configure(notional="1000")
    told = ticket(**levels)

    assert (told["status"], told["reason"], told["orders"]) == ("denied", "EXIT_MISPLACED", [])


@pytest.mark.parametrize("levels", [{"sl": "95", "tp": "110"}, {"sl": 0, "tp": "{{plot_1}}"}])
def test_exit_when_it_brings_levels_then_it_is_done_and_they_are_named(
    post, configure, holding, ticket_of, levels
):
    configure(notional="1000")
    post()
    told = ticket_of(post(**EXIT_LONG, **levels))

    assert (told["status"], holding()) == ("filled", "0")
    assert position_checked(told).endswith("; not used, since nothing is entered: sl, tp")


def test_trim_when_it_brings_levels_then_they_are_named_and_the_exits_stay(post, configure, legs, ticket_of):
    configure(use_strategy_contracts=True)
    post(sl="95", tp="110")
    told = ticket_of(post(**TRIM, market_position="long", market_position_size="4", sl="97", tp="120"))

    assert position_checked(told).endswith("; not used, since nothing is entered: stop-loss, take-profit")
    assert legs() == ["110", "95"]


@pytest.mark.parametrize("changes", [{"trailing": 1}, {"leverage": 10}, {"positionSize": 5}])
def test_entry_when_a_name_is_not_read_then_refused_and_nothing_is_stored(client, operator, changes):
    for caller, path in ((client, "/webhook"), (operator, "/api/preview")):
        answer = caller.post(path, json=strategy_alert(**changes))

        assert (answer.status_code, answer.json["error"]["code"]) == (400, "ALERT_MALFORMED")
    assert operator.get("/api/tickets").json["tickets"] == []
