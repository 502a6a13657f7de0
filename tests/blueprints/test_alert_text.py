"""Alerts as TradingView and other senders write them: what is taken, and what a refusal says."""

import pytest

from tests.builders import WEBHOOK_SECRET, strategy_alert

pytestmark = pytest.mark.unit

EXIT = (
    '"symbol":"AAPL","strategy_order_id":"long","strategy_order_action":"sell","strategy_order_price":190.5'
)
ENTRY = EXIT.replace('"sell"', '"buy"')


@pytest.fixture(params=["/webhook", "/api/preview"])
def post(request, client, operator):
    """Post a text where alerts come in, or where they are tried."""
    sender = operator if request.param == "/api/preview" else client
    return lambda text: sender.post(request.param, data=text.encode())


def message(response) -> str:
    assert response.status_code == 400
    return response.json["error"]["message"]


def test_comment_when_a_line_breaks_in_it_then_the_exit_is_carried_out(client, ticket_of, bought):
    bought()
    answer = client.post("/webhook", data=f'{{{EXIT},"strategy_order_comment":"TP1\nhit\tnow"}}'.encode())

    assert (answer.status_code, answer.json["order"]["side"]) == (200, "sell")
    assert ticket_of(answer)["signal"]["note"] == "TP1\nhit\tnow"


@pytest.fixture
def bought(client):
    return lambda: client.post("/webhook", json=strategy_alert())


def test_comment_when_a_line_breaks_in_it_then_alert_is_read(post):
    answer = post(f'{{{ENTRY},"strategy_order_comment":"TP1\nhit\tnow"}}')

    assert (answer.status_code, answer.json["status"]) in {(200, "filled"), (200, "ordered")}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_ignored_field_when_it_is_no_number_then_alert_is_read(post, value):
    assert post(f'{{{ENTRY},"plot_0":{value}}}').status_code == 200


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_field_that_is_read_when_it_is_no_number_then_refused_by_its_name(post, value):
    told = message(post(f'{{{ENTRY},"strategy_order_contracts":{value}}}'))

    assert f"`strategy_order_contracts` must be a finite number, not {value}" in told


def test_refusal_when_json_is_broken_then_place_and_cause_are_told(post):
    told = message(post('{"symbol":"AAPL","strategy_order_price":64,340.15}'))

    assert told == (
        'The body is not valid JSON at line 1, column 44, near …price":64,340.15}: '
        "a number has a comma in it; write 64340.15, not 64,340.15."
    )


def test_refusal_when_payload_is_another_services_then_required_and_renamed_fields_are_told(post):
    told = message(post('{"ticker":"AAPL","action":"buy","quantity":"1"}'))

    assert "symbol, strategy_order_id, strategy_order_action (strategy)" in told
    assert "You wrote `ticker`; here it is `symbol`." in told
    assert "You wrote `action`; here it is `strategy_order_action`." in told


def test_refusal_when_one_name_is_another_services_then_ours_is_told(post):
    told = message(post(ENTRY.join("{}").replace('"strategy_order_id"', '"Signal.ID"')))

    assert "`strategy_order_id` is missing" in told
    # A preview says besides whose alert it was taken for.
    told = told.removesuffix(" It was taken for an alert of Gatehouse (dialect strategy).")
    assert told.endswith("You wrote `Signal.ID`; here it is `strategy_order_id`.")


def test_refusal_when_secrets_differ_then_the_one_that_counts_is_named(anonymous):
    alert = strategy_alert(secret="of-another-service")
    told = anonymous.post(f"/webhook?secret={WEBHOOK_SECRET}", json=alert).json["error"]["message"]

    assert told.startswith("The secret is wrong. Of several the one in the body counts: `secret` there")


def test_refusal_when_two_secrets_are_wrong_then_it_sounds_the_same(anonymous):
    alert = strategy_alert(secret="of-another-service")
    answers = [anonymous.post(f"/webhook?secret={said}", json=alert) for said in (WEBHOOK_SECRET, "guess")]

    assert answers[0].json["error"] == answers[1].json["error"]


def test_refusal_when_there_is_one_secret_then_nothing_is_said_of_others(anonymous):
    alone = anonymous.post("/webhook", json=strategy_alert(secret="guess")).json["error"]["message"]

    assert alone == "The secret is wrong."


def test_key_when_a_line_breaks_in_it_then_it_is_a_key(client):
    alert = strategy_alert(idempotency_key="breakout\nTP1")
    answers = [client.post("/webhook", json=alert) for _ in range(2)]

    assert answers[0].json == answers[1].json
