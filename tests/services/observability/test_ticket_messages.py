"""Which tickets the owner is told about."""

from dataclasses import replace
from queue import Empty, SimpleQueue

import pytest

from app import create_app
from app.domain.orders import OrderStatus
from app.domain.reasons import Reason
from app.errors import BrokerRejected, OutcomeUnknown
from app.services.observability.events import EventKind
from app.services.observability.ticket_messages import CAPS
from tests.builders import services_of, strategy_alert

pytestmark = pytest.mark.unit


class Listener:
    """Whoever reads the messages."""

    def __init__(self):
        self.arrived = SimpleQueue()

    def __call__(self, event):
        self.arrived.put(event)


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def app(settings, store, clock, scripted, listener):
    told = replace(settings, notification_url="https://push.example", dry_run=False)
    app = create_app(told, store=store, brokers={"paper": scripted}, clock=clock, notify=listener)
    yield app
    services_of(app).observability.journal.close()


@pytest.fixture
def told(services, listener):
    """Let everything be sent; return the kinds and messages."""

    def read() -> list[tuple[EventKind, str]]:
        services.observability.notifier.close(60)
        found = []
        while True:
            try:
                event = listener.arrived.get_nowait()
            except Empty:
                return found
            found.append((event.kind, event.message))

    return read


@pytest.mark.parametrize(
    ("failure", "kind"),
    [(BrokerRejected("too poor"), EventKind.REJECTED), (OutcomeUnknown("no answer"), EventKind.UNKNOWN)],
)
def test_alert_when_the_broker_fails_then_the_owner_is_told_why(client, scripted, told, failure, kind):
    scripted.failures = [failure]
    client.post("/webhook", json=strategy_alert())
    ((found, message),) = told()

    assert found is kind
    assert failure.message in message


def test_alert_when_a_cap_refuses_it_then_the_owner_is_told(client, configure, told):
    configure(daily_order_cap=0)
    client.post("/webhook", json=strategy_alert())
    ((kind, message),) = told()

    assert kind is EventKind.DENIED_BY_CAP
    assert "DAILY_ORDER_CAP" in message


@pytest.mark.parametrize("changes", [{}, {"symbol": "TVC:SPX"}, {"strategy_order_action": "sell"}])
def test_alert_when_nothing_is_wrong_with_the_limits_then_nobody_is_told(client, told, changes):
    client.post("/webhook", json=strategy_alert(**changes))

    assert told() == []


def test_order_when_it_was_never_placed_then_the_owner_is_told_once_more(
    client, services, scripted, clock, told
):
    scripted.failures = [OutcomeUnknown("no answer")]
    client.post("/webhook", json=strategy_alert())
    clock.move(minutes=1)
    services.supervisor.tick(everything=True)

    assert [kind for kind, _ in told()] == [EventKind.UNKNOWN, EventKind.ORDER_NOT_PLACED]


@pytest.mark.parametrize(
    ("status", "kinds"), [(OrderStatus.REJECTED, [EventKind.REJECTED]), (OrderStatus.FILLED, [])]
)
def test_order_when_it_ends_after_its_answer_then_only_a_rejection_is_told(
    client, services, scripted, told, status, kinds
):
    scripted.status = OrderStatus.ACCEPTED
    client.post("/webhook", json=strategy_alert())
    scripted.take(scripted.submitted[0], status)
    services.supervisor.tick(everything=True)

    assert [kind for kind, _ in told()] == kinds


def test_alert_when_it_was_interrupted_then_the_owner_is_told_what_became_of_it(
    client, services, scripted, clock, told
):
    scripted.failures = [ValueError("a slip")]
    client.post("/webhook", json=strategy_alert())
    clock.move(seconds=6)
    services.supervisor.tick(everything=True)
    ((kind, message),) = told()

    assert kind is EventKind.RECOVERED
    assert "alert for AAPL filled" in message


def test_orphan_when_it_is_canceled_then_the_owner_is_told(client, services, scripted, told, clock):
    client.post("/webhook", json=strategy_alert())
    order = scripted.submitted[0]
    name = f"{order.client_order_id}-sl"
    scripted.take(replace(order, client_order_id=name), OrderStatus.ACCEPTED)
    scripted.held.clear()
    services.portfolio.cleanup.run()
    clock.move(seconds=11)
    services.portfolio.cleanup.run()

    assert told() == [(EventKind.ORPHAN_CLEANED, f"Canceled without a position: {name}")]


def test_message_when_it_cannot_be_sent_then_the_alert_is_answered_all_the_same(
    client, scripted, services, listener
):
    scripted.failures = [BrokerRejected("too poor")]
    listener.arrived = None
    answer = client.post("/webhook", json=strategy_alert())

    assert (answer.status_code, services.observability.notifier.dropped) == (422, 0)


def test_caps_when_gathered_by_their_names_then_these_seven():
    limits = {
        Reason.DAILY_ORDER_CAP,
        Reason.DAILY_NOTIONAL_CAP,
        Reason.SYMBOL_EXPOSURE_CAP,
        Reason.OPEN_POSITIONS_CAP,
        Reason.BOT_TRADES_CAP,
        Reason.QUANTITY_EXCEEDS_LIMIT,
        Reason.NOTIONAL_EXCEEDS_LIMIT,
    }

    assert limits == CAPS
