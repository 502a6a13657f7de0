"""Exits that Fyers takes and its exchange refuses, which the book alone says."""

import pytest

from tests.builders import services_of
from tests.notices import HeardNotifier

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("logged_in", "ticker")]


@pytest.fixture
def app(make_option_app, heard):
    return make_option_app(
        notification_url="json://127.0.0.1:1",
        notify=lambda event: heard.notify(event.kind, event.message),
    )


@pytest.fixture
def heard():
    return HeardNotifier()


@pytest.fixture
def told(app, heard):
    """Return how many messages say that exits were refused."""

    def read() -> int:
        services_of(app).observability.notifier.close(timeout=60)
        return len([event for event in heard.events if "RED:Not there" in event.message])

    return read


@pytest.fixture
def sent(fake):
    """Count the orders that were sent."""
    place = ("POST", "/api/v3/orders/sync")
    return lambda: [(each.method, each.path) for each in fake.requests].count(place)


@pytest.fixture
def two_lots(configure, post, fake):
    """Add a lot to one whose exits rest; of what is sent after it the first ones are taken, then none."""

    def hold(*, taken: int) -> None:
        configure(attach_sl_tp=True)
        post()
        fake.inject("rejection", message="RED:Not there", skip=1 + taken)
        post(idempotency_key="second")

    return hold


def test_exits_when_the_exchange_refuses_them_then_they_are_tried_with_growing_pauses_and_told(
    two_lots, pass_time, fake, sent, told, app
):
    two_lots(taken=0)
    before = sent()
    pass_time(60)
    tries = sent() - before
    fake.faults.clear()
    pass_time(60)
    resting = services_of(app).brokers.registry.get("fyers").open_orders()

    assert tries <= 8
    assert {(item.client_order_id[-3:], item.quantity) for item in resting} == {("-sl", 130), ("-tp", 130)}
    assert told() >= 1


def test_exits_when_the_exchange_refuses_the_target_alone_then_the_stop_stays_where_it_is(
    two_lots, pass_time, sent, told, app
):
    two_lots(taken=1)
    pass_time(10)
    before = sent()
    pass_time(60)
    resting = services_of(app).brokers.registry.get("fyers").open_orders()

    assert [(item.client_order_id[-3:], item.quantity) for item in resting] == [("-sl", 130)]
    assert (sent() - before, told()) == (0, 1)
