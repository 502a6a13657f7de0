"""A command that leaves shares by the number of their trade is an exit as any other: done, and once."""

import pytest

from tests.builders import ACCOUNT_SECRET
from tests.services.pursuits.test_alert_exits import TROUBLES

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("held_ten")]
WHOLE, TRIM = {}, {"trim": 55}


@pytest.fixture
def ticket_of(operator):
    return lambda answer: operator.get(f"/api/tickets/{answer.json['id']}").json


@pytest.fixture
def leave(anonymous, operator, pass_time):
    """Leave the trade that is open, once the books know it."""
    pass_time(3)
    number = operator.get("/api/trades").json["trades"][0]["number"]

    def send(body=WHOLE):
        return anonymous.post(f"/webhook/{ACCOUNT_SECRET}/exit/{number}", json=body)

    return send


@pytest.mark.parametrize(("body", "left"), [(WHOLE, 0), (TRIM, 4)])
def test_exit_when_the_broker_takes_it_then_the_answer_says_how_much_is_left(
    leave, outcome, pass_time, body, left
):
    answer = leave(body)
    pass_time(2)

    assert (answer.status_code, answer.json["success"]) == (200, True), answer.text
    assert answer.json["units_closed"] == 10 - left
    assert outcome(answer) == (left, 10 - left, "filled")


@pytest.mark.parametrize(("body", "left"), [(WHOLE, 0), (TRIM, 4)])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_exit_when_the_broker_is_in_trouble_then_it_is_done_exactly_once(
    leave, fake, pass_time, outcome, trouble, body, left
):
    fake.inject(**TROUBLES[trouble])
    answer = leave(body)
    pass_time(10)
    fake.faults.clear()
    pass_time(35)

    assert (answer.status_code, answer.json["success"]) == (200, True)
    assert outcome(answer) == (left, 10 - left, "filled")


def test_exit_when_it_comes_again_then_it_hears_of_the_first(leave, fake):
    fake.inject(**TROUBLES["503 on positions"])
    first, again = leave(), leave()

    assert (again.json["id"], first.json["status"]) == (first.json["id"], "pursuing")
