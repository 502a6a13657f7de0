from decimal import Decimal

import pytest

from app.domain.orders import OrderChange, OrderClass, TimeInForce
from app.errors import BrokerRejected
from tests.brokers.builders import bracket, buy, exit_long, limit, oco, sell, stop

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def priced(broker):
    broker.set_prices({"AAPL": Decimal(100)})


def test_bracket_when_entry_rests_then_legs_are_held(broker, move, status):
    order = buy(10, **limit(95), **bracket(110, 90))
    broker.submit(order)
    move(99)

    assert (status(order), status(order, "-tp"), status(order, "-sl")) == ("accepted", "held", "held")


@pytest.mark.parametrize(("price", "hit", "missed"), [(111, "-tp", "-sl"), (89, "-sl", "-tp")])
def test_bracket_when_one_leg_fills_then_the_other_is_canceled(
    broker, move, position, status, price, hit, missed
):
    order = buy(10, **bracket(110, 90))
    broker.submit(order)
    move(price)

    assert (status(order, hit), status(order, missed)) == ("filled", "canceled")
    assert position() == 0


def test_bracket_when_selling_short_then_legs_buy_back(broker, move, position, status):
    order = sell(10, **bracket(90, 110))
    broker.submit(order)
    move(89)

    assert status(order, "-tp") == "filled"
    assert position() == 0


def test_bracket_when_entry_is_canceled_unfilled_then_legs_go_too(broker, status):
    order = buy(10, **limit(95), **bracket(110, 90))
    broker.cancel(broker.submit(order))

    assert (status(order, "-tp"), status(order, "-sl")) == ("canceled", "canceled")


def test_bracket_when_entry_expires_then_legs_go_too(broker, clock):
    broker.submit(buy(10, **limit(95), **bracket(110, 90), time_in_force=TimeInForce.DAY))
    clock.pass_days(1)

    assert broker.open_orders() == []


def test_bracket_when_day_entry_filled_then_legs_outlive_the_day(broker, clock):
    broker.submit(buy(10, **bracket(110, 90), time_in_force=TimeInForce.DAY))
    clock.pass_days(5)

    assert len(broker.open_orders()) == 2


def test_bracket_when_position_is_closed_by_hand_then_legs_are_canceled_with_a_message(broker):
    order = buy(10, **bracket(110, 90))
    broker.submit(order)
    broker.submit(exit_long(10))

    assert "no position" in broker.find(order.client_order_id + "-sl").message
    assert broker.open_orders() == []


def test_bracket_when_position_shrank_then_leg_closes_only_the_rest(broker, move, position):
    order = buy(10, **bracket(110, 90))
    broker.submit(order)
    broker.submit(exit_long(4))
    move(111)

    assert broker.find(order.client_order_id + "-tp").filled_quantity == 6
    assert position() == 0


def test_bracket_when_entry_gaps_through_stop_then_stop_fills_at_once(broker, move, position, status):
    order = buy(10, **limit(98), **bracket(110, 95))
    broker.submit(order)
    move(90)

    assert (status(order), status(order, "-sl"), position()) == ("filled", "filled", 0)


def test_bracket_when_stop_leg_is_moved_then_the_new_price_counts(broker, move, status):
    order = buy(10, **bracket(110, 90))
    broker.submit(order)
    broker.replace(broker.find(order.client_order_id + "-sl"), OrderChange(stop_price=Decimal(99)))
    move(98)

    assert status(order, "-sl") == "filled"


@pytest.mark.parametrize("side", [buy, sell])
def test_bracket_when_legs_are_on_the_wrong_side_then_rejected(broker, side):
    prices = (90, 110) if side is buy else (110, 90)
    with pytest.raises(BrokerRejected, match="wrong side"):
        broker.submit(side(10, **bracket(*prices)))

    assert broker.positions() == []


@pytest.mark.parametrize(
    "changes",
    [
        bracket(110, None),
        {**bracket(110, 90), "order_class": OrderClass.OTO},
        {**bracket(110, 90), "time_in_force": TimeInForce.IOC},
    ],
)
def test_submit_when_legs_do_not_fit_the_class_then_rejected(broker, changes):
    with pytest.raises(BrokerRejected):
        broker.submit(buy(10, **changes))

    assert broker.open_orders() == []


def test_bracket_when_leg_id_is_taken_then_rejected(broker):
    broker.submit(buy(1, client_order_id="bot-x-tp", **limit(50)))
    with pytest.raises(BrokerRejected, match="unique"):
        broker.submit(buy(1, client_order_id="bot-x", **bracket(110, 90)))


def test_oto_when_entry_fills_then_its_one_leg_lives(broker, status):
    order = buy(10, order_class=OrderClass.OTO, stop_loss=90)
    broker.submit(order)

    assert status(order, "-sl") == "accepted"
    assert len(broker.open_orders()) == 1


@pytest.mark.parametrize(("price", "hit", "missed"), [(111, "-tp", "-sl"), (89, "-sl", "-tp")])
def test_oco_when_one_leg_fills_then_order_is_filled_and_other_canceled(
    broker, move, status, price, hit, missed
):
    broker.submit(buy(10))
    order = exit_long(10, **oco(110, 90))
    broker.submit(order)
    move(price)

    assert (status(order), status(order, hit), status(order, missed)) == ("filled", "filled", "canceled")


@pytest.mark.parametrize("suffix", ["", "-tp", "-sl"])
def test_oco_when_any_part_is_canceled_then_all_of_it_is(broker, status, suffix):
    broker.submit(buy(10))
    order = exit_long(10, **oco(110, 90))
    broker.submit(order)
    broker.cancel(broker.find(order.client_order_id + suffix))

    assert [status(order, name) for name in ("", "-tp", "-sl")] == ["canceled"] * 3
    assert broker.open_orders() == []


def test_oco_when_partly_filled_then_the_other_leg_shrinks(make_broker, broker, move):
    broker.submit(buy(10))
    order = exit_long(10, **oco(110, 90))
    broker.submit(order)
    make_broker(partial_fill_probability=Decimal(1)).set_prices({"AAPL": Decimal(111)})
    profit, loss = (broker.find(order.client_order_id + suffix) for suffix in ("-tp", "-sl"))

    assert 0 < profit.filled_quantity < 10
    assert loss.quantity == 10 - profit.filled_quantity


def test_oco_when_flat_then_rejected(broker):
    with pytest.raises(BrokerRejected, match="no position"):
        broker.submit(exit_long(10, **oco(110, 90)))


def test_exit_when_larger_than_position_then_cut_to_it(broker, position):
    broker.submit(buy(10))
    receipt = broker.submit(exit_long(15))

    assert (receipt.quantity, position()) == (10, 0)


def test_exits_when_two_wait_for_one_position_then_only_one_fills(broker, move, position, status):
    broker.submit(buy(10))
    first, second = exit_long(10, **stop(95)), exit_long(10, **stop(94))
    broker.submit(first)
    broker.submit(second)
    move(90)

    assert (status(first), status(second), position()) == ("filled", "canceled", 0)
