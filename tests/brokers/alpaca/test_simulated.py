"""The adapter against the strict simulator: lives of orders, and faults that leave an outcome unknown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers.alpaca.payload import order_payload
from app.domain.orders import OrderChange, OrderStatus
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.brokers.builders import BITCOIN, bracket, buy, exit_long, limit, oco
from tests.builders import in_a_hurry

pytestmark = pytest.mark.integration


@pytest.fixture
def fake(alpaca_simulator):
    return alpaca_simulator


@pytest.fixture
def connect(connect_alpaca):
    return connect_alpaca


@pytest.fixture
def alpaca(connect):
    return connect()


def statuses(broker) -> dict[str, str]:
    return {receipt.client_order_id: receipt.status.value for receipt in broker.open_orders()}


@pytest.mark.parametrize("restarted", [False, True])
def test_bracket_when_entry_fills_then_its_legs_are_told_under_our_ids(alpaca, connect, restarted):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    broker = connect() if restarted else alpaca

    assert statuses(broker) == {"bot-x-tp": "accepted", "bot-x-sl": "held"}
    assert broker.find("bot-x-sl").stop_price == 90


@pytest.mark.parametrize("restarted", [False, True])
def test_bracket_when_stop_is_reached_then_only_the_stop_has_filled(alpaca, connect, fake, restarted):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    fake.market.move("AAPL", Decimal(89))
    broker = connect() if restarted else alpaca
    legs = [broker.find(f"bot-x{suffix}").filled_quantity for suffix in ("-tp", "-sl")]

    assert legs == [0, 10]
    assert broker.positions() == broker.open_orders() == []


@pytest.mark.parametrize("restarted", [False, True])
def test_bracket_when_its_stop_is_moved_then_the_leg_keeps_its_id(alpaca, connect, fake, restarted):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    alpaca.replace(alpaca.find("bot-x-sl"), OrderChange(stop_price=Decimal("94.999")))
    broker = connect() if restarted else alpaca

    assert statuses(broker) == {"bot-x-tp": "accepted", "bot-x-sl": "held"}
    assert broker.find("bot-x-sl").stop_price == 95


def test_bracket_when_its_stop_is_moved_and_the_answer_is_lost_then_it_is_told_where_it_stands(alpaca, fake):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    held = {order.client_order_id: order for order in alpaca.open_orders()}["bot-x-sl"]
    fake.inject(kind="reset", when="after", methods=("PATCH",), times=1)
    with pytest.raises(OutcomeUnknown):
        alpaca.replace(held, OrderChange(stop_price=Decimal(95)))
    told = {order.client_order_id: order for order in alpaca.open_orders()}["bot-x-sl"]
    alpaca.replace(told, OrderChange(stop_price=Decimal(96)))

    assert (held.stop_price, told.stop_price, alpaca.find("bot-x-sl").stop_price) == (90, 95, 96)


@pytest.mark.parametrize("restarted", [False, True])
def test_oco_when_working_then_told_as_its_two_legs(alpaca, connect, restarted):
    alpaca.submit(buy())
    alpaca.submit(exit_long(client_order_id="bot-x", **oco(110, 90)))
    broker = connect() if restarted else alpaca

    assert statuses(broker) == {"bot-x-tp": "accepted", "bot-x-sl": "held"}


def test_oco_when_stop_fills_then_its_leg_is_found_filled(alpaca, fake):
    alpaca.submit(buy())
    alpaca.submit(exit_long(client_order_id="bot-x", **oco(110, 90)))
    fake.market.move("AAPL", Decimal(90))

    legs = [alpaca.find(f"bot-x{suffix}") for suffix in ("-tp", "-sl")]

    assert [leg.status for leg in legs] == [OrderStatus.CANCELED, OrderStatus.FILLED]


def test_oco_when_target_is_moved_then_its_leg_is_still_found(alpaca, connect):
    alpaca.submit(buy())
    alpaca.submit(exit_long(client_order_id="bot-x", **oco(110, 90)))
    alpaca.replace(alpaca.find("bot-x-tp"), OrderChange(limit_price=Decimal(120)))
    broker = connect()

    assert broker.find("bot-x-tp").limit_price == 120
    assert set(statuses(broker)) == {"bot-x-tp", "bot-x-sl"}


def test_replace_when_done_twice_then_the_order_is_found_under_its_first_id(alpaca, connect):
    receipt = alpaca.submit(buy(client_order_id="bot-x", **limit(90)))
    for price in (91, 92):
        receipt = alpaca.replace(receipt, OrderChange(limit_price=Decimal(price)))

    assert connect().find("bot-x") == receipt


@pytest.mark.parametrize("by_hand", [False, True])
def test_replace_when_part_has_filled_meanwhile_then_both_orders_fills_are_told(
    alpaca, connect, fake, by_hand
):
    receipt = alpaca.submit(buy(client_order_id="bot-x", **limit(90)))
    fake.market.move("AAPL", Decimal(89), volume=Decimal(3))
    fake.market.move("AAPL", Decimal(100))
    if by_hand:
        fake.exchange.replace(receipt.broker_order_id, {"limit_price": "92"})
    else:
        alpaca.replace(receipt, OrderChange(limit_price=Decimal(92)))
    resting = [*connect().open_orders(), *alpaca.open_orders(), alpaca.find("bot-x")]
    fake.market.move("AAPL", Decimal(91), volume=Decimal(2))
    later = connect().find("bot-x"), *alpaca.open_orders()
    fake.market.move("AAPL", Decimal(91))
    done = connect().find("bot-x")

    assert {(one.quantity, one.filled_quantity, one.average_fill_price) for one in resting} == {(10, 3, 89)}
    assert {(one.quantity, one.filled_quantity) for one in later} == {(10, 5)}
    assert (done.status, done.filled_quantity, done.average_fill_price) == (
        OrderStatus.FILLED,
        10,
        Decimal("90.4"),
    )


def test_cancel_when_a_leg_is_cancelled_then_its_mate_goes_too(alpaca):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    alpaca.cancel(alpaca.find("bot-x-tp"))

    assert alpaca.open_orders() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout"},
        {"kind": "reset", "when": "after"},
        {"kind": "html"},
        {"kind": "torn"},
        *({"kind": "status", "when": "after", "status": status} for status in (429, 500, 502, 503, 504)),
    ],
)
def test_submit_when_answer_is_lost_then_unknown_and_found_once(alpaca, fake, fault):
    fake.inject(**fault, methods=("POST",), times=1)
    order = buy()
    with in_a_hurry(alpaca, fault["kind"]), pytest.raises(OutcomeUnknown):
        alpaca.submit(order)

    assert alpaca.find(order.client_order_id).quantity == 10
    assert len(fake.sent("POST", "/v2/orders")) == 1


@pytest.mark.parametrize("kind", ["timeout", "reset", "rate_limit"])
def test_submit_when_it_was_lost_on_the_way_then_unknown_and_not_found(alpaca, fake, kind):
    fake.inject(kind, when="before", methods=("POST",), times=1)
    order = buy()
    with in_a_hurry(alpaca, kind), pytest.raises(OutcomeUnknown):
        alpaca.submit(order)

    assert alpaca.find(order.client_order_id) is None


def test_submit_when_duplicate_is_reported_then_the_order_is_adopted(alpaca, fake):
    fake.inject("duplicate", times=1)

    assert alpaca.submit(buy()).quantity == 10
    assert [position.quantity for position in alpaca.positions()] == [10]


def test_normalise_when_nothing_is_said_of_the_instrument_then_the_general_rules_hold(alpaca, fake):
    fake.inject("status", path="/v2/assets/")

    assert alpaca.normalise(buy(**limit("100.001"))).limit_price == Decimal(100)


def test_submit_when_exit_finds_nothing_to_close_then_rejected(alpaca):
    with pytest.raises(BrokerRejected):
        alpaca.submit(exit_long())

    assert alpaca.positions() == []


def test_find_when_line_is_bad_for_a_moment_then_answered(alpaca, fake):
    order = buy()
    alpaca.submit(order)
    fake.inject("reset", methods=("GET",), times=2)

    assert alpaca.find(order.client_order_id).quantity == 10


def test_find_when_nobody_answers_then_unavailable(connect, fake):
    fake.inject("timeout", methods=("GET",))
    with pytest.raises(BrokerUnavailable):
        connect(timeout_seconds=0.1).find("bot-x")


def test_coin_when_bought_then_order_and_position_have_one_symbol(alpaca):
    receipt = alpaca.submit(buy("0.02", instrument=BITCOIN))

    assert [receipt.symbol, alpaca.positions()[0].symbol] == ["BTC-USD", "BTC-USD"]


def test_open_orders_when_there_are_hundreds_then_a_handful_of_calls(connect, fake):
    alpaca = connect()
    order = buy(1, **limit(90))
    for place in range(520):
        fake.exchange.submit(order_payload(replace(order, client_order_id=f"bot-{place}")))
    before = len(fake.requests)

    assert len(alpaca.open_orders()) == 520
    assert len(fake.requests) - before == 2
