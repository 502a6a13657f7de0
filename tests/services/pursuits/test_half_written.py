"""Exits over a bucket, which may be lost between the writes that begin or end one."""

import pytest

from app.errors import OutcomeUnknown
from tests.builders import ENTER_LONG, EXIT_LONG, ScriptedBroker
from tests.notices import telling
from tests.storage.cut_short import CutShort

pytestmark = pytest.mark.unit


@pytest.fixture
def store() -> CutShort:
    return CutShort()


@pytest.fixture
def app(make_app, scripted, messages):
    return make_app(brokers={"paper": scripted}, dry_run=False, allow_short_selling=True, **telling(messages))


@pytest.fixture
def ten(post, configure, clock) -> None:
    """Hold ten shares."""
    configure(use_strategy_contracts=True)
    assert post(**ENTER_LONG).json["status"] == "filled"
    clock.move(seconds=1)


@pytest.fixture
def tick(services, clock):
    def go_by(seconds: int) -> None:
        clock.move(seconds=seconds)
        services.supervisor.tick(everything=True)

    return go_by


@pytest.mark.usefixtures("ten")
def test_exit_when_its_end_was_written_in_part_then_the_owner_is_told_all_the_same(
    post, operator, store, scripted: ScriptedBroker, services, messages, ticket_of, tick
):
    scripted.is_reachable = False
    answer = post(**EXIT_LONG)
    store.breaks = lambda key, value: key.startswith("pursuits/") and value is None
    refused = operator.post(f"/api/tickets/{answer.json['ticket']}/end")
    store.breaks = lambda _key, _value: False
    tick(2)
    services.observability.notifier.close(timeout=5)

    assert (refused.status_code, ticket_of(answer)["reason"]) == (503, "EXIT_ENDED")
    assert messages == ["An exit did not happen"]
    assert operator.get("/status").json["pursuits"] == []


@pytest.mark.parametrize("later", [60, -3600])
@pytest.mark.usefixtures("ten")
def test_close_when_its_ticket_could_not_be_written_then_nobody_is_on_the_way_out_of_the_position(
    operator, store, services, scripted, tick, later
):
    store.breaks = lambda key, _value: key.startswith("tickets/")
    refused = operator.delete("/api/positions/paper/AAPL")
    store.breaks = lambda _key, _value: False
    begun = list(store.list("pursuits/"))
    tick(30)
    early = list(store.list("pursuits/"))
    tick(later)

    assert (refused.status_code, len(begun), len(early)) == (503, 1, 1)
    assert list(store.list("pursuits/")) == []
    assert len(scripted.submitted) == 1


@pytest.mark.usefixtures("ten")
def test_exit_when_its_order_cannot_be_read_then_no_other_is_sent_beside_it(
    post, operator, store, scripted: ScriptedBroker, tick
):
    scripted.failures = [OutcomeUnknown("No answer.")]
    post(**EXIT_LONG)
    sent = len(scripted.submitted)
    order = next(item for item in store.list("orders/") if item.value["role"] == "exit")
    store.replace(order, order.value | {"type": "peg"})
    for _ in range(4):
        tick(40)

    assert len(scripted.submitted) == sent
    assert len(operator.get("/status").json["pursuits"]) == 1


@pytest.mark.usefixtures("ten")
def test_close_when_the_trade_cannot_be_read_then_one_empty_answer_does_not_end_it(
    operator, store, scripted: ScriptedBroker, tick
):
    scripted.is_reachable = False
    closing = operator.delete("/api/positions/paper/AAPL").json["id"]
    store.replace(store.get("trades/default/paper:AAPL"), {})
    held, scripted.held, scripted.is_reachable = scripted.held, {}, True
    tick(10)
    seen = operator.get(f"/api/tickets/{closing}").json["status"]
    scripted.held = held
    tick(20)

    assert (seen, scripted.held["AAPL"]) == ("pursuing", 0)
