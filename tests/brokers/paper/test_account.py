from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import TimeInForce
from app.errors import BrokerRejected
from tests.brokers.builders import CALL, bracket, buy, exit_long, limit, sell

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def priced(broker):
    broker.set_prices({"AAPL": Decimal(100)})


def held(broker, symbol="AAPL"):
    return next(position for position in broker.positions() if position.symbol == symbol)


def test_average_price_when_adding_then_weighted(broker, move):
    broker.submit(buy(10))
    move(130)
    broker.submit(buy(5))

    assert held(broker).average_price == 110


def test_average_price_when_reducing_then_unchanged(broker, move):
    broker.submit(buy(10))
    move(130)
    broker.submit(exit_long(5))

    assert held(broker).average_price == 100
    assert broker.realized_pnl() == 150


def test_average_price_when_crossing_zero_then_starts_anew(broker, move):
    broker.submit(buy(10))
    move(120)
    broker.submit(sell(15))

    assert (held(broker).quantity, held(broker).average_price) == (-5, 120)
    assert broker.realized_pnl() == 200


def test_short_when_price_falls_then_gain(broker, move):
    broker.submit(sell(10))
    move(90)

    assert held(broker).unrealized_pnl == 100
    assert (broker.account().cash, broker.account().equity) == (101_000, 100_100)


def test_account_when_long_and_short_then_buying_power_counts_both(broker):
    broker.submit(buy(100))
    broker.submit(sell(100, instrument=Instrument("MSFT", AssetClass.EQUITY), reference_price=50))

    assert broker.account().buying_power == 85_000


def test_account_when_entry_rests_then_its_value_is_reserved(broker):
    receipt = broker.submit(buy(100, **limit(90)))
    assert broker.account().buying_power == 91_000
    broker.cancel(receipt)
    assert broker.account().buying_power == 100_000


def test_submit_when_beyond_buying_power_then_both_figures_are_told(broker):
    with pytest.raises(BrokerRejected, match=r"needs 100100\.00, the buying power is 100000\.00"):
        broker.submit(buy(1001))


def test_submit_when_leverage_is_two_then_twice_the_equity_is_bought(make_broker):
    broker = make_broker(leverage=Decimal(2))
    broker.submit(buy(2000))

    assert broker.account().buying_power == 0


def test_submit_when_all_is_invested_then_reversal_is_still_allowed(broker, position):
    broker.submit(buy(1000))
    broker.submit(sell(2000))

    assert position() == -1000


def test_fees_when_set_then_cash_and_receipt_carry_them(make_broker):
    broker = make_broker(fee_per_order=Decimal(1), fee_fraction=Decimal("0.001"))
    receipt = broker.submit(buy(10))

    assert (receipt.fees, broker.fees_paid(), broker.account().cash) == (2, 2, 98_998)


def test_order_when_filled_in_parts_then_the_rest_fills_on_the_next_price(make_broker):
    broker = make_broker(partial_fill_probability=Decimal(1), fee_per_order=Decimal(1))
    order = buy(10)
    part = broker.submit(order)
    broker.set_prices({"AAPL": Decimal(110)})
    whole = broker.find(order.client_order_id)

    assert (part.status.value, whole.status.value) == ("partially_filled", "filled")
    assert (100 < whole.average_fill_price < 110, whole.fees) == (True, 1)


def test_ioc_order_when_filled_in_part_then_the_rest_is_taken_back(make_broker):
    broker = make_broker(partial_fill_probability=Decimal(1))
    receipt = broker.submit(buy(10, time_in_force=TimeInForce.IOC))

    assert receipt.status.value == "canceled"
    assert 0 < receipt.filled_quantity < 10


def test_fok_order_when_parts_are_likely_then_all_or_nothing(make_broker):
    receipt = make_broker(partial_fill_probability=Decimal(1)).submit(buy(10, time_in_force=TimeInForce.FOK))

    assert receipt.filled_quantity == 10


def test_bracket_when_entry_is_canceled_after_a_part_then_legs_protect_the_part(make_broker):
    broker = make_broker(partial_fill_probability=Decimal(1))
    order = buy(10, **bracket(110, 90))
    part = broker.submit(order)
    broker.cancel(part)

    assert {leg.quantity for leg in broker.open_orders()} == {part.filled_quantity}
    assert {leg.status.value for leg in broker.open_orders()} == {"accepted"}


def test_option_when_bought_then_multiplier_applies_to_cash(broker):
    price = broker.quote(CALL).price
    broker.submit(buy(2, instrument=CALL))

    assert broker.account().cash == 100_000 - 200 * price
    assert broker.account().equity == 100_000


def test_option_when_underlying_rises_then_call_gains_and_orders_on_it_fill(broker, move, status):
    broker.submit(buy(2, instrument=CALL))
    order = exit_long(2, instrument=CALL, **limit(25))
    broker.submit(order)
    move(130)

    assert status(order) == "filled"
    assert broker.realized_pnl() > 0


def test_option_when_pinned_then_own_price_counts_until_unpinned(broker, move):
    modelled = broker.quote(CALL).price
    move(9, CALL.symbol)
    assert broker.quote(CALL).price == 9
    move(None, CALL.symbol)
    assert broker.quote(CALL).price == modelled


def test_option_when_time_passes_then_value_decays(broker, clock):
    before = broker.quote(CALL).price
    clock.pass_days(30)

    assert broker.quote(CALL).price < before


@pytest.mark.parametrize("quantity", ["0.5", "1.5"])
def test_option_when_fractional_then_rejected(broker, quantity):
    with pytest.raises(BrokerRejected, match="multiple of 1"):
        broker.submit(buy(quantity, instrument=CALL))


def test_option_when_expired_out_of_the_money_then_it_is_gone_and_takes_no_entries(broker, clock):
    broker.submit(buy(1, instrument=CALL))
    clock.pass_days(365)
    with pytest.raises(BrokerRejected, match="expired"):
        broker.submit(buy(1, instrument=CALL))

    assert broker.positions() == []


def test_option_when_expired_without_a_price_of_its_underlying_then_its_owner_may_leave(make_broker, clock):
    broker = make_broker()
    orphan = replace(CALL, option=replace(CALL.option, underlying="ZZZ"))
    broker.submit(buy(1, instrument=orphan, **limit(5)))
    clock.pass_days(365)

    assert [held.quantity for held in broker.positions()] == [1]
    assert broker.submit(exit_long(1, instrument=orphan)).status.value == "filled"
