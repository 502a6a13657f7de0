from dataclasses import replace
from decimal import Decimal

import pytest
import responses

from app.brokers.alpaca.normalisation import Asset, normalised
from app.brokers.alpaca.order_checks import order_refusal
from app.domain.instruments import AssetClass, Instrument
from app.domain.orders import OrderClass, OrderRole, OrderType, TimeInForce
from app.errors import BrokerRejected
from tests.brokers.alpaca.harness import make_alpaca
from tests.brokers.builders import BITCOIN, CALL, bracket, buy, exit_long, limit, oco, sell, stop

pytestmark = pytest.mark.unit

FOK, IOC = {"time_in_force": TimeInForce.FOK}, {"time_in_force": TimeInForce.IOC}
COIN, OPTION = {"instrument": BITCOIN}, {"instrument": CALL}
TRAILING = {"type": OrderType.TRAILING_STOP}
HALF = Decimal("0.5")
APPLE_ASSET = Asset("AAPL", tradable=True, fractionable=True, shortable=True)

REFUSED = {
    "currency": (buy(instrument=Instrument("EUR-USD", AssetClass.FOREX)), "does not trade EUR-USD"),
    "future": (buy(instrument=Instrument("ES1!", AssetClass.FUTURE)), "does not trade ES1!"),
    "Indian share": (buy(instrument=Instrument("INFY", AssetClass.EQUITY, "nse")), "INFY of NSE"),
    "quantity and notional": (buy(1, notional=100), "Exactly one"),
    "neither": (buy(None), "Exactly one"),
    "no quantity": (buy(0), "positive"),
    "negative quantity": (buy(-1), "positive"),
    "not a number": (buy("NaN"), "positive"),
    "endless": (buy("Infinity"), "positive"),
    "cents below a cent": (buy(None, notional="0.001"), "positive"),
    "id too long": (buy(client_order_id="x" * 129), "128 characters"),
    "no id": (buy(client_order_id=""), "128 characters"),
    "limit without price": (buy(type=OrderType.LIMIT), "positive limit price"),
    "limit of nothing": (buy(**limit(0)), "positive limit price"),
    "stop without price": (buy(type=OrderType.STOP), "positive stop price"),
    "trailing stop": (exit_long(**TRAILING), "no trailing_stop orders for shares"),
    "fractional stop": (exit_long(HALF, **stop(90)), "no stop order for a fraction"),
    "fractional limit at once": (buy(HALF, **limit(90), **IOC), "for the day only"),
    "limit for money": (buy(None, notional=100, **limit(90)), "amount of money"),
    "fractional short": (sell(HALF), "whole shares short"),
    "short for money": (sell(None, notional=100), "whole shares short"),
    "coin short": (sell(HALF, **COIN), "coins short"),
    "coin stop": (exit_long(HALF, **COIN, **stop(90)), "no stop orders for coins"),
    "coin fill or kill": (buy(HALF, **COIN, **FOK), "no fok orders for coins"),
    "coin trail": (exit_long(HALF, **COIN, **TRAILING), "trailing_stop orders for coins"),
    "coin pair of exits": (exit_long(HALF, **COIN, **oco(110, 90)), "oco orders only for whole shares"),
    "half an option": (buy(HALF, **OPTION), "whole option contracts"),
    "option for money": (buy(None, notional=100, **OPTION), "whole option contracts"),
    "option stop": (exit_long(**OPTION, **stop(90)), "no stop orders for options"),
    "option at once": (buy(**OPTION, **IOC), "no ioc orders for options"),
    "fractional pair of exits": (exit_long(HALF, **oco(110, 90)), "oco orders only for whole shares"),
    "bracket lacks a leg": (buy(order_class=OrderClass.BRACKET, stop_loss=90), "needs both"),
    "oto with two legs": (buy(**bracket(110, 90) | {"order_class": OrderClass.OTO}), "exactly one of"),
    "bracket as an exit": (exit_long(**bracket(90, 110)), "must be an entry"),
    "oco at the market": (exit_long(**oco(110, 90) | {"type": OrderType.MARKET}), "type limit"),
    "negative leg": (buy(**bracket(110, -1)), "legs must be positive"),
    "crossed legs": (buy(**bracket(90, 110)), "beyond the stop-loss"),
    "crossed legs of a short": (sell(**bracket(110, 90)), "beyond the stop-loss"),
    "stop above the limit": (buy(**limit(80), **bracket(110, 90)), "both sides of 80"),
    "target on the limit": (buy(**limit(110), **bracket(110, 90)), "both sides of 110"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_submit_when_alpaca_would_refuse_then_rejected_and_nothing_is_sent(name):
    order, sentence = REFUSED[name]
    with responses.RequestsMock(), pytest.raises(BrokerRejected, match=sentence):
        make_alpaca().submit(order)


@pytest.mark.parametrize("legs", [bracket("100.00", 90), bracket(110, "99.995"), bracket(99, 90)])
def test_restrictions_when_legs_miss_the_market_then_sentence_names_it(legs):
    order = normalised(buy(**legs))

    assert "both sides of 100" in order_refusal(order, base_price=Decimal(100))


@pytest.mark.parametrize("order", [buy(**bracket("100.01", "99.99")), exit_long(**oco("100.01", "99.99"))])
def test_restrictions_when_legs_are_a_cent_away_then_none(order):
    assert order_refusal(order, base_price=Decimal(100)) is None


@pytest.mark.parametrize(
    ("order", "changes", "sentence"),
    [
        (buy(), {"tradable": False}, "does not let AAPL be traded"),
        (buy(HALF, time_in_force=TimeInForce.DAY), {"fractionable": False}, "whole shares of AAPL"),
        (sell(), {"shortable": False}, "does not sell AAPL short"),
        (buy(HALF, **COIN), {"minimum_quantity": Decimal(1)}, "at least 1 of BTC-USD"),
    ],
)
def test_restrictions_when_asset_does_not_allow_it_then_sentence(order, changes, sentence):
    assert sentence in order_refusal(order, asset=replace(APPLE_ASSET, **changes))


@pytest.mark.parametrize("order", [exit_long(), buy(role=OrderRole.EXIT), exit_long(HALF, **COIN)])
def test_restrictions_when_closing_then_shorting_rules_do_not_apply(order):
    assert order_refusal(order, asset=replace(APPLE_ASSET, shortable=False)) is None


def test_normalise_when_coin_has_increments_then_quantity_and_price_follow():
    increments = {"quantity_increment": Decimal("0.001"), "price_increment": Decimal("0.5")}
    order = normalised(buy("0.12345", **COIN, **limit("100.7")), replace(APPLE_ASSET, **increments))

    assert (order.quantity, order.limit_price) == (Decimal("0.123"), Decimal("100.5"))


def test_normalise_when_whole_shares_with_exits_then_unchanged():
    order = buy(**limit(100), **bracket(110, 90))

    assert normalised(order) == order
