"""Working orders cancelled and replaced, positions closed: each sent once."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
import requests

from app.domain.orders import OrderChange
from app.errors import BrokerRejected, OutcomeUnknown
from tests.brokers.alpaca.harness import (
    BY_CLIENT_ID,
    ORDERS,
    PARENT,
    STOP,
    family,
    filled,
    refusal,
    row,
    stop,
    target,
)
from tests.brokers.builders import bracket, buy, limit

pytestmark = pytest.mark.unit

PAGE = "<html><body>Bad gateway</body></html>"


@pytest.fixture
def working(alpaca, api):
    """A working limit order's receipt."""
    api.post(ORDERS, json=row(type="limit", limit_price="90", status="new"))
    return alpaca.submit(buy(client_order_id="bot-x", **limit(90)))


def test_cancel_when_accepted_then_one_delete(alpaca, api, working):
    api.delete(f"{ORDERS}/{PARENT}", status=204)

    assert alpaca.cancel(working) is None


@pytest.mark.parametrize(("status", "failure"), [(422, BrokerRejected), (404, BrokerRejected)])
def test_cancel_when_there_is_nothing_to_cancel_then_rejected(alpaca, api, working, status, failure):
    api.delete(f"{ORDERS}/{PARENT}", status=status, json=refusal("order is not cancelable"))
    with pytest.raises(failure, match="not cancelable"):
        alpaca.cancel(working)


@pytest.mark.parametrize("answer", [{"status": 504}, {"status": 429}, {"body": requests.ReadTimeout()}])
def test_cancel_when_unanswered_then_unknown_and_sent_once(alpaca, api, working, answer):
    api.delete(f"{ORDERS}/{PARENT}", **answer)
    with pytest.raises(OutcomeUnknown):
        alpaca.cancel(working)

    assert len(api.calls) == 2


def test_cancel_when_alpacas_id_is_missing_then_it_is_looked_up(alpaca, api, working):
    api.get(BY_CLIENT_ID, json=row())
    api.delete(f"{ORDERS}/{PARENT}", status=204)
    alpaca.cancel(replace(working, broker_order_id=""))

    assert api.calls[-1].request.method == "DELETE"


def test_cancel_when_alpaca_has_no_such_order_then_rejected(alpaca, api, working):
    api.get(BY_CLIENT_ID, status=404, json=refusal("order not found", 40410000))
    with pytest.raises(BrokerRejected, match="no order bot-x"):
        alpaca.cancel(replace(working, broker_order_id=""))


def test_replace_when_working_then_exactly_the_change_and_a_derived_id_are_sent(alpaca, api, working):
    api.patch(f"{ORDERS}/{PARENT}", json=row("bot-x-r11111111", id=STOP, type="limit", limit_price="91"))
    changed = alpaca.replace(working, OrderChange(limit_price=Decimal("91.009")))

    sent = {"limit_price": "91", "client_order_id": "bot-x-r11111111"}
    assert json.loads(api.calls[-1].request.body) == sent
    assert (changed.client_order_id, changed.broker_order_id) == ("bot-x", STOP)


@pytest.mark.parametrize("status", [403, 404, 422])
def test_replace_when_refused_then_rejected(alpaca, api, working, status):
    api.patch(f"{ORDERS}/{PARENT}", status=status, json=refusal("cannot replace"))
    with pytest.raises(BrokerRejected, match="cannot replace"):
        alpaca.replace(working, OrderChange(limit_price=Decimal(91)))


@pytest.mark.parametrize("answer", [{"status": 504}, {"status": 200, "body": PAGE}])
def test_replace_when_unanswered_then_unknown_and_sent_once(alpaca, api, working, answer):
    api.patch(f"{ORDERS}/{PARENT}", **answer)
    with pytest.raises(OutcomeUnknown):
        alpaca.replace(working, OrderChange(limit_price=Decimal(91)))

    assert len(api.calls) == 2


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ({}, {}),
        ({}, {"limit_price": Decimal(0)}),
        ({}, {"quantity": Decimal("1.5")}),
        ({"notional": Decimal(100)}, {"limit_price": Decimal(91)}),
        ({"quantity": Decimal("1.5")}, {"quantity": Decimal(2)}),
        ({"filled_quantity": Decimal(1)}, {"limit_price": Decimal(91)}),
    ],
)
def test_replace_when_alpaca_would_refuse_then_nothing_is_sent(alpaca, api, working, state, change):
    with pytest.raises(BrokerRejected):
        alpaca.replace(replace(working, **state), OrderChange(**change))

    assert len(api.calls) == 1


def test_replace_when_a_leg_moves_then_it_keeps_its_name_and_is_found(alpaca, api):
    api.post(ORDERS, json=family())
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    api.get(f"{ORDERS}/{STOP}", json=stop(status="new"))
    api.patch(f"{ORDERS}/{STOP}", json=stop(id="new-stop", stop_price="95"))
    alpaca.replace(alpaca.find("bot-x-sl"), OrderChange(stop_price=Decimal(95)))
    api.get(f"{ORDERS}/new-stop", json=stop(id="new-stop", stop_price="95"))

    assert alpaca.find("bot-x-sl").stop_price == 95


@pytest.fixture
def listed(api):
    """Let Alpaca list a target that works, and its family whole where it is asked for nested; return that."""
    entry = family(**filled(), legs=[target(status="new"), stop()])

    def answer(request):
        rows = [entry] if "nested" in request.params else entry["legs"][:1]
        return 200, {}, json.dumps(rows)

    api.add_callback("GET", ORDERS, answer)
    return entry


@pytest.mark.parametrize("answer", [{"status": 504}, {"status": 422, "json": refusal("it was replaced")}])
def test_replace_when_a_held_leg_may_have_moved_then_the_next_list_shows_where_it_is(
    alpaca, api, listed, answer
):
    held = next(order for order in alpaca.open_orders() if order.client_order_id == "bot-x-sl")
    api.patch(f"{ORDERS}/{STOP}", **answer)
    listed["legs"][1] = stop(id="new-stop", stop_price="95")
    with pytest.raises((BrokerRejected, OutcomeUnknown)):
        alpaca.replace(held, OrderChange(stop_price=Decimal(95)))
    moved = next(order for order in alpaca.open_orders() if order.client_order_id == "bot-x-sl")

    assert (held.stop_price, moved.stop_price, moved.broker_order_id) == (90, 95, "new-stop")
