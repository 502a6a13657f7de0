"""`Idempotency-Key` on what orders something."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import BrokerUnavailable
from app.repositories.operator_requests import OperatorRequests
from tests.builders import OPERATOR_TOKEN, ScriptedBroker, client_of, strategy_alert

pytestmark = pytest.mark.unit

KEY = {"Idempotency-Key": "dialog-0001"}
POSITION = "/api/positions/paper/AAPL"


@pytest.fixture
def held(client):
    """Twenty shares."""
    return client.post("/webhook", json=strategy_alert()).json


def orders(operator) -> int:
    return len(operator.get("/api/orders").json["orders"])


def test_close_when_it_is_sent_again_then_it_gets_the_first_answer_and_orders_nothing(operator, client, held):
    first = operator.delete(POSITION, headers=KEY)
    client.post("/webhook", json=strategy_alert())
    again = operator.delete(POSITION, headers=KEY)

    assert (first.status_code, first.json["status"]) == (200, "filled")
    assert (again.status_code, again.json) == (200, first.json)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert orders(operator) == 3


def test_close_when_the_key_is_another_then_it_is_another_request(operator, client, held):
    operator.delete(POSITION, headers=KEY)
    client.post("/webhook", json=strategy_alert())

    assert operator.delete(POSITION, headers={"Idempotency-Key": "dialog-0002"}).json["status"] == "filled"


def test_close_when_it_was_refused_then_the_refusal_is_the_answer(operator, client):
    first = operator.delete(POSITION, headers=KEY)
    client.post("/webhook", json=strategy_alert())
    again = operator.delete(POSITION, headers=KEY)

    assert (first.status_code, again.status_code, again.json) == (404, 404, first.json)


def test_key_when_it_comes_with_another_request_then_it_is_refused(operator, held):
    operator.delete(POSITION, headers=KEY)
    answer = operator.delete("/api/positions/paper/MSFT", headers=KEY)

    assert (answer.status_code, answer.json["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_key_when_the_body_is_another_then_it_is_another_request(operator, held):
    assert operator.post("/api/trades/1/close", json={"trim": 50}, headers=KEY).status_code == 200
    assert operator.post("/api/trades/1/close", json={"trim": 60}, headers=KEY).status_code == 422
    assert operator.post("/api/trades/1/close", json={"trim": 50}, headers=KEY).status_code == 200
    assert operator.get("/api/positions").json["positions"][0]["quantity"] == "10"


def test_key_when_the_body_was_wrong_then_it_may_be_used_again(operator, held):
    assert operator.post("/api/trades/1/close", json={"trim": 0}, headers=KEY).status_code == 400
    assert operator.post("/api/trades/1/close", json={"trim": 50}, headers=KEY).status_code == 200


@pytest.mark.parametrize("key", ["short", "with blanks in it", "x" * 201])
def test_key_when_it_is_none_then_400(operator, held, key):
    assert operator.delete(POSITION, headers={"Idempotency-Key": key}).status_code == 400
    assert operator.get("/api/positions?fresh=true").json["positions"] != []


def test_cancel_when_it_is_sent_again_then_it_is_answered_as_before(operator, client, configure):
    configure(use_limit_orders=True, use_strategy_order_price=True)
    operator.put("/api/paper/prices", json={"AAPL": "100"})
    alert = strategy_alert(strategy_order_price="90")
    name = client.post("/webhook", json=alert).json["order"]["client_order_id"]
    answers = [operator.delete(f"/api/orders/{name}", headers=KEY) for _ in range(2)]

    assert [(answer.status_code, answer.data) for answer in answers] == [(204, b"")] * 2


def test_approve_when_it_is_sent_again_then_it_is_no_second_decision(operator, client, configure):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    answers = [operator.post(f"/api/tickets/{ticket}/approve", headers=KEY).json for _ in range(2)]

    assert answers[0] == answers[1]
    assert (answers[0]["status"], orders(operator)) == ("filled", 1)


def test_approve_when_two_devices_decide_at_once_then_one_counts(make_app, operator, client, app, configure):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")

    def decide(number: int) -> int:
        device = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        key = {"Idempotency-Key": f"device-{number:04}"}
        return device.post(f"/api/tickets/{ticket}/approve", headers=key).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(decide, range(6)))

    assert (statuses[0], set(statuses[1:]), orders(operator)) == (200, {409}, 1)


def test_close_when_one_key_comes_from_many_at_once_then_one_order_and_one_answer(operator, app, held):
    def close(_number: int) -> tuple[int, str]:
        answer = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").delete(POSITION, headers=KEY)
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(close, range(6)))

    assert (len(answers), {status for status, _ in answers}, orders(operator)) == (1, {200}, 2)


def test_request_when_the_first_one_was_cut_off_then_nothing_is_done(operator, store, held, clock):
    operator.delete(POSITION, headers=KEY)
    for document in list(store.list("operator_requests/")):
        if document.key.endswith("/answer"):
            store.delete(document)
    answer = operator.delete(POSITION, headers=KEY)

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "REQUEST_UNFINISHED")
    assert orders(operator) == 2


def test_request_when_the_broker_is_away_then_that_is_the_answer(make_app):
    broker = ScriptedBroker()
    operator = client_of(make_app(brokers={"paper": broker}), authorization=f"Bearer {OPERATOR_TOKEN}")
    broker.is_reachable = False
    first = operator.delete("/api/orders/somebody-elses", headers=KEY)
    broker.is_reachable = True

    assert (first.status_code, first.json["error"]["code"]) == (503, BrokerUnavailable.code)
    assert operator.delete("/api/orders/somebody-elses", headers=KEY).json == first.json


def test_answers_when_a_day_has_passed_then_they_are_forgotten(operator, store, held, clock):
    operator.delete(POSITION, headers=KEY)
    clock.move(hours=23)
    operator.post("/tasks/tick")
    assert OperatorRequests(store).find(KEY["Idempotency-Key"]) is not None

    clock.move(hours=2)
    operator.post("/tasks/tick")
    assert list(store.list("operator_requests/")) == []


def test_test_alert_when_it_is_sent_again_then_one_alert(operator):
    answers = [operator.post("/api/alerts/test", headers=KEY).json for _ in range(2)]

    assert (answers[0], orders(operator)) == (answers[1], 1)
