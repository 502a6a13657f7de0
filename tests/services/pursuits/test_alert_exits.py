"""An exit that the broker cannot take at once goes on until it is done."""

from decimal import Decimal

import pytest

pytestmark = pytest.mark.integration

FAULTS = {
    "slow cancel": {"kind": "late_cancel", "seconds": 4},
    "503": {"kind": "status", "status": 503, "methods": ("GET",), "path": "/v2/positions", "times": 6},
    "429": {"kind": "rate_limit", "methods": ("POST",), "path": "/v2/orders", "times": 1},
    "answer lost": {"kind": "reset", "methods": ("POST",), "path": "/v2/orders", "times": 1, "when": "after"},
}
DOWN = {"kind": "status", "status": 503}


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("fault", FAULTS)
def test_exit_when_the_broker_is_in_trouble_then_it_is_pursued_and_done_once(
    leave, fake, pass_time, held, ticket_of, fault
):
    fake.inject(**FAULTS[fault])
    answer = leave()
    pass_time(20)

    assert (answer.status_code, answer.json["status"]) == (202, "pursuing")
    assert (held(), ticket_of(answer)["status"]) == (Decimal(0), "filled")


@pytest.mark.usefixtures("held_ten")
@pytest.mark.parametrize("is_gone", [False, True])
def test_exit_when_one_answer_shows_no_position_then_it_goes_on_until_a_second_says_so(
    leave, fake, pass_time, held, ticket_of, is_gone
):
    fake.inject(**DOWN, methods=("GET",), path="/v2/positions", times=4)
    answer = leave()
    holdings = fake.exchange.account.holdings
    kept = dict(holdings)
    holdings.clear()
    pass_time(5)
    between = ticket_of(answer)["status"]
    holdings.update({} if is_gone else kept)
    pass_time(40)

    assert (answer.json["status"], between) == ("pursuing", "pursuing")
    assert (held(), ticket_of(answer)["status"]) == (Decimal(0), "skipped" if is_gone else "filled")
