from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.brokers.alpaca.structures.receipts import structure_receipt
from app.brokers.alpaca.structures.ticks import on_tick
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderStatus
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.brokers.alpaca.harness import BY_CLIENT_ID, ORDERS, OTHER, PARENT, make_alpaca, refusal
from tests.brokers.alpaca.structures.rows import spread
from tests.brokers.paper.structures.builders import contract, enter, leave, structure

pytestmark = pytest.mark.integration
PUTS = structure("+P90", "-P95")
DUPLICATE = refusal("client_order_id must be unique", 40010001)


@pytest.fixture
def order():
    return replace(enter(PUTS, "-0.85", units=3), client_order_id="bot-x")


@pytest.fixture
def answered(clock):
    """The desk in front of answers given word for word."""
    return make_alpaca(clock).structures


def test_submit_when_the_id_is_taken_by_the_same_order_then_it_is_adopted(api, answered, order):
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, json=spread("1", "-0.87", "1.40", "0.53", status="partially_filled", legs=None))
    api.get(f"{ORDERS}/{PARENT}", json=spread("1", "-0.87", "1.40", "0.53", status="partially_filled"))

    assert answered.submit(order).filled_units == 1


@pytest.mark.parametrize("changes", [{"units": 2}, {"structure": structure("+P85", "-P95")}])
def test_submit_when_the_id_is_taken_by_another_order_then_rejected(api, answered, order, changes):
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, json=spread())
    with pytest.raises(BrokerRejected, match="unique"):
        answered.submit(replace(order, **changes))


@pytest.mark.parametrize(
    "found", [{"status": 503}, {"status": 404, "json": refusal("order not found", 40410000)}]
)
def test_submit_when_the_id_is_taken_and_nobody_says_by_what_then_unknown(clock, api, order, found):
    desk = make_alpaca(clock, timeout_seconds=0.2).structures
    api.post(ORDERS, status=422, json=DUPLICATE)
    api.get(BY_CLIENT_ID, **found)
    with pytest.raises(OutcomeUnknown):
        desk.submit(order)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 403, "json": refusal("insufficient options buying power")}, BrokerRejected),
        ({"status": 422, "json": refusal("options market is closed", 42210000)}, BrokerRejected),
        ({"status": 403, "body": "<html>blocked</html>"}, OutcomeUnknown),
        ({"status": 500, "json": {"message": "internal"}}, OutcomeUnknown),
        ({"status": 429, "json": {"message": "too many requests."}}, OutcomeUnknown),
        ({"status": 200, "body": "{"}, OutcomeUnknown),
        ({"status": 200, "json": {}}, OutcomeUnknown),
        ({"status": 200, "json": spread(name="somebody-else")}, OutcomeUnknown),
    ],
)
def test_submit_when_refused_or_unclear_then_rejected_only_where_alpaca_proved_it(
    api, answered, order, answer, expected
):
    api.post(ORDERS, **answer)
    with pytest.raises(expected):
        answered.submit(order)

    assert len(api.calls) == 1


def test_find_when_somebody_elses_order_is_answered_then_unavailable(api, answered):
    api.get(BY_CLIENT_ID, json=spread(name="somebody-else"))
    with pytest.raises(BrokerUnavailable):
        answered.find("bot-x")


def test_find_when_it_rests_without_a_fill_then_one_call(api, answered):
    api.get(BY_CLIENT_ID, json=spread(legs=None))

    assert answered.find("bot-x").status is OrderStatus.ACCEPTED
    assert len(api.calls) == 1


def test_find_when_replaced_by_hand_then_followed_and_the_replacement_is_canceled(api, answered):
    api.get(BY_CLIENT_ID, json=spread(status="replaced", replaced_by=OTHER, legs=None))
    api.get(f"{ORDERS}/{PARENT}", json=spread(status="replaced", replaced_by=OTHER))
    api.get(f"{ORDERS}/{OTHER}", json=spread(id=OTHER, name="by-hand", limit_price="-0.80"))
    found = answered.find("bot-x")
    api.delete(f"{ORDERS}/{OTHER}", status=204)
    answered.cancel(found)

    assert (found.client_order_id, found.limit) == ("bot-x", Decimal("-0.80"))
    assert not found.status.is_final


def test_find_when_an_order_is_said_to_replace_itself_then_no_answer(api, answered):
    round_and_round = spread(status="replaced", replaced_by=PARENT)
    api.get(BY_CLIENT_ID, json=round_and_round)
    api.get(f"{ORDERS}/{PARENT}", json=round_and_round)
    with pytest.raises(BrokerUnavailable):
        answered.find("bot-x")


def test_cancel_when_alpacas_id_is_not_known_then_looked_up_first(api, answered, order):
    unsent = structure_receipt_of(order)
    api.get(BY_CLIENT_ID, json=spread(legs=None))
    api.delete(f"{ORDERS}/{PARENT}", status=204)
    answered.cancel(unsent)

    assert [call.request.method for call in api.calls] == ["GET", "DELETE"]


def structure_receipt_of(order):
    return replace(structure_receipt([spread()], order.client_order_id), broker_order_id="")


def test_cancel_when_there_is_no_such_order_then_rejected_and_nothing_is_sent(api, answered, order):
    api.get(BY_CLIENT_ID, status=404, json=refusal("order not found for bot-x", 40410000))
    with pytest.raises(BrokerRejected):
        answered.cancel(structure_receipt_of(order))


@pytest.fixture
def looks(desk, fake):
    """Count the calls that looking at orders takes."""

    def count(names):
        before = len(fake.requests)
        found = [desk.find(name) for name in names]
        return found, len(fake.requests) - before

    return count


@pytest.fixture
def ladders(desk):
    """Let six spreads wait at prices that nobody pays."""
    orders = [enter(PUTS, f"-4.{place}0") for place in range(6)]
    for order in orders:
        desk.submit(order)
    return [order.client_order_id for order in orders]


def test_find_when_several_ladders_are_climbed_then_one_call_tells_of_all_that_work(
    looks, ladders, clock, desk
):
    looks(ladders)
    clock.now += timedelta(seconds=1)
    found, calls = looks(ladders)

    assert calls == 1
    assert [(one.client_order_id, one.filled_units) for one in found] == [(name, 0) for name in ladders]
    assert [one.limit for one in found] == [Decimal(f"-4.{place}0") for place in range(6)]


def test_find_when_one_of_several_was_canceled_then_the_next_look_knows_it_by_the_same_call(
    looks, ladders, clock, desk
):
    looks(ladders)
    clock.now += timedelta(seconds=1)
    found, _ = looks(ladders)
    desk.cancel(found[2])
    at_once, none = looks(ladders)
    clock.now += timedelta(seconds=1)
    later, one = looks(ladders)

    assert not any(each.status.is_final for each in at_once)
    assert [each.status.is_final for each in later] == [False, False, True, False, False, False]
    assert (none, one) == (0, 1)


def test_find_when_one_of_several_was_replaced_by_hand_then_what_came_after_it_is_told(
    looks, ladders, clock, fake
):
    looks(ladders)
    order = fake.exchange.book.find_by_client(ladders[0])
    order.status, order.replaced_by = "replaced", fake.exchange.book.find_by_client(ladders[1]).id
    clock.now += timedelta(seconds=1)
    found, _ = looks(ladders)

    assert found[0].limit == found[1].limit


def test_find_when_one_of_several_fills_in_part_then_its_legs_are_told(looks, ladders, clock, fake, desk):
    looks(ladders)
    order = enter(PUTS, "-0.10", units=5)
    fake.inject("partial_fill", fraction=Decimal("0.4"), times=1)
    desk.submit(order)
    clock.now += timedelta(seconds=1)
    found, _ = looks([*ladders, order.client_order_id])

    assert (found[-1].status, found[-1].filled_units) == (OrderStatus.PARTIALLY_FILLED, 2)
    assert {fill.quantity for fill in found[-1].legs} == {2, -2}


def test_find_when_one_of_several_was_sent_since_the_list_was_read_then_found_all_the_same(
    looks, ladders, desk
):
    looks(ladders)
    order = enter(PUTS, "-4")
    desk.submit(order)
    found, _ = looks([*ladders, order.client_order_id, "bot-nobody"])

    assert found[-2].client_order_id == order.client_order_id
    assert found[-1] is None


def test_open_orders_when_a_spread_works_then_neither_it_nor_its_legs_pass_for_orders(alpaca, desk):
    desk.submit(enter(structure("+P90", "-P95", "-C105", "+C110"), "-4"))

    assert alpaca.open_orders() == []


def test_account_when_a_spread_was_sent_then_it_is_read_again(alpaca, desk, fake):
    shares = Instrument("AAPL", AssetClass.EQUITY)
    before = alpaca.snapshot(shares).account
    desk.submit(enter(PUTS, "-0.10", units=10))
    after = alpaca.snapshot(shares).account

    assert before.power_for_options - after.power_for_options > 4000


@pytest.mark.parametrize(
    ("limit", "underlying", "is_penny", "expected"),
    [
        ("2.53", "AAPL", True, "2.53"),
        ("2.53", "AAPL", False, "2.50"),
        ("-2.53", "AAPL", False, "-2.55"),
        ("3.07", "AAPL", True, "3.05"),
        ("3.07", "AAPL", False, "3"),
        ("-3.07", "AAPL", False, "-3.1"),
        ("3.07", "SPY", False, "3.07"),
        ("3.07", "AAPL", None, "3.07"),
    ],
)
def test_single_contract_when_its_price_has_steps_then_moved_to_one_towards_us(
    limit, underlying, is_penny, expected
):
    assert on_tick(Decimal(limit), underlying, is_penny=is_penny) == Decimal(expected)


@pytest.mark.parametrize(("is_penny", "sent"), [(False, "0.5"), (True, "0.53"), (None, "0.53")])
def test_single_contract_when_sent_then_at_a_step_that_alpaca_takes(desk, fake, is_penny, sent):
    fake.options.facts[contract("P95").symbol] = {"ppind": is_penny}
    desk.submit(enter(structure("+P95"), "0.53"))

    assert fake.sent("POST", "/v2/orders")[0]["limit_price"] == sent


def test_single_contract_when_its_list_cannot_be_read_then_it_is_left_all_the_same(
    desk, fake, connect_alpaca
):
    bought = structure("+P95")
    desk.submit(enter(bought, "2"))
    fake.inject("status", path="/v2/options/contracts/", status=500)
    restarted = connect_alpaca().structures
    order = leave(bought, "-0.01")
    restarted.submit(order)

    assert restarted.find(order.client_order_id).filled_units == 1
