"""From an alert to its orders at the paper broker, and what the answer and the ticket say of them."""

from decimal import Decimal

import pytest

from app.domain.orders import OrderRole
from app.errors import BrokerRejected, OutcomeUnknown
from tests.builders import (
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    WEBHOOK_SECRET,
    ScriptedBroker,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def post(client, configure):
    """Post strategy alerts of a bot that trades TradingView's own sizes."""
    configure(use_strategy_contracts=True)

    def send(**changes):
        return client.post("/webhook", json=strategy_alert(**changes))

    return send


@pytest.mark.parametrize(
    ("before", "alert", "held"),
    [
        (None, ENTER_LONG, "10"),
        (ENTER_LONG, EXIT_LONG, "0"),
        (None, ENTER_SHORT, "-10"),
        (ENTER_SHORT, EXIT_SHORT, "0"),
    ],
    ids=["long entry", "long exit", "short entry", "short exit"],
)
def test_trade_type_when_it_is_traded_then_the_position_is_what_the_table_says(
    post, holding, before, alert, held
):
    if before is not None:
        post(**before)

    assert post(**alert).json["status"] == "filled"
    assert holding() == held


@pytest.mark.parametrize("contracts", ["1", "999", "0", None])
def test_exit_when_it_names_a_size_then_the_whole_position_is_closed(post, holding, contracts):
    post(**ENTER_LONG)
    response = post(**EXIT_LONG, strategy_order_contracts=contracts)

    assert response.json["order"]["quantity"] == "10"
    assert holding() == "0"


@pytest.mark.parametrize("alert", [EXIT_LONG, EXIT_SHORT], ids=["long", "short"])
def test_exit_when_nothing_is_held_then_it_is_skipped(post, broker, alert):
    response = post(**alert)

    assert (response.status_code, response.json["status"]) == (200, "skipped")
    assert response.json["reason"] == "POSITION_NONE"
    assert broker.open_orders() == broker.positions() == []


def test_exit_when_the_other_side_is_held_then_it_is_skipped(post, holding):
    post(**ENTER_LONG)

    assert post(**EXIT_SHORT).json["status"] == "skipped"
    assert holding() == "10"


def test_exit_when_another_bot_holds_the_symbol_then_its_share_is_left_alone(post, app, operator, holding):
    other = operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True}).json
    post(**ENTER_LONG)
    client_of(app).post("/webhook", json=strategy_alert(bot="other", token=other["secret"]))
    response = post(**EXIT_LONG)

    assert response.json["order"]["filled_quantity"] == "10"
    assert holding() == "10"


def test_exit_when_only_another_bot_holds_the_symbol_then_it_is_skipped(post, app, operator, holding):
    other = operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True}).json
    client_of(app).post("/webhook", json=strategy_alert(bot="other", token=other["secret"]))

    assert post(**EXIT_LONG).json["status"] == "skipped"
    assert holding() == "10"


def test_reversal_when_it_is_traded_then_one_ticket_has_an_exit_and_an_entry(post, holding, ticket_of):
    post(**ENTER_LONG)
    ticket = ticket_of(post(**ENTER_SHORT, strategy_order_contracts="25"))

    assert [(order["role"], order["quantity"]) for order in ticket["orders"]] == [
        ("exit", "10"),
        ("entry", "15"),
    ]
    assert holding() == "-15"


def test_reversal_when_short_selling_is_off_then_only_the_exit_is_sent(post, configure, holding, ticket_of):
    post(**ENTER_LONG)
    configure(allow_short=False)
    ticket = ticket_of(post(**ENTER_SHORT, strategy_order_contracts="25"))

    assert (ticket["status"], ticket["reason"]) == ("filled", "SHORT_DISABLED")
    assert holding() == "0"


def test_short_entry_when_nothing_is_set_then_it_is_denied(make_app, settings, holding):
    client = client_of(make_app(allow_short_selling=False), x_bot_secret=settings.webhook_secret)
    response = client.post("/webhook", json=strategy_alert(**ENTER_SHORT))

    assert (response.status_code, response.json["error"]["code"]) == (400, "SHORT_DISABLED")
    assert holding() == "0"


@pytest.mark.parametrize(
    ("position", "held"),
    [
        ({"market_position": "flat", "market_position_size": "0", "strategy_order_action": "sell"}, "0"),
        ({"market_position": "long", "market_position_size": "4", "strategy_order_action": "sell"}, "4"),
        ({"market_position": "long", "market_position_size": "16"}, "16"),
        ({"market_position": "short", "market_position_size": "5", "strategy_order_action": "sell"}, "-5"),
    ],
    ids=["flat", "partial exit", "entry", "reversal"],
)
def test_target_when_it_differs_from_the_position_then_the_order_is_the_difference(
    post, holding, position, held
):
    post(**ENTER_LONG)
    before = {"prev_market_position": "long", "prev_market_position_size": "10"}

    assert post(**before, **position).json["status"] == "filled"
    assert holding() == held


def test_target_when_the_bot_sizes_by_equity_then_it_trims_by_the_ratio(post, configure, holding):
    configure(use_strategy_contracts=False)
    post(**ENTER_LONG)
    post(
        strategy_order_action="sell",
        market_position="long",
        market_position_size="25",
        prev_market_position="long",
        prev_market_position_size="100",
    )

    assert holding() == "5"


def test_target_when_it_is_reached_already_then_the_alert_is_skipped(post, holding):
    post(**ENTER_LONG)
    response = post(market_position="long", market_position_size="10")

    assert (response.json["status"], response.json["reason"]) == ("skipped", "POSITION_REACHED")
    assert holding() == "10"


def test_bracket_when_the_bot_wants_exits_then_both_legs_rest_at_the_broker(post, configure, broker):
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    order = post(**ENTER_LONG).json["order"]
    legs = {leg.client_order_id.removeprefix(order["client_order_id"]): leg for leg in broker.open_orders()}

    assert legs["-sl"].stop_price == Decimal(95)
    assert legs["-tp"].limit_price == Decimal(110)


def test_bracket_when_the_market_reaches_a_leg_then_the_position_is_closed_and_told(
    post, configure, operator, holding, ticket_of
):
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    response = post(**ENTER_LONG)
    operator.put("/api/paper/prices", json={"AAPL": "94"})
    orders = {order["client_order_id"][-3:]: order["status"] for order in ticket_of(response)["orders"]}

    assert holding() == "0"
    assert (orders["-sl"], orders["-tp"]) == ("filled", "canceled")


def test_exit_when_a_bracket_rests_then_its_legs_are_taken_back(post, configure, broker):
    configure(attach_sl_tp=True)
    post(**ENTER_LONG)
    post(**EXIT_LONG)

    assert broker.open_orders() == []


class TestAtAnExternalBroker:
    """A broker that is not simulated, so that DRY_RUN and its failures count."""

    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=False)

    def test_submit_when_the_broker_rejects_then_the_answer_is_422(self, post, scripted, ticket_of):
        scripted.failures = [BrokerRejected("no such share")]
        response = post()

        assert (response.status_code, response.json["status"]) == (422, "rejected")
        assert response.json["error"] == {
            "code": "BROKER_REJECTED",
            "message": "The broker rejected the order: no such share.",
        }
        assert ticket_of(response)["orders"][0]["status"] == "rejected"

    def test_submit_when_the_outcome_is_unknown_then_the_answer_is_202_unknown(self, post, scripted):
        scripted.failures = [OutcomeUnknown("the line went dead")]
        response = post()

        assert (response.status_code, response.json["status"]) == (202, "unknown")
        assert len(scripted.submitted) == 1

    @pytest.mark.parametrize("failure", [BrokerRejected("no"), OutcomeUnknown("?")])
    def test_reversal_when_its_exit_fails_then_its_entry_is_not_sent(self, post, scripted, failure):
        post(**ENTER_LONG)
        scripted.failures = [failure]
        post(market_position="short", market_position_size="5", strategy_order_action="sell")

        assert [order.role for order in scripted.submitted] == [OrderRole.ENTRY, OrderRole.EXIT]

    def test_alert_when_the_broker_cannot_be_asked_then_it_is_denied(self, post, scripted):
        scripted.is_reachable = False
        response = post()

        assert (response.status_code, response.json["error"]["code"]) == (400, "BROKER_UNAVAILABLE")
        assert scripted.submitted == []

    def test_alert_when_no_price_is_known_then_it_is_denied(self, post, scripted):
        scripted.price = None

        assert post().json["error"]["code"] == "PRICE_UNKNOWN"
        assert scripted.submitted == []

    def test_alert_when_its_broker_is_not_configured_then_it_is_denied(self, post, configure):
        configure(broker="alpaca")

        assert post().json["error"]["code"] == "BROKER_NOT_CONFIGURED"

    def test_alert_when_the_broker_does_not_trade_its_kind_then_it_is_denied(self, post):
        assert post(symbol="OANDA:EURUSD").json["error"]["code"] == "SYMBOL_UNSUPPORTED"

    def test_entry_when_real_money_is_not_allowed_then_the_answer_is_403(self, make_app, settings):
        live = ScriptedBroker(live=True)
        client = client_of(
            make_app(brokers={"paper": live}, dry_run=False), x_bot_secret=settings.webhook_secret
        )
        response = client.post("/webhook", json=strategy_alert())

        assert (response.status_code, response.json["error"]["code"]) == (403, "LIVE_NOT_ENABLED")
        assert live.submitted == []


class TestInDryRun:
    @pytest.fixture
    def app(self, make_app, scripted):
        return make_app(brokers={"paper": scripted}, dry_run=True)

    def test_alert_when_dry_run_is_on_then_nothing_is_submitted(self, post, scripted):
        response = post()

        assert (response.status_code, response.json["status"]) == (200, "dry_run")
        assert response.json["order"]["status"] == "dry_run"
        assert scripted.submitted == []

    def test_tick_when_dry_run_is_on_then_the_ticket_stays_as_it_is(self, post, app, ticket_of):
        response = post()
        services_of(app).supervisor.tick(everything=True)

        assert ticket_of(response)["status"] == "dry_run"


def test_add_when_one_answer_of_the_broker_is_empty_then_the_exits_of_what_is_held_stay(
    make_app, configure, scripted, store
):
    client = client_of(make_app(brokers={"paper": scripted}, dry_run=False), x_bot_secret=WEBHOOK_SECRET)
    configure(attach_sl_tp=True)
    client.post("/webhook", json=strategy_alert())
    configure(attach_sl_tp=False)
    scripted.held.clear()
    answer = client.post("/webhook", json=strategy_alert()).json

    assert answer["status"] == "filled"
    assert len(list(store.list("exits/"))) == 1
