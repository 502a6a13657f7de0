"""Every answer of the simulated Alpaca fits Alpaca's schemas, and Alpaca's SDK understands it."""

import time
import warnings

import pytest

from tests.simulators.alpaca import FakeAlpaca
from tests.simulators.alpaca.contract import misfits
from tests.simulators.alpaca.driving import BRACKET, Driver

pytestmark = pytest.mark.integration

COIN = {"symbol": "BTC/USD", "qty": "0.1", "time_in_force": "gtc"}
BODY = {"symbol": "AAPL", "qty": "4", "side": "buy", "type": "market", "time_in_force": "day"}
LIMIT = {"type": "limit", "limit_price": "90"}
CALL = "AAPL270115C00100000"


@pytest.fixture
def sdk(fake):
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        from alpaca.trading.client import TradingClient  # it imports what websockets has deprecated
    client = TradingClient(fake.key, fake.secret, paper=True, raw_data=True, url_override=fake.url)
    client._retry = 0
    yield client
    client._session.close()


@pytest.mark.parametrize(
    "path",
    [
        *("/v2/account", "/v2/clock", "/v2/calendar?start=2026-01-01&end=2026-01-09", "/v2/positions"),
        *("/v2/positions/AAPL", "/v2/positions/BTCUSD", "/v2/positions/BTC%2FUSD", "/v2/orders?status=all"),
        *("/v2/assets", "/v2/assets?asset_class=crypto", "/v2/assets/AAPL", "/v2/assets/BTC%2FUSD"),
        *(f"/v2/options/contracts/{CALL}", "/v2/options/contracts?expiration_date_gte=2026-01-01"),
        *(f"/v2/stocks/{kind}/latest?symbols=AAPL,ZZZZ" for kind in ("quotes", "trades", "bars")),
        *(f"/v2/stocks/AAPL/{kind}/latest" for kind in ("quotes", "trades", "bars")),
        *("/v2/stocks/bars?symbols=AAPL&timeframe=1Min", "/v2/stocks/AAPL/bars?timeframe=1Min"),
        *(f"/v1beta3/crypto/us/latest/{kind}?symbols=BTC/USD" for kind in ("quotes", "trades", "bars")),
        "/v1beta3/crypto/us/bars?symbols=BTC/USD&timeframe=1Min",
        *(f"/v1beta1/options/{kind}/latest?symbols={CALL}" for kind in ("quotes", "trades")),
        f"/v1beta1/options/bars?symbols={CALL}&timeframe=1Min",
        "/v1beta1/options/snapshots/AAPL?type=call",
    ],
)
def test_read_when_answered_then_it_fits_alpacas_schema(driver, path):
    driver.fake.market.move(CALL, "5")
    driver.placed(**BRACKET)
    driver.placed(**COIN)

    assert driver.call("GET", path).status_code == 200
    assert driver.fake.misfits == []


def test_sdk_when_it_trades_then_it_understands_every_answer(sdk):
    from alpaca.trading import requests

    order = sdk.post("/orders", BODY)
    sdk.close_position("AAPL", requests.ClosePositionRequest(percentage="50"))

    assert sdk.get_order_by_id(order["id"])["status"] == "filled"
    assert sdk.get_open_position("AAPL")["qty"] == "2"
    assert [each["side"] for each in sdk.get_orders(requests.GetOrdersRequest(status="all"))] == [
        "sell",
        "buy",
    ]


def test_sdk_when_it_replaces_and_cancels_then_orders_follow(sdk):
    from alpaca.trading import requests

    old = sdk.post("/orders", BODY | LIMIT)
    new = sdk.replace_order_by_id(old["id"], requests.ReplaceOrderRequest(limit_price=91))
    sdk.cancel_order_by_id(new["id"])

    assert sdk.get_order_by_id(new["id"])["status"] == "canceled"


def test_sdk_when_refused_then_it_raises_with_alpacas_code(sdk):
    from alpaca.common import exceptions

    with pytest.raises(exceptions.APIError) as caught:
        sdk.get_order_by_client_id("nobody")

    assert (caught.value.status_code, caught.value.code) == (404, 40410000)


def test_submit_when_a_thousand_arrive_then_two_seconds_of_work_are_enough():
    with FakeAlpaca(cash="10000000") as fake:
        driver = Driver(fake)
        begun = time.process_time()
        for _ in range(1000):
            driver.submit(**LIMIT)
        spent = time.process_time() - begun
        driver.session.close()

    assert spent < 2


@pytest.mark.parametrize(
    ("method", "path", "status", "content"),
    [
        ("GET", "/v2/clock", 200, b"{}"),
        ("GET", "/v2/account", 200, b'{"id": "1", "status": "SLEEPY"}'),
        ("DELETE", "/v2/orders/1", 204, b"{}"),
        ("GET", "/v2/nowhere", 200, b"{}"),
    ],
)
def test_contract_when_an_answer_does_not_fit_then_it_is_told(method, path, status, content):
    assert misfits(method, path, status, content) != ()
