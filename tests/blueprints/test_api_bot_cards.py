"""/api/bot-cards, /api/bots/preview, and what the form of a bot is made from."""

import pytest

from tests.builders import OPERATOR_TOKEN, client_of, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def card(operator):
    def show(bot: str = "default") -> dict:
        answer = operator.get("/api/bot-cards")
        assert answer.status_code == 200, answer.json
        return {row["id"]: row for row in answer.json["bots"]}[bot]

    return show


@pytest.fixture
def imagine(operator):
    def preview(query: str = "", **keys):
        return operator.post(f"/api/bots/preview{query}", json={"id": "idea"} | keys)

    return preview


def test_card_when_nothing_has_happened_then_nothing_is_used(card):
    shown = card()

    assert (shown["broker"], shown["account"], shown["state"]) == ("paper", "SIMULATED", "ACTIVE")
    assert (shown["orders_today"], shown["notional_today"], shown["gain_today"]) == (0, "0", "0")
    assert (shown["positions"], shown["last_ticket"]) == ([], None)


def test_card_when_a_bot_has_entered_then_it_counts_without_any_cap(card, client):
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    shown = card()

    assert (shown["orders_today"], shown["notional_today"], shown["positions"]) == (1, "2000", ["AAPL"])
    assert shown["last_ticket"]["id"] == ticket


def test_card_when_the_price_has_moved_then_the_gain_is_that_of_the_open_trade(card, client, operator, clock):
    client.post("/webhook", json=strategy_alert())
    clock.move(seconds=30)
    operator.put("/api/paper/prices", json={"AAPL": "103"})
    operator.post("/tasks/tick")

    assert card()["gain_today"] == "60"


def test_card_when_bot_and_setting_cap_the_same_then_the_stricter_one_holds(make_app):
    operator = client_of(make_app(daily_order_cap=5), authorization=f"Bearer {OPERATOR_TOKEN}")
    operator.post("/api/bots", json={"id": "own", "daily_order_cap": 9})
    rows = {
        row["id"]: row["limits"]["daily_order_cap"] for row in operator.get("/api/bot-cards").json["bots"]
    }

    assert rows == {"default": 5, "own": 5}


def test_preview_when_the_bot_is_not_there_then_it_tells_the_order_and_makes_nothing(imagine, operator):
    answer = imagine("?symbol=AAPL&price=100", base_order_pct="0.05")

    assert [(order["side"], order["quantity"]) for order in answer.json["orders"]] == [("buy", "50")]
    assert [bot["id"] for bot in operator.get("/api/bots").json["bots"]] == ["default"]


def test_preview_when_a_limit_refuses_then_its_reason_is_told(imagine):
    answer = imagine("?price=100", base_order_pct="0.05", max_order_notional="1000")

    assert (answer.json["status"], answer.json["reason"]) == ("denied", "NOTIONAL_EXCEEDS_LIMIT")


def test_preview_when_two_sizes_are_given_then_it_is_refused_like_the_bot(imagine):
    assert imagine(risk_pct="0.01", notional="100").status_code == 409


def test_schema_when_a_setting_limits_a_key_then_its_value_and_how_they_combine(make_app):
    operator = client_of(make_app(daily_order_cap=5), authorization=f"Bearer {OPERATOR_TOKEN}")
    shown = operator.get("/api/bots/schema").json
    row = next(key for key in shown["keys"] if key["name"] == "daily_order_cap")

    assert (row["ceiling"], row["ceiling_value"], row["combined"]) == ("DAILY_ORDER_CAP", 5, "lower")
    assert shown["default_broker"] == "paper"
