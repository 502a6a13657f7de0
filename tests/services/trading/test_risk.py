"""Size by the distance to the stop: what is lost there is what the bot risks, and no more."""

from decimal import Decimal

import pytest

from tests.builders import (
    ENTER_SHORT,
    OPERATOR_TOKEN,
    WEBHOOK_SECRET,
    ScriptedBroker,
    bridge_alert,
    client_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit

# A stop at 2 % of the price.
EXITS = {"attach_sl_tp": True, "sl_pct": "0.02", "tp_pct": "0.04"}


@pytest.fixture
def app(make_app):
    return make_app(allow_short_selling=True)


@pytest.fixture
def post(client):
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes))


@pytest.mark.parametrize(
    ("keys", "quantity"),
    [
        # 1 % of 100,000 is 1,000; a share at 100 loses 2 at its stop.
        ({"risk_pct": "0.01"}, "500"),
        ({"risk_amount": "50"}, "25"),
        ({"risk_amount": "50", "sl_pct": "0.03"}, "16.666666666"),
        ({"risk_amount": "50", "max_order_notional": "1000"}, "10"),
        ({"risk_amount": "50", "max_order_quantity": "7.5"}, "7.5"),
        ({"risk_amount": "50", "attach_sl_tp": False, "trailing_stop_pct": "0.05"}, "10"),
    ],
)
def test_entry_when_the_bot_risks_so_much_then_the_size_follows_the_stop(
    post, configure, holding, keys, quantity
):
    configure(**EXITS | keys)
    assert post().json["status"] == "filled"

    assert holding() == quantity


def test_coin_when_sized_by_risk_then_in_its_own_fractions(post, configure, holding):
    configure(**EXITS, risk_amount="50")
    post(symbol="BTCUSD", strategy_order_price="64000")

    # One coin loses 1,280 at its stop.
    assert holding("BTC-USD") == "0.0390625"


def test_short_when_sized_by_risk_then_its_stop_lies_above(post, configure, holding):
    configure(**EXITS, risk_amount="50")
    post(**ENTER_SHORT)

    assert holding() == "-25"


def test_short_when_only_whole_shares_are_sold_then_rounded_down_to_them(make_app):
    broker = ScriptedBroker(whole_shorts=True, short=frozenset(ScriptedBroker().capabilities.asset_classes))
    app = make_app(brokers={"paper": broker}, dry_run=False, allow_short_selling=True)
    client = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    changes = EXITS | {"risk_amount": "51"}
    operator.patch("/api/bots/default", json=changes, headers={"If-Match": "*"})
    client.post("/webhook", json=strategy_alert(**ENTER_SHORT))

    assert [order.quantity for order in broker.submitted] == [Decimal(25)]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"risk_pct": "0.01", "attach_sl_tp": False}, "RISK_STOP_MISSING"),
        ({"risk_pct": "0.01", "attach_sl_tp": False, "break_even_pct": "0.01"}, "RISK_STOP_MISSING"),
        ({"risk_amount": "0.000000001"}, "QUANTITY_ZERO"),
        ({"risk_pct": "1"}, "BUYING_POWER_INSUFFICIENT"),
    ],
)
def test_entry_when_its_risk_cannot_be_kept_then_it_is_denied(post, configure, holding, keys, reason):
    configure(**EXITS | keys)
    answer = post()

    assert (answer.status_code, answer.json["reason"], holding()) == (400, reason, "0")


def test_refusal_when_the_stop_is_missing_then_it_says_what_is_risked(post, configure):
    configure(risk_amount="50")
    message = post().json["error"]["message"]

    assert message == "The bot sizes by what is lost at the stop, and the entry has no stop: risk 50 USD."


@pytest.mark.parametrize(("asked", "quantity"), [("10", "10"), ("40", "25")])
def test_alert_when_it_names_a_size_then_the_risk_only_brings_it_down(
    client, configure, holding, asked, quantity
):
    configure(**EXITS, risk_amount="50")
    alert = bridge_alert(symbol="AAPL", quantity=asked, order_type="limit", limit_price="100")
    client.post("/tradingview/webhook", json=alert)

    assert holding() == quantity


def test_preview_when_sized_by_risk_then_it_shows_the_size(operator, configure):
    configure(**EXITS, risk_amount="50")
    ticket = operator.post("/api/preview", json=strategy_alert()).json

    assert ticket["orders"][0]["quantity"] == "25"
    assert "25 shares at 100 USD, by risk" in [stage["detail"] for stage in ticket["timeline"]]


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"max_order_notional": "1000"}, "10 shares at 100 USD, by max_order_notional"),
        ({"max_order_quantity": "7"}, "7 shares at 100 USD, by max_order_quantity"),
    ],
)
def test_preview_when_a_limit_brings_the_size_down_then_it_says_which(operator, configure, limit, told):
    configure(**EXITS, risk_amount="50", **limit)
    ticket = operator.post("/api/preview", json=strategy_alert()).json

    assert told in [stage["detail"] for stage in ticket["timeline"]]


@pytest.mark.parametrize(
    "other", [{"notional": "100"}, {"use_strategy_contracts": True}, {"risk_pct": "0.01"}]
)
def test_bot_when_two_ways_to_size_are_set_then_refused_with_a_sentence(operator, other):
    path, version = "/api/bots/default", {"If-Match": "*"}
    assert operator.patch(path, json={"risk_amount": "50"}, headers=version).status_code == 200
    answer = operator.patch(path, json=other, headers=version)

    assert answer.status_code == 409
    assert answer.json["error"]["message"].startswith("An entry is sized in one way: set only one of ")
    assert operator.get(path).json["risk_amount"] == "50"
