"""Commands about orders of which nobody knows yet whether they arrived, and brokers that do not answer."""

import pytest

from app.domain.orders import OrderStatus
from app.errors import BrokerCredentialsRefused, BrokerRejected, OutcomeUnknown
from tests.builders import strategy_alert
from tests.services.amendments.commands_told import CANCEL, MODIFY, name_of, told

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def place(client, scripted):
    """Place an entry that waits, or of which nothing is known."""
    scripted.status = OrderStatus.ACCEPTED

    def placed(failure: Exception | None = None):
        scripted.failures = [failure]
        return client.post("/webhook", json=strategy_alert(idempotency_key="first"))

    return placed


@pytest.fixture
def later(services, operator, clock):
    """Let the clock finish what was left and return the ticket of a command."""

    def finished(response) -> dict:
        clock.move(seconds=6)
        services.intake.recovery.recover()
        return operator.get(f"/api/tickets/{response.json['ticket']}").json

    return finished


@pytest.mark.parametrize("order", ["first", "all", "name"])
def test_cancel_when_the_order_may_not_have_arrived_then_it_waits_to_know(
    place, command, scripted, later, order
):
    name = name_of(place(OutcomeUnknown("?")))
    response = command(**CANCEL, order=name if order == "name" else order, symbol="AAPL")
    scripted.take(scripted.submitted[0])
    ticket = later(response)

    assert told(response) == (202, "received", None)
    assert (ticket["status"], scripted.taken[name].status) == ("canceled", OrderStatus.CANCELED)


def test_cancel_when_the_broker_is_away_then_it_is_finished_later(place, command, scripted, later):
    place()
    scripted.is_reachable = False
    response = command(**CANCEL, order="first")
    scripted.is_reachable = True

    assert told(response) == (202, "received", None)
    assert later(response)["status"] == "canceled"


def test_cancel_when_it_was_never_answered_then_it_expires_and_is_forgotten(
    place, command, scripted, later, clock, store
):
    place()
    scripted.cancel_failures = [OutcomeUnknown("?")]
    response = command(**CANCEL, order="first")
    begun = list(store.list("commands/"))
    clock.move(minutes=3)

    assert (later(response)["reason"], len(begun)) == ("ALERT_EXPIRED", 1)
    assert list(store.list("commands/")) == []


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (BrokerRejected("not now"), "BROKER_REJECTED"),
        (BrokerCredentialsRefused("wrong keys"), "BROKER_CREDENTIALS_REFUSED"),
    ],
)
def test_cancel_when_the_broker_refuses_then_the_order_works_on(place, command, scripted, failure, reason):
    name = name_of(place())
    scripted.cancel_failures = [failure]

    assert told(command(**CANCEL, order=name)) == (422, "rejected", reason)
    assert scripted.taken[name].status is OrderStatus.ACCEPTED


def test_cancel_when_the_order_fills_under_its_hands_then_it_says_so(place, command, scripted):
    name = name_of(place())
    scripted.before_cancel = lambda: scripted.take(scripted.submitted[0], OrderStatus.FILLED)
    response = command(**CANCEL, order=name)

    assert told(response) == (200, "skipped", "ORDER_NONE")
    assert response.json["error"]["message"] == f"The bot has no such open order. {name} was filled already."
    assert response.json["order"]["status"] == "filled"


def test_cancel_when_the_order_is_known_to_the_broker_alone_then_it_goes(place, command, scripted, store):
    name = name_of(place())
    store.delete(store.get(f"orders/{name}"))

    assert told(command(**CANCEL, order=name)) == (200, "canceled", None)
    assert scripted.taken[name].status is OrderStatus.CANCELED


def test_preview_when_the_broker_is_away_then_it_is_denied(place, operator, scripted):
    name = name_of(place())
    scripted.is_reachable = False
    ticket = operator.post("/api/preview", json=MODIFY | {"order": name, "quantity": 5}).json

    assert (ticket["status"], ticket["reason"]) == ("denied", "BROKER_UNAVAILABLE")


def test_command_when_the_bots_broker_is_not_here_then_denied(command, configure):
    configure(broker="fyers")

    assert told(command(**CANCEL, order="first")) == (400, "denied", "BROKER_NOT_CONFIGURED")
