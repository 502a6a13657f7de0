"""Exits that a broker has taken and does not fill, as they are told."""

from dataclasses import replace

import pytest

from app.domain.money import ONE
from app.domain.orders import OrderRole, OrderType
from app.repositories.open_orders import OpenOrder
from app.services.orders.waiting_exits import WaitingExits
from tests.builders import fresh_ticket_id
from tests.notices import HeardNotifier

pytestmark = pytest.mark.unit


@pytest.fixture
def notifier():
    return HeardNotifier()


@pytest.fixture
def waiting(services, notifier):
    return WaitingExits(replace(services.portfolio.breaker.runtime, notifier=notifier))


@pytest.fixture
def order(clock):
    """An exit in a market that never closes."""
    return OpenOrder(
        client_order_id="default-1",
        ticket=fresh_ticket_id(clock()),
        bot="default",
        broker="paper",
        symbol="BTC-USD",
        role=OrderRole.EXIT,
        type=OrderType.MARKET,
        multiplier=ONE,
        submitted_at=clock(),
    )


@pytest.mark.parametrize("seconds", [121, -121])
def test_exit_when_it_waits_for_long_by_any_clock_then_it_is_told_once(
    waiting, order, notifier, clock, seconds
):
    waiting.look([order])
    for _ in range(3):
        clock.move(seconds=seconds)
        waiting.look([order])

    assert [event.key for event in notifier.events] == ["default-1"]


@pytest.mark.parametrize(
    "change",
    [{"role": OrderRole.ENTRY}, {"type": OrderType.LIMIT}, {"seen": ("unknown", "0", "0")}],
    ids=str,
)
def test_order_when_it_is_no_exit_at_the_market_that_was_shown_then_nothing_is_told(
    waiting, order, notifier, clock, change
):
    clock.move(seconds=121)
    waiting.look([replace(order, **change)])

    assert notifier.events == []
