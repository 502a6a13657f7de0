"""Orders that outlive their alert, followed into tickets and trades."""

import pytest

from app.domain.orders import OrderStatus
from app.errors import OutcomeUnknown
from app.services.runtime.turns import as_leader
from tests.builders import strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def unknown(client, scripted):
    """Post an alert whose submit ends in doubt; return its answer."""
    scripted.failures = [OutcomeUnknown("the line went dead")]
    return client.post("/webhook", json=strategy_alert())


@pytest.fixture
def resting(client, scripted):
    """Post an alert whose order rests at the broker; return its answer."""
    scripted.status = OrderStatus.ACCEPTED
    return client.post("/webhook", json=strategy_alert())


@pytest.fixture
def tick(services):
    return lambda: services.supervisor.tick(everything=True)["orders"]


def test_unknown_when_the_broker_has_the_order_then_the_ticket_is_filled(
    unknown, scripted, tick, ticket_of, store
):
    scripted.take(scripted.submitted[0])
    tick()
    ticket = ticket_of(unknown)

    assert (ticket["status"], ticket["reason"]) == ("filled", None)
    assert ticket["orders"][0]["filled_quantity"] == "20"
    assert store.get("trades/default/paper:AAPL").value["quantity"] == "20"


def test_order_when_the_broker_rejects_it_after_all_then_the_ticket_says_why(
    resting, scripted, tick, ticket_of
):
    scripted.take(scripted.submitted[0], OrderStatus.REJECTED)
    tick()
    ticket = ticket_of(resting)

    assert (ticket["status"], ticket["reason"]) == ("rejected", "BROKER_REJECTED")


def test_order_when_the_answer_is_that_it_was_rejected_then_the_ticket_says_why(client, scripted):
    scripted.status = OrderStatus.REJECTED
    answer = client.post("/webhook", json=strategy_alert()).json

    assert (answer["status"], answer["reason"]) == ("rejected", "BROKER_REJECTED")


@pytest.mark.parametrize(("seconds", "status"), [(30, "unknown"), (31, "failed")])
def test_unknown_when_the_broker_has_no_order_then_it_fails_after_30_seconds(
    unknown, clock, tick, ticket_of, seconds, status
):
    clock.move(seconds=seconds)
    tick()

    assert ticket_of(unknown)["status"] == status


def test_unknown_when_it_has_failed_then_the_ticket_says_why_and_nothing_was_resent(
    unknown, clock, tick, ticket_of, scripted, store
):
    clock.move(minutes=5)
    moved = [tick() for _ in range(3)]
    ticket = ticket_of(unknown)

    assert (ticket["reason"], ticket["orders"][0]["status"]) == ("ORDER_NOT_PLACED", "rejected")
    assert (moved, len(scripted.submitted), list(store.list("orders/"))) == ([1, 0, 0], 1, [])


def test_unknown_when_the_broker_cannot_be_asked_then_it_stays_unknown(
    unknown, clock, tick, ticket_of, scripted
):
    scripted.is_reachable = False
    clock.move(hours=1)
    tick()

    assert ticket_of(unknown)["status"] == "unknown"


def test_order_when_it_rests_then_it_is_followed_until_it_is_over(resting, scripted, tick, ticket_of, store):
    before = ticket_of(resting)["status"]
    scripted.take(scripted.submitted[0], OrderStatus.FILLED)
    tick()

    assert (before, ticket_of(resting)["status"]) == ("ordered", "filled")
    assert list(store.list("orders/")) == []


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.EXPIRED])
def test_order_when_it_ends_unfilled_then_the_ticket_is_canceled(resting, scripted, tick, ticket_of, status):
    scripted.take(scripted.submitted[0], status)
    tick()

    assert ticket_of(resting)["status"] == "canceled"


def test_order_when_nothing_moved_then_nothing_is_written(resting, tick, ticket_of):
    tick()
    before = ticket_of(resting)

    assert (tick(), ticket_of(resting)) == (0, before)


def test_fill_when_it_is_seen_again_then_it_counts_once(resting, scripted, services, tick, store):
    remembered = store.get(f"orders/{scripted.submitted[0].client_order_id}")
    scripted.take(scripted.submitted[0], OrderStatus.FILLED)
    tick()
    store.create(remembered.key, remembered.value)
    tick()

    assert store.get("trades/default/paper:AAPL").value["quantity"] == "20"


class TestAtThePaperBroker:
    @pytest.fixture
    def app(self, make_app):
        return make_app()

    def test_limit_order_when_the_market_comes_to_it_then_its_ticket_is_filled(
        self, client, operator, configure, ticket_of
    ):
        operator.put("/api/paper/prices", json={"AAPL": "110"})
        configure(use_limit_orders=True)
        response = client.post("/webhook", json=strategy_alert(strategy_order_price="100"))
        before = ticket_of(response)["status"]
        operator.put("/api/paper/prices", json={"AAPL": "99.5"})

        assert (response.status_code, before) == (200, "ordered")
        assert ticket_of(response)["status"] == "filled"

    def test_day_order_when_its_day_is_over_then_its_ticket_is_canceled(
        self, client, operator, configure, clock, tick, ticket_of
    ):
        operator.put("/api/paper/prices", json={"AAPL": "110"})
        configure(use_limit_orders=True)
        response = client.post("/webhook", json=strategy_alert(strategy_order_price="100"))
        clock.move(days=1)
        tick()

        assert ticket_of(response)["status"] == "canceled"


@pytest.mark.parametrize(
    ("hours", "status", "order"), [(7, "ordered", "accepted"), (9, "canceled", "expired")]
)
def test_resting_order_when_the_broker_has_forgotten_it_then_its_day_has_ended(
    resting, scripted, clock, tick, ticket_of, hours, status, order
):
    scripted.taken.clear()
    clock.move(hours=hours)
    tick()
    clock.move(seconds=11)
    tick()
    ticket = ticket_of(resting)

    assert (ticket["status"], ticket["orders"][0]["status"]) == (status, order)
    assert ticket["reason"] == ("ORDER_EXPIRED" if order == "expired" else None)


def test_resting_order_when_one_old_look_misses_it_then_it_is_followed_on(
    resting, scripted, clock, tick, ticket_of
):
    taken = dict(scripted.taken)
    clock.move(hours=9)
    scripted.taken.clear()
    tick()
    scripted.taken |= taken
    clock.move(seconds=11)
    tick()
    scripted.take(scripted.submitted[0], OrderStatus.FILLED)
    tick()

    assert ticket_of(resting)["status"] == "filled"


def test_orders_when_a_turn_has_time_for_one_then_each_has_its_turn(
    client, scripted, services, ticket_of, clock
):
    scripted.status = OrderStatus.ACCEPTED
    symbols, answers = ("AAPL", "MSFT", "TSLA"), []
    for symbol in symbols:
        answers.append(client.post("/webhook", json=strategy_alert(symbol=symbol)))
        # Ids of one microsecond are in no order.
        clock.move(seconds=1)
    scripted.status = OrderStatus.FILLED
    for order in scripted.submitted:
        scripted.take(order)
    seen = []
    # A turn whose process leads no more ends like one whose time is over.
    with as_leader(lambda: False):
        for _ in symbols:
            services.portfolio.tracker.follow()
            seen.append([ticket_of(answer)["status"] for answer in answers])

    assert seen == [["filled", *["ordered"] * 2], ["filled", "filled", "ordered"], ["filled"] * 3]
