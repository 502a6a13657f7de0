"""Orders found and listed under our ids, legs and replacements included."""

import pytest
from responses import matchers

from app.brokers.alpaca.receipts import status_of
from app.domain.orders import OrderStatus
from app.errors import BrokerUnavailable
from tests.brokers.alpaca.harness import (
    BY_CLIENT_ID,
    ORDERS,
    OTHER,
    PARENT,
    STOP,
    TARGET,
    family,
    filled,
    oco,
    refusal,
    row,
    stop,
    target,
)
from tests.brokers.builders import bracket, buy

pytestmark = pytest.mark.unit

NOT_THERE = {"status": 404, "json": refusal("order not found for it", 40410000)}
NESTED = [matchers.query_param_matcher({"nested": "true"})]


@pytest.fixture
def placed(alpaca, api):
    """Let the adapter place a bracket, so that it knows the legs."""
    api.post(ORDERS, json=family())
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))


def asking(name):
    return [matchers.query_param_matcher({"client_order_id": name})]


def listing(**query):
    return [matchers.query_param_matcher({"limit": "500", **query}, strict_match=False)]


FIRST_PAGE = {"status": "open", "limit": "500", "direction": "asc"}
OPEN = listing(status="open")
EVERYTHING = listing(status="all", nested="true", symbols="AAPL")


def test_find_when_alpaca_has_it_then_one_call(alpaca, api):
    api.get(BY_CLIENT_ID, json=row(**filled()), match=asking("bot-x"))
    receipt = alpaca.find("bot-x")

    assert (receipt.status, receipt.filled_quantity, receipt.average_fill_price) == ("filled", 10, 100)
    assert len(api.calls) == 1


def test_find_when_alpaca_says_there_is_none_then_none(alpaca, api):
    api.get(BY_CLIENT_ID, **NOT_THERE)

    assert alpaca.find("bot-x") is None


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "<html>not found</html>"},
        {"status": 404, "json": {}},
        {"status": 404, "json": refusal("endpoint not found.", 40410000)},
        {"status": 401, "json": {"message": "unauthorized."}},
        {"status": 403, "json": refusal("no")},
        {"status": 500},
        {"status": 200, "body": "<html>"},
        {"status": 200, "json": []},
        {"status": 200, "json": row("somebody-else")},
    ],
)
def test_find_when_not_answered_then_unavailable(alpaca, api, answer):
    api.get(BY_CLIENT_ID, **answer)
    with pytest.raises(BrokerUnavailable):
        alpaca.find("bot-x")


def test_find_when_order_was_replaced_then_its_successor_is_told_under_our_id(alpaca, api):
    api.get(BY_CLIENT_ID, json=row(type="limit", status="replaced", replaced_by=OTHER))
    api.get(f"{ORDERS}/{OTHER}", json=row("bot-x-r11111111", id=OTHER, type="limit", status="new"))
    receipt = alpaca.find("bot-x")

    assert (receipt.client_order_id, receipt.broker_order_id) == ("bot-x", OTHER)


def test_find_when_leg_is_unknown_then_parent_tells_it(alpaca, api):
    api.get(BY_CLIENT_ID, **NOT_THERE, match=asking("bot-x-sl"))
    api.get(BY_CLIENT_ID, json=row(order_class="bracket"), match=asking("bot-x"))
    api.get(f"{ORDERS}/{PARENT}", json=family(), match=NESTED)
    receipt = alpaca.find("bot-x-sl")

    assert (receipt.client_order_id, receipt.broker_order_id) == ("bot-x-sl", STOP)


def test_find_when_leg_is_known_then_one_call(alpaca, api, placed):
    api.get(f"{ORDERS}/{TARGET}", json=target(status="new"))

    assert alpaca.find("bot-x-tp").status is OrderStatus.ACCEPTED
    assert len(api.calls) == 2


@pytest.mark.parametrize("parent", [{"json": row()}, NOT_THERE])
def test_find_when_parent_has_no_legs_then_none(alpaca, api, parent):
    api.get(BY_CLIENT_ID, **NOT_THERE, match=asking("bot-x-tp"))
    api.get(BY_CLIENT_ID, **parent, match=asking("bot-x"))

    assert alpaca.find("bot-x-tp") is None


def test_find_when_an_exit_has_an_id_with_suffix_of_its_own_then_it_is_found(alpaca, api):
    api.get(BY_CLIENT_ID, json=row("bot-x-sl", type="stop", stop_price="90"))

    assert alpaca.find("bot-x-sl").stop_price == 90


def test_find_when_stop_took_the_targets_place_then_target_stays_over(alpaca, api, placed):
    api.get(f"{ORDERS}/{TARGET}", json=target(status="replaced", replaced_by=STOP))
    api.get(f"{ORDERS}/{STOP}", json=stop(**filled()))

    assert alpaca.find("bot-x-tp").status is OrderStatus.REPLACED


def test_find_when_leg_stands_beside_its_replacement_then_the_new_one_counts(alpaca, api):
    legs = [target(), stop(status="replaced", replaced_by=OTHER), stop(id=OTHER, stop_price="95")]
    api.get(BY_CLIENT_ID, **NOT_THERE, match=asking("bot-x-sl"))
    api.get(BY_CLIENT_ID, json=row(order_class="bracket"), match=asking("bot-x"))
    api.get(f"{ORDERS}/{PARENT}", json=family(legs=legs))

    assert alpaca.find("bot-x-sl").broker_order_id == OTHER


@pytest.mark.parametrize(
    ("pair", "status", "quantity"),
    [
        (oco(status="new"), "accepted", 0),
        (oco(**filled()), "filled", 10),
        (oco(stop_changes={"status": "canceled"}, status="canceled"), "canceled", 0),
    ],
)
def test_find_when_pair_of_exits_then_summed_up(alpaca, api, pair, status, quantity):
    api.get(BY_CLIENT_ID, json=pair)
    receipt = alpaca.find("bot-x")

    assert (receipt.status, receipt.filled_quantity) == (status, quantity)


def test_find_when_stop_of_a_pair_finished_the_target_then_both_fills_are_counted(alpaca, api):
    sold = {"status": "canceled", "filled_qty": "4", "filled_avg_price": "110"}
    rest = {"status": "filled", "filled_qty": "6", "filled_avg_price": "90"}
    api.get(BY_CLIENT_ID, json=oco(stop_changes=rest, **sold))
    receipt = alpaca.find("bot-x")

    assert (receipt.status, receipt.filled_quantity, receipt.average_fill_price) == ("filled", 10, 98)


def test_open_orders_when_simple_then_one_call(alpaca, api):
    api.get(ORDERS, json=[row("bot-1"), row("bot-2", id=OTHER)], match=OPEN)

    assert [receipt.client_order_id for receipt in alpaca.open_orders()] == ["bot-1", "bot-2"]
    assert len(api.calls) == 1


def test_open_orders_when_entry_waits_then_held_legs_are_told_in_one_more_call(alpaca, api):
    api.get(ORDERS, json=[family(legs=None)], match=OPEN)
    api.get(ORDERS, json=[family()], match=EVERYTHING)
    orders = {receipt.client_order_id: receipt.status for receipt in alpaca.open_orders()}

    assert orders == {"bot-x": "accepted", "bot-x-tp": "held", "bot-x-sl": "held"}


def test_open_orders_when_entry_has_filled_then_unlisted_stop_is_told(alpaca, api, placed):
    api.get(ORDERS, json=[target(status="new")], match=OPEN)
    api.get(ORDERS, json=[family(**filled())], match=EVERYTHING)
    orders = {receipt.client_order_id: receipt.broker_order_id for receipt in alpaca.open_orders()}

    assert orders == {"bot-x-tp": TARGET, "bot-x-sl": STOP}


def test_open_orders_when_stop_was_triggered_then_target_is_not_told(alpaca, api, placed):
    api.get(ORDERS, json=[stop(status="new")], match=OPEN)
    api.get(ORDERS, json=[family(**filled())], match=EVERYTHING)

    assert [receipt.client_order_id for receipt in alpaca.open_orders()] == ["bot-x-sl"]


def test_open_orders_when_families_are_known_then_one_call_each_time(alpaca, api):
    api.get(ORDERS, json=[target(status="new")], match=OPEN)
    api.get(ORDERS, json=[family(**filled())], match=EVERYTHING)
    first = alpaca.open_orders()

    assert alpaca.open_orders() == first
    assert len(api.calls) == 3


def test_open_orders_when_family_cannot_be_found_then_it_is_not_searched_again(alpaca, api):
    api.get(ORDERS, json=[target(status="new")], match=OPEN)
    api.get(ORDERS, json=[], match=EVERYTHING)
    alpaca.open_orders()

    assert [receipt.client_order_id for receipt in alpaca.open_orders()] == ["server-target"]
    assert len(api.calls) == 3


def test_open_orders_when_pair_of_exits_then_told_as_its_two_legs(alpaca, api):
    api.get(ORDERS, json=[oco(legs=None, status="new")], match=OPEN)
    api.get(ORDERS, json=[oco(status="new")], match=EVERYTHING)

    assert [receipt.client_order_id for receipt in alpaca.open_orders()] == ["bot-x-tp", "bot-x-sl"]


def test_open_orders_when_replaced_then_told_once_under_our_id(alpaca, api):
    old = row(type="limit", status="pending_replace")
    new = row("bot-x-r11111111", id=OTHER, type="limit", replaces=PARENT, status="new")
    api.get(ORDERS, json=[old, new])
    orders = alpaca.open_orders()

    assert [(order.client_order_id, order.broker_order_id) for order in orders] == [("bot-x", OTHER)]


def test_open_orders_when_a_spread_is_among_them_then_it_is_passed_over(alpaca, api):
    spread = row("mine", order_class="mleg", symbol="", side="", type="", asset_class="")
    api.get(ORDERS, json=[spread, row()])

    assert [receipt.client_order_id for receipt in alpaca.open_orders()] == ["bot-x"]


def test_open_orders_when_more_than_a_page_then_every_order_is_told_once(alpaca, api):
    page = [row(f"bot-{place}", id=str(place)) for place in range(498)]
    # Two of one moment may stand on both sides of the border, so the next page begins before them.
    page += [row(f"bot-{place}", id=str(place), created_at="2025-03-03T15:00:01Z") for place in (498, 499)]
    last = row("bot-500", id="500", created_at="2025-03-03T15:00:01Z")
    api.get(ORDERS, json=page, match=[matchers.query_param_matcher(FIRST_PAGE)])
    api.get(ORDERS, json=[*page[498:], last], match=listing(after_order_id="497"))
    names = [receipt.client_order_id for receipt in alpaca.open_orders()]

    assert names == [f"bot-{place}" for place in range(501)]


def test_open_orders_when_unanswered_then_unavailable(alpaca, api):
    api.get(ORDERS, json={"message": "what?"})
    with pytest.raises(BrokerUnavailable):
        alpaca.open_orders()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("pending_new", "pending"),
        *((text, "accepted") for text in ("new", "accepted", "pending_cancel", "done_for_day", "suspended")),
        ("held", "held"),
        *((text, text) for text in ("filled", "canceled", "expired", "rejected", "replaced")),
        ("something_new", "accepted"),
    ],
)
def test_status_when_alpaca_says_so_then_ours(text, status):
    assert status_of(text).value == status
