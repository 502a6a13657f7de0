"""/api/logs, /api/settings, /api/reasons and /api/bots/schema."""

import pytest

from app.domain.reasons import Reason
from app.schemas.bot_rows import key_rows
from tests.builders import OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, strategy_alert

pytestmark = pytest.mark.unit


def test_logs_when_an_alert_was_traded_then_its_line_leads_to_the_ticket(client, operator):
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    answer = operator.get("/api/logs?q=aapl").json

    assert answer["available"] is True
    assert [line["ticket"] for line in answer["lines"]] == [ticket]
    assert answer["lines"][0]["source"] == "default"


def test_logs_when_they_are_paged_then_next_goes_on(client, operator):
    for _ in range(3):
        client.post("/webhook", json=strategy_alert())
    first = operator.get("/api/logs?q=ticket&limit=2").json
    second = operator.get("/api/logs", query_string={"q": "ticket", "after": first["next"]}).json

    assert (len(first["lines"]), len(second["lines"])) == (2, 1)


@pytest.mark.parametrize("query", ["level=loud", "after=x", "after=1-", "limit=0"])
def test_logs_when_the_query_cannot_be_read_then_400(operator, query):
    assert operator.get(f"/api/logs?{query}").status_code == 400


def test_settings_when_they_are_listed_then_no_secret_is_told(operator):
    answer = operator.get("/api/settings")
    rows = {row["name"]: row for row in answer.json["settings"]}

    assert WEBHOOK_SECRET not in answer.text
    assert OPERATOR_TOKEN not in answer.text
    assert (rows["WEBHOOK_SECRET"]["is_set"], rows["WEBHOOK_SECRET"]["value"]) == (True, None)
    assert (rows["OPENAI_API_KEY"]["is_set"], rows["OPENAI_API_KEY"]["source"]) == (False, "default")
    assert rows["DRY_RUN"] | {"meaning": ""} == {
        "name": "DRY_RUN",
        "value": "true",
        "is_set": True,
        "is_secret": False,
        "source": "default",
        "default": "true",
        "meaning": "",
    }


def test_settings_when_one_was_set_then_it_comes_from_the_environment(make_app):
    operator = client_of(make_app(daily_order_cap=7), authorization=f"Bearer {OPERATOR_TOKEN}")
    rows = {row["name"]: row for row in operator.get("/api/settings").json["settings"]}

    assert (rows["DAILY_ORDER_CAP"]["value"], rows["DAILY_ORDER_CAP"]["source"]) == ("7", "environment")


def test_settings_when_trading_is_halted_then_a_warning_says_so(operator):
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert "Trading is HALTED." in operator.get("/api/settings").json["warnings"]


def test_reasons_when_they_are_listed_then_each_has_a_sentence_and_a_cure(operator):
    rows = operator.get("/api/reasons").json["reasons"]

    assert [row["code"] for row in rows] == [reason.value for reason in Reason]
    assert all(row["sentence"] and row["cure"] for row in rows)


def test_schema_when_it_is_listed_then_it_has_every_key_of_a_bot(operator):
    keys = {row["name"]: row for row in operator.get("/api/bots/schema").json["keys"]}
    bot = operator.get("/api/bots/default").json

    assert set(keys) <= set(bot)
    assert keys["sl_pct"] == {
        "name": "sl_pct",
        "group": "Exits",
        "type": "decimal",
        "unit": "fraction",
        "default": "0.01",
        "help": "Distance of the stop-loss from the entry's price.",
        "nullable": False,
        "choices": None,
        "least": 0,
        "least_is_excluded": True,
        "most": 1,
        "most_is_excluded": False,
        "ceiling": None,
        "ceiling_value": None,
        "combined": None,
    }
    assert keys["daily_order_cap"]["ceiling"] == "DAILY_ORDER_CAP"
    assert keys["approval"]["choices"] == ["off", "always", "above_notional"]


@pytest.mark.parametrize("row", key_rows(), ids=lambda row: row["name"])
def test_key_when_a_form_sends_its_default_then_it_is_taken(operator, row):
    if row["name"] == "name":
        return
    answer = operator.patch(
        "/api/bots/default", json={row["name"]: row["default"]}, headers={"If-Match": "*"}
    )

    assert answer.status_code == 200, answer.json
