"""What an order did, where the store is lost between the writes that say so."""

import pytest

from app.domain.orders import OrderStatus
from tests.builders import ScriptedBroker, strategy_alert
from tests.notices import telling
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit


class Odd(ScriptedBroker):
    """Cannot say what became of the order that `is_odd` names."""

    is_odd: str | None = None

    def find(self, client_order_id: str):
        if client_order_id == self.is_odd:
            raise LookupError("what is this?")
        return super().find(client_order_id)


@pytest.fixture
def store() -> CutShort:
    return CutShort()


@pytest.fixture
def scripted() -> Odd:
    return Odd()


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def app(make_app, scripted, messages):
    return make_app(brokers={"paper": scripted}, dry_run=False, **telling(messages))


@pytest.fixture
def tick(services):
    return lambda: services.supervisor.tick(everything=True)["orders"]


def test_order_when_its_end_was_written_into_its_ticket_alone_then_the_owner_is_told_once(
    client, scripted, store, tick, services, messages, ticket_of
):
    scripted.status = OrderStatus.ACCEPTED
    answer = client.post("/webhook", json=strategy_alert())
    scripted.take(scripted.submitted[0], OrderStatus.REJECTED)
    store.breaks = lambda key, _value: key.startswith("orders/")
    failed = tick()
    store.breaks = lambda _key, _value: False
    told = [tick(), tick()]
    services.observability.notifier.close(timeout=5)

    assert (failed, ticket_of(answer)["status"]) == (-1, "rejected")
    assert told == [1, 0]
    assert len(messages) == 1


def test_orders_when_one_cannot_be_read_then_the_others_are_followed_in_the_same_turn(
    client, scripted, tick, clock, ticket_of
):
    scripted.status = OrderStatus.ACCEPTED
    answers = []
    for symbol in ("AAPL", "MSFT"):
        answers.append(client.post("/webhook", json=strategy_alert(symbol=symbol)))
        clock.move(seconds=1)
    for order in scripted.submitted:
        scripted.take(order, OrderStatus.FILLED)
    scripted.is_odd = scripted.submitted[0].client_order_id

    assert tick() == -1
    assert [ticket_of(answer)["status"] for answer in answers] == ["ordered", "filled"]
