"""A cover that Fyers cannot take at once goes on until the contract is flat."""

from collections.abc import Callable

import pytest

from tests.builders import client_of, services_of
from tests.fyers_logins import log_in, move

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


@pytest.fixture
def pass_time(app, fake, clock) -> Callable[..., None]:
    """Let so many seconds go by, the clock coming round in each of them."""

    def go_by(seconds: int, on=app) -> None:
        for _ in range(seconds):
            move(clock, fake, seconds=1)
            services_of(on).supervisor.tick(everything=True)

    return go_by


@pytest.fixture
def outcome(fake, held, operator) -> Callable[[dict], tuple[int, int, str]]:
    """Return what is held, how many units were bought in all, and how the ticket of an answer stands."""

    def read(answer: dict) -> tuple[int, int, str]:
        rows = fake.exchange.account.positions_as_json()["netPositions"]
        status = operator.get(f"/api/tickets/{answer['ticket']}").json["status"]
        return held(), sum(row["buyQty"] for row in rows), status

    return read


@pytest.fixture
def mend(app, fake, operator) -> Callable[[], None]:
    """End every trouble; whoever was logged out logs in again."""

    def end() -> None:
        fake.faults.clear()
        fake.clock.turn("open")
        link = operator.get("/auth-url").json["url"]
        client_of(app).get("/auth-callback", query_string=log_in(link))

    return end


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
