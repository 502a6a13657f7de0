"""The simulator refuses what Alpaca refuses, in Alpaca's words."""

import pytest
import requests

from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.driving import BRACKET, OCO, Driver

pytestmark = pytest.mark.integration

LIMIT = {"type": "limit", "limit_price": "100"}
COIN = {"symbol": "BTC/USD", "qty": "0.1", "time_in_force": "gtc"}
CALL, PUT = "AAPL270115C00100000", "AAPL270115P00100000"
OPTION = {"symbol": CALL, "qty": "1"}
FRACTION = {"qty": "1.5"}
INVALID, UNPROCESSABLE, FORBIDDEN = (422, 40010001), (422, 42210000), (403, 40310000)


@pytest.fixture(autouse=True)
def contracts(fake):
    for contract in (CALL, PUT):
        fake.market.move(contract, "5")


@pytest.mark.parametrize(
    ("order", "refusal", "message"),
    [
        ({"symbol": None}, INVALID, "symbol is required"),
        ({"side": "hold"}, INVALID, "invalid side"),
        ({"qty": None}, INVALID, "qty or notional is required"),
        ({"notional": "5"}, INVALID, "only one of qty or notional is accepted"),
        ({"qty": "0"}, INVALID, "qty must be > 0"),
        ({"qty": "1.0000000001"}, INVALID, "9 decimal places"),
        ({"client_order_id": "x" * 129}, INVALID, "no more than 128 characters"),
        ({"quantity": "1"}, INVALID, "unknown fields: quantity"),
        ({"limit_price": "100"}, INVALID, "market orders require no stop or limit price"),
        ({"type": "limit"}, INVALID, "limit orders require only limit price"),
        ({"type": "limit", "limit_price": "0"}, INVALID, "limit price must be > 0"),
        ({"type": "stop_limit", "stop_price": "9"}, INVALID, "both stop and limit price"),
        ({"type": "trailing_stop"}, INVALID, "one of trail_price or trail_percent"),
        ({"stop_loss": {"stop_price": "9"}}, INVALID, "require a complex order_class"),
        ({"extended_hours": True}, INVALID, 'only type="limit" is allowed for extended hours orders'),
        (LIMIT | {"extended_hours": True, "time_in_force": "ioc"}, INVALID, "must be DAY or GTC"),
        ({"position_intent": "buy_to_close"}, INVALID, "position intent mismatch"),
        ({"symbol": "ZZZZ"}, UNPROCESSABLE, 'asset "ZZZZ" not found'),
        ({"symbol": "GONE"}, UNPROCESSABLE, "is not active"),
        ({"symbol": "HALTED"}, UNPROCESSABLE, "is not tradable"),
        (FRACTION | {"time_in_force": "gtc"}, UNPROCESSABLE, "fractional orders must be DAY orders"),
        (FRACTION | BRACKET, UNPROCESSABLE, "fractional orders must be simple orders"),
        (FRACTION | {"symbol": "WHOLE"}, UNPROCESSABLE, "requested asset is not fractionable"),
        (FRACTION | {"side": "sell"}, UNPROCESSABLE, "fractional orders cannot be sold short"),
        (LIMIT | {"qty": None, "notional": "50"}, UNPROCESSABLE, "notional orders must be market orders"),
        (FRACTION | LIMIT | {"symbol": "TSLA", "extended_hours": True}, UNPROCESSABLE, "in extended hours"),
        ({"symbol": "HARD", "side": "sell"}, UNPROCESSABLE, 'asset "HARD" cannot be sold short'),
        ({"type": "limit", "limit_price": "99.999"}, UNPROCESSABLE, "sub-penny increment does not fulfill"),
        ({"symbol": "PENNY", "type": "limit", "limit_price": "0.12345"}, UNPROCESSABLE, "sub-penny"),
        (BRACKET | {"time_in_force": "ioc"}, UNPROCESSABLE, "bracket orders must be DAY or GTC orders"),
        (BRACKET | {"stop_loss": None}, INVALID, "bracket orders require stop_loss.stop_price"),
        (BRACKET | {"order_class": "oto"}, INVALID, "oto orders require either"),
        (OCO, UNPROCESSABLE, "oco orders must be exit orders"),
        ({"order_class": "mleg"}, INVALID, "unknown fields for mleg orders: side, symbol"),
        (COIN | {"time_in_force": "day"}, UNPROCESSABLE, "invalid crypto time_in_force"),
        (COIN | {"type": "stop", "stop_price": "9"}, UNPROCESSABLE, "invalid order type for crypto order"),
        (COIN | BRACKET, UNPROCESSABLE, "crypto orders must be simple orders"),
        (COIN | {"side": "sell"}, FORBIDDEN, "insufficient balance for BTC (requested: 0.1, available: 0)"),
        (COIN | {"qty": "0.0001"}, FORBIDDEN, "cost basis must be >= minimal amount of order 10"),
        (COIN | {"qty": "3"}, FORBIDDEN, "insufficient balance for USD (requested: 150000"),
        ({"qty": "0.001"}, FORBIDDEN, "cost basis must be >= minimal amount of order 1"),
        ({"qty": "2001"}, FORBIDDEN, "insufficient buying power"),
        ({"qty": "1950", "side": "sell"}, FORBIDDEN, "insufficient buying power"),
        (OPTION | FRACTION, UNPROCESSABLE, "whole number qty"),
        (OPTION | {"type": "stop", "stop_price": "9"}, UNPROCESSABLE, "invalid order type for options"),
        (OPTION | {"time_in_force": "ioc"}, UNPROCESSABLE, "options orders must be DAY or GTC orders"),
        (OPTION | {"qty": "201"}, FORBIDDEN, "insufficient options buying power"),
        (OPTION | {"side": "sell"}, FORBIDDEN, "covered call (required: 100, available: 0)"),
        (OPTION | {"symbol": PUT, "qty": "11", "side": "sell"}, FORBIDDEN, "put (required: 110000,"),
    ],
)
def test_submit_when_alpaca_would_refuse_then_so_does_the_simulator(driver, order, refusal, message):
    answer = driver.submit(**order)

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert message in answer.json()["message"]


@pytest.mark.parametrize(
    ("order", "message", "base"),
    [
        (
            {"take_profit": {"limit_price": "100"}},
            "take_profit.limit_price must be >= base_price + 0.01",
            "100",
        ),
        ({"stop_loss": {"stop_price": "100"}}, "stop_loss.stop_price must be <= base_price - 0.01", "100"),
        (LIMIT | {"limit_price": "112"}, "take_profit.limit_price must be >= base_price + 0.01", "112"),
        (LIMIT | {"limit_price": "89"}, "stop_loss.stop_price must be <= base_price - 0.01", "89"),
        ({"side": "sell"}, "take_profit.limit_price must be <= base_price - 0.01", "100"),
    ],
)
def test_bracket_when_levels_are_on_the_wrong_side_then_base_price_is_told(driver, order, message, base):
    answer = driver.submit(**(BRACKET | order))

    assert (answer.status_code, answer.json()["code"]) == UNPROCESSABLE
    assert (answer.json()["message"], answer.json()["base_price"]) == (message, base)


def test_bracket_when_symbol_is_held_then_it_is_no_entry(driver):
    driver.placed()

    assert driver.submit(**BRACKET).json()["message"] == "bracket orders must be entry orders"


def test_submit_when_client_order_id_was_ever_used_then_it_is_refused(driver):
    driver.placed(client_order_id="once")
    answer = driver.submit(client_order_id="once", qty="1")

    assert (answer.status_code, answer.json()) == (
        422,
        {"code": 40010001, "message": "client_order_id must be unique"},
    )


def test_submit_when_shares_are_held_for_orders_then_they_are_named(driver):
    driver.placed(qty="1")
    stop = driver.placed(qty="1", side="sell", type="stop", stop_price="90")
    answer = driver.submit(qty="1", side="sell", type="limit", limit_price="110")

    assert (answer.status_code, answer.json()) == (
        403,
        {
            "available": "0",
            "code": 40310000,
            "existing_qty": "1",
            "held_for_orders": "1",
            "message": "insufficient qty available for order (requested: 1, available: 0)",
            "related_orders": [stop["id"]],
            "symbol": "AAPL",
        },
    )


@pytest.mark.parametrize(
    ("order", "refused"),
    [({}, True), (LIMIT | {"limit_price": "111"}, True), (LIMIT | {"limit_price": "109"}, False)],
)
def test_submit_when_opposite_order_rests_then_what_could_meet_it_is_a_wash_trade(driver, order, refused):
    driver.placed(qty="1")
    driver.placed(qty="1", side="sell", type="limit", limit_price="110")
    answer = driver.submit(**order)

    assert (answer.status_code == 403) is refused
    assert ("potential wash trade detected. use complex orders" in answer.text) is refused


def test_submit_when_a_buy_rests_on_a_flat_symbol_then_a_short_sale_is_refused(driver):
    driver.placed(type="limit", limit_price="90")
    answer = driver.submit(side="sell", type="limit", limit_price="110")

    assert (answer.status_code, answer.json()["code"]) == FORBIDDEN
    assert answer.json()["message"] == "cannot open a short sell while a long buy order is open"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v2/orders/6a0c0a2e-0000-4000-8000-000000000000", 404, 40410000),
        ("GET", "/v2/orders/nonsense", 422, 40010001),
        ("DELETE", "/v2/orders/6a0c0a2e-0000-4000-8000-000000000000", 404, 40410000),
        ("GET", "/v2/orders:by_client_order_id?client_order_id=X", 404, 40410000),
        ("GET", "/v2/orders?limit=501", 422, 40010001),
        ("GET", "/v2/orders?status=working", 422, 40010001),
        ("GET", "/v2/orders?symbol=AAPL", 422, 40010001),
        ("GET", "/v2/positions/AAPL", 404, 40410000),
        ("GET", "/v2/positions/BTC/USD", 404, 40410000),
        ("DELETE", "/v2/positions/AAPL", 404, 40410000),
        ("GET", "/v2/assets/ZZZZ", 404, 40410000),
        ("GET", "/v2/options/contracts/ZZZZ", 404, 40410000),
    ],
)
def test_request_when_nothing_fits_then_code_tells(driver, method, path, status, code):
    answer = driver.call(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "change", [{"limit_price": "90"}, {"limit_price": "89.999"}, {"stop_price": "80"}, {"qty": "1.5"}, {}]
)
def test_replace_when_change_makes_no_sense_then_refused(driver, change):
    order = driver.placed(type="limit", limit_price="90")

    assert driver.call("PATCH", f"/v2/orders/{order['id']}", json=change).status_code == 422


def test_cancel_when_order_is_filled_then_422_else_204_without_content(driver):
    resting, filled = driver.placed(type="limit", limit_price="90"), driver.placed(symbol="MSFT", qty="1")
    answers = [driver.call("DELETE", f"/v2/orders/{order['id']}") for order in (resting, filled)]

    assert [(answer.status_code, answer.content[:9]) for answer in answers] == [
        (204, b""),
        (422, b'{"code": '),
    ]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["c"]),
        ("?status=closed", ["b", "a"]),
        ("?status=all&direction=asc", ["a", "b", "c"]),
        ("?status=all&limit=1", ["c"]),
        ("?status=all&symbols=BTCUSD", ["b"]),
        ("?status=all&asset_class=crypto", ["b"]),
        ("?status=all&after=2099-01-01T00:00:00Z", []),
        ("?status=all&until=2099-01-01", ["c", "b", "a"]),
    ],
)
def test_orders_when_filtered_then_only_those_come(driver, query, ids):
    driver.placed(client_order_id="a", symbol="MSFT", qty="1")
    driver.placed(client_order_id="b", **COIN)
    driver.placed(client_order_id="c", **(LIMIT | {"limit_price": "90"}))

    assert [order["client_order_id"] for order in driver.get(f"/v2/orders{query}")] == ids


def test_orders_when_nested_then_legs_stand_under_their_entry(driver):
    driver.placed(client_order_id="entry", type="limit", limit_price="99", **BRACKET)
    flat, nested = driver.get("/v2/orders"), driver.get("/v2/orders?nested=true")

    assert (len(flat), flat[-1]["legs"]) == (3, None)
    assert [len(order["legs"]) for order in nested] == [2]


def test_keys_when_missing_then_401_and_when_wrong_then_403(driver):
    url = f"{driver.fake.url}/v2/account"
    wrong = {"APCA-API-KEY-ID": "x", "APCA-API-SECRET-KEY": "x"}
    answers = [requests.get(url, headers=headers, timeout=5) for headers in ({}, wrong)]

    assert [answer.status_code for answer in answers] == [401, 403]


def test_rate_when_limit_is_set_then_one_more_is_refused():
    with FakeAlpaca(requests_per_minute=2) as fake:
        driver = Driver(fake)
        statuses = [driver.call("GET", "/v2/clock").status_code for _ in range(3)]
        driver.session.close()

    assert statuses == [200, 200, 429]
