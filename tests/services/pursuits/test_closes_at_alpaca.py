"""A close that Alpaca cannot take at once closes what was held; what a bot buys after it is kept."""

import pytest

from tests.builders import ENTER_LONG
from tests.simulators.alpaca.orders import UNTIL_NEXT_MOVE

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("held_ten")]

POSITION = "/api/positions/alpaca/AAPL"
# What keeps a close from being done at once, beside connections that are refused.
TROUBLES = {
    "503 on positions": {"kind": "status", "status": 503, "methods": ("GET",), "path": "/v2/positions"},
    "429 on the order": {"kind": "rate_limit", "methods": ("POST",), "path": "/v2/orders"},
    "answer lost": {"kind": "reset", "methods": ("POST",), "path": "/v2/orders", "when": "after"},
}


@pytest.fixture
def sales(fake):
    """Return how many shares were sold, and how many are protected by stops now."""

    def read() -> tuple[int, int]:
        orders = fake.exchange.book.orders.values()
        sold = sum(order.filled for order in orders if order.side == "sell")
        stops = (order for order in orders if order.type == "stop" and not order.is_final)
        return int(sold), int(sum(order.quantity for order in stops))

    return read


@pytest.fixture
def bought(post, ticket_of):
    """Buy ten more; return how that stands."""
    answers = []

    def order() -> None:
        answers.append(post(**ENTER_LONG, n=2))

    order.status = lambda: ticket_of(answers[0])["status"]
    return order


@pytest.fixture(params=[False, True], ids=["lives", "restarted"])
def go_on(request, services, another, pass_time):
    """Let time go by, in this process or in the next one."""

    def later() -> None:
        if request.param:
            services.portfolio.pursuits.runtime.locks.close()
        pass_time(40, **({"on": another()} if request.param else {}))

    return later


def test_entry_when_alpaca_is_back_before_the_close_then_it_comes_after_it_and_is_kept(
    operator, fake, pass_time, held, sales, bought, go_on
):
    pass_time(1)
    fake.go_away()
    closing = operator.delete(POSITION).json["id"]
    pass_time(5)
    fake.come_back()
    bought()
    go_on()

    assert (held(), sales()) == (10, (10, 10))
    assert (operator.get(f"/api/tickets/{closing}").json["status"], bought.status()) == ("filled", "filled")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_entry_when_a_close_is_in_trouble_then_what_it_buys_is_kept(
    operator, fake, pass_time, held, sales, bought, trouble
):
    pass_time(1)
    fake.inject(**TROUBLES[trouble])
    closing = operator.delete(POSITION).json["id"]
    fake.faults.clear()
    bought()
    pass_time(40)

    assert (held(), sales()) == (10, (10, 10))
    assert (operator.get(f"/api/tickets/{closing}").json["status"], bought.status()) == ("filled", "filled")


@pytest.fixture(params=["late_fill", "partial_fill"])
def fault(request, fake, held_ten):
    """Let the next order wait for its fill, or for half of it."""
    fake.inject(kind=request.param, seconds=60, times=1)
    return request.param


@pytest.fixture(params=["an alert", "the operator"])
def leaving(request, fault, leave, operator):
    """Want out."""
    return leave() if request.param == "an alert" else operator.delete(POSITION)


@pytest.mark.usefixtures("leaving")
@pytest.mark.parametrize("end", ["canceled", "expired"])
def test_exit_when_alpaca_ends_its_order_then_the_owner_is_told_and_what_is_left_has_its_stop(
    fault, fake, held, sales, pass_time, notices, end
):
    with fake.exchange.lock:
        fake.exchange.book.finish(list(fake.exchange.book.orders.values())[-1], end)
    pass_time(40)

    sold = 5 if fault == "partial_fill" else 0
    assert (held(), sales()) == (10 - sold, (sold, 10 - sold))
    assert [title for title, _ in notices()] == ["An exit did not happen"]


@pytest.mark.usefixtures("leaving")
@pytest.mark.parametrize("status", ["suspended", "done_for_day", "stopped"])
def test_exit_when_alpaca_keeps_its_order_unfilled_then_the_owner_is_told_once(
    fake, pass_time, notices, messages, status
):
    with fake.exchange.lock:
        order = list(fake.exchange.book.orders.values())[-1]
        order.status, order.pause = status, UNTIL_NEXT_MOVE
    pass_time(110)
    early = list(messages)
    pass_time(200)

    assert (early, [title for title, _ in notices()]) == ([], ["An exit does not get through"])


def test_exit_when_it_waits_for_the_market_to_open_then_nothing_is_told(fake, leave, pass_time, notices):
    fake.clock.close()
    leave()
    pass_time(250)

    assert notices() == []
