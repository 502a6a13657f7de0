"""A cover that Fyers cannot take at once goes on until the contract is flat."""

import pytest

pytestmark = pytest.mark.integration

TROUBLES = {
    "503 on positions": {"kind": "status", "methods": ("GET",), "path": "/positions"},
    "429 on the order": {"kind": "rate_limit", "methods": ("POST",), "path": "/orders"},
    "no account": {"kind": "status", "methods": ("GET",), "path": "/funds"},
    "no quotes": {"kind": "status", "methods": ("GET",), "path": "/quotes"},
    "market closed": {},
    "logged out": {"kind": "dead_token"},
    "answer lost": {"kind": "unacknowledged", "methods": ("POST",), "path": "/orders", "times": 1},
    "order lost": {
        "kind": "unacknowledged",
        "when": "before",
        "methods": ("POST",),
        "path": "/orders",
        "times": 1,
    },
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_cover_when_fyers_is_in_trouble_then_it_is_done_exactly_once(
    logged_in, ticker, post, fake, pass_time, mend, outcome, trouble
):
    assert post()[0] == 200
    pass_time(2)
    if TROUBLES[trouble]:
        fake.inject(**TROUBLES[trouble])
    else:
        fake.clock.turn("closed")
    status, answer = post(action="BUY", idempotency_key="out")
    pass_time(10)
    mend()
    pass_time(50)

    assert status in {200, 202}
    assert outcome(answer) == (0, 65, "filled")


@pytest.mark.usefixtures("logged_in")
def test_cover_when_connections_are_refused_then_it_is_done_once_they_are_taken(
    ticker, post, fake, pass_time, outcome
):
    post()
    pass_time(2)
    fake.go_away()
    status, answer = post(action="BUY", idempotency_key="out")
    pass_time(20)
    fake.come_back()
    pass_time(40)

    assert (status, answer["status"]) == (202, "pursuing")
    # Its book is read once in a while: by then the order may not be in it as filled.
    assert outcome(answer)[:2] == (0, 65)


@pytest.mark.parametrize("trouble", ["503 on positions", "429 on the order", "order lost"])
def test_cover_when_the_process_dies_meanwhile_then_the_next_one_goes_on(
    logged_in, ticker, post, fake, pass_time, make_option_app, outcome, trouble
):
    post()
    pass_time(2)
    fake.inject(**TROUBLES[trouble])
    _, answer = post(action="BUY", idempotency_key="out")
    pass_time(3)
    fake.faults.clear()
    pass_time(50, on=make_option_app())

    assert outcome(answer) == (0, 65, "filled")


@pytest.mark.usefixtures("logged_in")
def test_cover_when_it_is_refused_in_the_book_alone_then_its_ticket_has_the_words_of_the_exchange(
    ticker, post, fake, pass_time, operator
):
    post()
    pass_time(2)
    fake.inject("rejection", message="RED:Not today", times=1)
    _, answer = post(action="BUY", idempotency_key="out")
    pass_time(10)
    ticket = operator.get(f"/api/tickets/{answer['ticket']}").json

    assert (ticket["status"], ticket["message"]) == ("rejected", "RED:Not today")
