from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderChange, OrderType, TimeInForce
from app.errors import BrokerRejected
from tests.brokers.builders import APPLE, BITCOIN, buy, exit_long, limit, sell, stop

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def priced(request, broker):
    broker.set_prices({"AAPL": Decimal(100)})


@pytest.mark.parametrize(("side", "price"), [(buy, "100.1"), (sell, "99.9")])
def test_market_order_when_slippage_is_set_then_it_hurts(make_broker, side, price):
    receipt = make_broker(slippage_fraction=Decimal("0.001")).submit(side(1))

    assert receipt.average_fill_price == Decimal(price)


@pytest.mark.parametrize(("order", "price"), [(buy(1, **limit(101)), 100), (sell(1, **limit(99)), 100)])
def test_limit_order_when_marketable_then_better_price(broker, order, price):
    assert broker.submit(order).average_fill_price == price


def test_limit_order_when_slippage_is_large_then_limit_holds(make_broker):
    receipt = make_broker(slippage_fraction=Decimal("0.05")).submit(buy(1, **limit(101)))

    assert receipt.average_fill_price == 101


def test_stop_order_when_price_jumps_past_it_then_fills_at_the_jump(broker, move):
    broker.submit(buy(10))
    broker.submit(exit_long(10, **stop(90)))
    changed = move(80)

    assert [receipt.average_fill_price for receipt in changed] == [80]


def test_stop_limit_order_when_price_jumps_past_limit_then_rests_as_limit(broker, move, status):
    broker.submit(buy(10))
    order = exit_long(10, type=OrderType.STOP_LIMIT, stop_price=90, limit_price=89)
    broker.submit(order)
    move(80)
    assert status(order) == "accepted"
    move("89.5")
    assert broker.find(order.client_order_id).average_fill_price == Decimal("89.5")


@pytest.mark.parametrize("time_in_force", [TimeInForce.IOC, TimeInForce.FOK])
def test_limit_order_when_it_cannot_fill_at_once_then_it_is_taken_back(broker, time_in_force):
    receipt = broker.submit(buy(10, **limit(90), time_in_force=time_in_force))

    assert receipt.status.value == "canceled"


def test_day_order_when_its_day_ends_then_it_expires(broker, clock, status):
    order = buy(10, **limit(90), time_in_force=TimeInForce.DAY)
    broker.submit(order)
    clock.pass_days(1)

    assert broker.open_orders() == []
    assert status(order) == "expired"


def test_day_order_when_price_moves_after_its_day_then_it_does_not_fill(broker, clock, move, position):
    broker.submit(buy(10, **limit(90), time_in_force=TimeInForce.DAY))
    clock.pass_days(1)
    move(80)

    assert position() == 0


def test_reference_price_when_not_pinned_then_moves_the_market(broker, status):
    resting = buy(1, instrument=BITCOIN, **limit(90), reference_price=100)
    broker.submit(resting)
    broker.submit(buy(1, instrument=BITCOIN, reference_price=89))

    assert status(resting) == "filled"


def test_reference_price_when_pinned_then_ignored(broker):
    assert broker.submit(buy(1, reference_price=50)).average_fill_price == 100


def test_reference_price_when_unpinned_again_then_followed(broker, move):
    move(None)

    assert broker.submit(buy(1, reference_price=50)).average_fill_price == 50


def test_reference_price_when_following_is_off_then_only_the_first_counts(make_broker):
    broker = make_broker(follow_alert_prices=False)
    prices = [
        broker.submit(buy(1, instrument=BITCOIN, reference_price=price)).average_fill_price
        for price in (100, 50)
    ]

    assert prices == [100, 100]


def test_replace_when_new_limit_is_marketable_then_it_fills(broker):
    receipt = broker.submit(buy(10, **limit(90)))
    changed = broker.replace(receipt, OrderChange(limit_price=Decimal(105)))

    assert (changed.status.value, changed.average_fill_price) == ("filled", 100)


@pytest.mark.parametrize(
    "change", [{"quantity": 0}, {"stop_price": 5}, {"limit_price": -1}, {"quantity": 2000}]
)
def test_replace_when_change_makes_no_sense_then_order_stands(broker, change):
    receipt = broker.submit(buy(10, **limit(90)))
    with pytest.raises(BrokerRejected):
        broker.replace(receipt, OrderChange(**{name: Decimal(value) for name, value in change.items()}))

    assert broker.find(receipt.client_order_id) == receipt


UNPRICED = Instrument("MSFT", AssetClass.EQUITY)
FUTURE = Instrument("ES1!", AssetClass.FUTURE)
WHOLE = Instrument("AAPL", AssetClass.EQUITY, quantity_increment=Decimal(1))
REFUSED = {
    "no price": (buy(1, instrument=UNPRICED), "no price"),
    "asset class": (buy(1, instrument=FUTURE, reference_price=1), "does not trade"),
    "increment": (buy("1.5", instrument=WHOLE), "multiple"),
    "infinite": (buy("Infinity"), "positive number"),
    "not a number": (buy("NaN"), "positive number"),
    "no limit": (buy(1, type=OrderType.LIMIT), "limit_price"),
    "no stop": (buy(1, type=OrderType.STOP), "stop_price"),
    "trailing": (buy(1, type=OrderType.TRAILING_STOP), "no trailing_stop orders"),
    "both sizes": (buy(1, notional=1), "Exactly one"),
    "neither size": (buy(None), "Exactly one"),
    "tiny notional": (buy(None, instrument=WHOLE, notional=5), "buys nothing"),
    "stop at once": (buy(1, **stop(110), time_in_force=TimeInForce.IOC), "cannot be ioc"),
    "nothing to close": (exit_long(1), "no position"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_submit_when_order_makes_no_sense_then_rejected_with_a_sentence(broker, store, name):
    order, sentence = REFUSED[name]
    before = len(list(store.list("")))
    with pytest.raises(BrokerRejected, match=sentence):
        broker.submit(order)

    assert len(list(store.list(""))) == before


def test_set_prices_when_price_is_not_positive_then_refused(broker):
    with pytest.raises(Exception, match="positive"):
        broker.set_prices({"AAPL": Decimal(0)})

    assert broker.prices() == {"AAPL": 100}


def test_quote_when_pinned_then_firm_until_unpinned(broker, move):
    assert broker.quote(APPLE).firm
    move(None)
    assert not broker.quote(APPLE).firm


def test_quote_when_no_price_then_none(broker):
    assert broker.quote(BITCOIN) is None
    assert broker.quote(APPLE).price == 100
