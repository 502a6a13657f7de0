"""What is sent to Fyers, and what is refused or changed before it is."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from app.brokers.fyers.codes import explained
from app.brokers.fyers.normalisation import normalised, normalised_price, offset
from app.brokers.fyers.order_checks import leg_refusal, order_refusal
from app.brokers.fyers.payload import change_payload, order_payload
from app.brokers.fyers.products import exit_product, too_small
from app.brokers.fyers.receipts import receipt_of
from app.brokers.fyers.symbols import Tickers, share, spot_ticker, tick_of
from app.brokers.fyers.tags import Names, digest, digest_in, is_market, tag_of
from app.domain.orders import Order, OrderChange, OrderClass, OrderType, TimeInForce
from app.errors import BrokerUnavailable, StoreUnavailable
from tests.brokers.builders import bracket, buy, exit_long, limit, oco, sell, stop
from tests.brokers.fyers.harness import CALL, CALL_TICKER, SHARE, SHARE_TICKER, Listed, row

pytestmark = pytest.mark.unit

TICKERS = Tickers(Listed({CALL_TICKER: CALL}))


def lot(**changes):
    return buy(65, instrument=CALL, client_order_id="bot-x", **changes)


def sent(order, *, entry=None, product="MARGIN"):
    return order_payload(order, ticker=CALL_TICKER, product=product, instrument=CALL, entry=entry)


def test_payload_when_at_the_market_then_has_no_price_and_our_tag():
    assert sent(lot()) == {
        "symbol": CALL_TICKER,
        "qty": 65,
        "type": 2,
        "side": 1,
        "productType": "MARGIN",
        "limitPrice": 0,
        "stopPrice": 0,
        "validity": "DAY",
        "disclosedQty": 0,
        "offlineOrder": False,
        "orderTag": "ghm" + digest("bot-x"),
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (limit("90.05"), {"type": 1, "limitPrice": 90.05, "stopPrice": 0}),
        (stop("110.1"), {"type": 3, "limitPrice": 0, "stopPrice": 110.1}),
        ({**stop(110), "type": OrderType.STOP_LIMIT, "limit_price": 111}, {"type": 4, "limitPrice": 111}),
        ({"time_in_force": TimeInForce.IOC}, {"validity": "IOC"}),
    ],
    ids=str,
)
def test_payload_when_terms_differ_then_fields_do(changes, told):
    assert told.items() <= sent(lot(**changes)).items()


def test_payload_when_bracket_then_exits_are_points_from_the_entry():
    body = sent(lot(**limit(100), **bracket("110.10", "89.9")), entry=Decimal(100))

    assert (body["takeProfit"], body["stopLoss"], body["legType"]) == (10.1, 10.1, 1)


def test_payload_when_only_a_stop_goes_along_then_no_target_is_named():
    order = lot(order_class=OrderClass.OTO, stop_loss=90)
    body = sent(order, entry=Decimal(100))

    assert (body["stopLoss"], "takeProfit" in body) == (10, False)


@pytest.mark.parametrize(
    ("level", "points"), [("110.04", "10"), ("100.01", "0.05"), ("89.97", "10"), ("89.95", "10.05")]
)
def test_offset_when_off_the_tick_then_nearer_to_the_entry_but_never_on_it(level, points):
    assert offset(Decimal(level), Decimal(100), CALL) == Decimal(points)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (OrderChange(limit_price=Decimal("91.5")), {"type": 1, "limitPrice": 91.5}),
        (OrderChange(quantity=Decimal(130)), {"type": 1, "qty": 130}),
        (OrderChange(stop_price=Decimal(80)), {"type": 1, "stopPrice": 80}),
    ],
    ids=str,
)
def test_change_when_sent_then_names_only_what_changes(change, told):
    receipt = receipt_of(row(), "bot-x", TICKERS)

    assert change_payload(receipt, change) == {"id": "26112500000001"} | told


def test_change_when_a_market_order_gets_a_limit_then_it_becomes_one_of_that_kind():
    receipt = receipt_of(row(f"1:{tag_of(lot())}"), "bot-x", TICKERS)

    assert receipt.type is OrderType.MARKET
    assert change_payload(receipt, OrderChange(limit_price=Decimal(99)))["type"] == 1


def test_normalise_when_it_should_rest_then_rests_for_the_day_on_the_tick():
    order = normalised(lot(**limit("90.07"), time_in_force=TimeInForce.GTC), CALL)

    assert (order.limit_price, order.time_in_force) == (Decimal("90.05"), TimeInForce.DAY)


@pytest.mark.parametrize("product", ["CO", "BO"])
def test_normalise_when_product_is_retired_then_intraday_with_its_exits(product):
    order = normalised(lot(product=product, **bracket(110, 90)), CALL)

    assert (order.product, order.take_profit, order.stop_loss) == ("INTRADAY", 110, 90)


@pytest.mark.parametrize("up", [True, False])
def test_price_when_on_the_tick_then_stays(up):
    assert normalised_price(Decimal("100.15"), CALL, up=up) == Decimal("100.15")


@pytest.mark.parametrize(("price", "tick"), [(90, "0.05"), (1500, "0.1"), (9000, "0.5"), (12_000, "1")])
def test_tick_when_a_share_is_dear_then_is_wider(price, tick):
    assert tick_of(Decimal(price), share("SBIN")) == Decimal(tick)


REFUSED = {
    "trailing": lot(type=OrderType.TRAILING_STOP),
    "neither": lot(time_in_force=TimeInForce.FOK),
    "pairs of exits": lot(**oco(110, 90)),
    "multiples of 65": replace(lot(), quantity=Decimal(66)),
    "more than nothing": replace(lot(), quantity=Decimal(0)),
    "amounts of money": replace(lot(), quantity=None, notional=Decimal(100)),
    "needs a limit price": lot(type=OrderType.LIMIT),
    "needs a stop price": lot(type=OrderType.STOP, stop_price="NaN"),
    "at the stop price or beyond": lot(type=OrderType.STOP_LIMIT, stop_price=100, limit_price=99),
    "take-profit and a stop-loss": lot(order_class=OrderClass.BRACKET, stop_loss=90),
    "Exits need prices": lot(**bracket(110, 0)),
    "as CNC": lot(product="CNC"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_restrictions_when_fyers_takes_no_such_order_then_a_sentence_says_why(words):
    assert words in order_refusal(normalised(REFUSED[words], CALL), CALL)


@pytest.mark.parametrize("changes", [{}, limit(90), stop(110), bracket(110, 90), {"product": "INTRADAY"}])
def test_restrictions_when_nothing_is_wrong_then_none(changes):
    assert order_refusal(normalised(lot(**changes), CALL), CALL) is None


@pytest.mark.parametrize(("side", "levels"), [(buy, (99, 90)), (buy, (110, 101)), (sell, (101, 110))])
def test_legs_when_on_the_wrong_side_of_the_entry_then_refused(side, levels):
    assert leg_refusal(side(65, **bracket(*levels)), Decimal(100)) is not None


HELD = {"INTRADAY": Decimal(65), "MARGIN": Decimal(130), "CNC": Decimal(-65)}


@pytest.mark.parametrize(
    ("order", "product"),
    [
        (exit_long(65), "MARGIN"),
        (exit_long(65, product="INTRADAY"), "INTRADAY"),
        (exit_long(130, product="INTRADAY"), None),
        (exit_long(195), None),
        (exit_long(65, product="CNC"), "MARGIN"),
        (exit_long(260), None),
        (buy(65), "CNC"),
        (buy(130), None),
    ],
    # The orders' own ids count up: the processes of a run must all call a test the same.
    ids=lambda value: None if isinstance(value, Order) else str(value),
)
def test_exit_when_sent_then_takes_the_product_that_it_closes(order, product):
    assert exit_product(order, HELD) == product


@pytest.mark.parametrize("order", [lot(), lot(**limit(90))])
def test_tag_when_made_then_fyers_takes_it_and_it_tells_what_was_sent(order):
    tag = tag_of(order)

    assert re.fullmatch(r"[a-z][a-z0-9]{0,29}", tag)
    assert (digest_in(tag), is_market(tag)) == (digest("bot-x"), order.type is OrderType.MARKET)


def test_names_when_others_know_an_id_then_its_tag_is_read():
    asked = []
    names = Names(lambda: asked.append(1) or ["bot-x-sl", "bot-y"])
    tag = tag_of(lot())
    names.learn([tag, "strangers"])
    names.learn([tag])

    assert (names.of(tag), names.of("strangers"), len(asked)) == ("bot-x", None, 1)


def test_names_when_the_store_is_away_then_no_order_passes_for_a_strangers():
    def away():
        raise StoreUnavailable("gone")

    with pytest.raises(BrokerUnavailable):
        Names(away).learn([tag_of(lot())])


@pytest.mark.parametrize(
    ("underlying", "ticker"),
    [
        ("NIFTY", "NSE:NIFTY50-INDEX"),
        ("BANKNIFTY", "NSE:NIFTYBANK-INDEX"),
        ("FINNIFTY", "NSE:FINNIFTY-INDEX"),
        ("MIDCPNIFTY", "NSE:MIDCPNIFTY-INDEX"),
        ("NIFTYNXT50", "NSE:NIFTYNXT50-INDEX"),
        ("M&M", "NSE:M&M-EQ"),
    ],
)
def test_spot_when_asked_for_then_is_the_index_or_the_share(underlying, ticker):
    assert spot_ticker(underlying) == ticker


@pytest.mark.parametrize(("ticker", "instrument"), [(CALL_TICKER, CALL), (SHARE_TICKER, share("360ONE"))])
def test_ticker_when_read_then_is_our_instrument_and_back(ticker, instrument):
    assert TICKERS.instrument(ticker) == instrument
    assert TICKERS.of(instrument) == ticker


def test_option_when_it_was_never_listed_then_is_not_read_under_another_name():
    with pytest.raises(BrokerUnavailable, match="refresh the symbol master"):
        Tickers(Listed()).instrument(CALL_TICKER)


def test_option_when_the_list_is_lost_then_is_remembered_both_ways():
    listed = {CALL_TICKER: CALL}
    tickers = Tickers(Listed(listed))
    tickers.instrument(CALL_TICKER)
    listed.clear()

    assert (tickers.instrument(CALL_TICKER), tickers.of(CALL)) == (CALL, CALL_TICKER)


@pytest.mark.parametrize("ticker", ["MCX:SILVERMIC20AUGFUT", "NSE:NIFTY26AUGFUT", "BSE:SENSEX2672180000CE"])
def test_ticker_when_it_is_none_of_ours_then_goes_by_its_own_name(ticker):
    assert TICKERS.instrument(ticker).symbol == ticker.partition(":")[2]


@pytest.mark.parametrize("change", [{"venue": "bse"}, {"asset_class": CALL.asset_class}])
def test_ticker_when_nothing_is_listed_then_none(change):
    assert TICKERS.of(replace(SHARE, **change)) is None


@pytest.mark.parametrize(
    ("status", "code", "message", "reason"),
    [
        (403, -50, "Please whitelist your static IP", "BROKER_ADDRESS_REFUSED"),
        (400, -99, "RED:Margin Shortfall:INR 10.00", "BUYING_POWER_INSUFFICIENT"),
        (400, -99, "RED:Order quantity 3900 exceeds freeze quantity 1800", "QUANTITY_EXCEEDS_FREEZE"),
        (400, -50, "Quantity should be in multiple of 65", "QUANTITY_NOT_LOT"),
        (400, -99, "17070 : The Price is out of the current execution range", "PRICE_BEYOND_CIRCUIT"),
        (400, -99, "RED:Market is closed. Please place an AMO order", "MARKET_CLOSED"),
        (400, -300, "Invalid symbol provided", "SYMBOL_UNKNOWN"),
        (429, -429, "request limit reached", "RATE_LIMIT_REACHED"),
        (403, -373, "app lacks permission", "BROKER_CREDENTIALS_REFUSED"),
        (400, -99, "RED:Something new", None),
    ],
)
def test_refusal_when_known_then_has_a_reason_and_keeps_its_words(status, code, message, reason):
    sentence, found = explained(status, code, message)

    assert found == reason
    assert sentence.startswith(f"Fyers: {message}")


@pytest.mark.parametrize(
    ("held", "helps"), [({"INTRADAY": 65, "MARGIN": 65}, True), ({"INTRADAY": 65}, False)]
)
def test_exit_when_two_products_hold_the_position_then_the_way_out_of_both_is_told(held, helps):
    told = too_small("NSE:X", {name: Decimal(size) for name, size in held.items()})

    assert "65 as INTRADAY" in told
    assert ("send an exit for each" in told) is helps
