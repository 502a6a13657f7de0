from datetime import UTC, datetime
from decimal import Decimal

import pytest
import requests
import responses

from app.domain.instruments import AssetClass
from app.errors import BrokerUnavailable
from tests.brokers.alpaca.harness import (
    ACCOUNT,
    ASSETS,
    CLOCK,
    DATA,
    ORDERS,
    PARENT,
    POSITIONS,
    STOCK_QUOTES,
    STOCK_TRADES,
    account,
    asset,
    make_alpaca,
    position,
    quotes,
    refusal,
    row,
    trades,
)
from tests.brokers.builders import APPLE, BITCOIN, CALL, buy

pytestmark = pytest.mark.unit

HOURS = {
    "timestamp": "2025-03-03T10:00:00-05:00",
    "is_open": True,
    "next_open": "2025-03-04T09:30:00-05:00",
    "next_close": "2025-03-03T16:00:00-05:00",
}


def test_account_when_active_then_money_is_told(alpaca, api):
    api.get(ACCOUNT, json=account())
    told = alpaca.account()

    assert (told.equity, told.buying_power, told.can_trade) == (Decimal("100000.5"), 200000, True)


@pytest.mark.parametrize(
    "changes", [{"status": "ACCOUNT_CLOSED"}, {"trading_blocked": True}, {"trade_suspended_by_user": True}]
)
def test_account_when_blocked_then_it_cannot_trade(alpaca, api, changes):
    api.get(ACCOUNT, json=account(**changes))

    assert not alpaca.account().can_trade


def test_positions_when_held_then_canonical_and_signed(alpaca, api):
    coin = position(symbol="BTCUSD", asset_class="crypto", qty="0.5")
    short = position(symbol="MSFT", side="short", qty="-3")
    option = position(symbol="AAPL250620C00100000", asset_class="us_option", qty="2")
    api.get(POSITIONS, json=[coin, short, option])
    held = {position.symbol: position.quantity for position in alpaca.positions()}

    assert held == {"BTC-USD": Decimal("0.5"), "MSFT": -3, "AAPL250620C00100000": 2}


@pytest.mark.parametrize(
    ("symbol", "asset_class", "ours"),
    [
        ("BTCUSD", "crypto", ("BTC-USD", AssetClass.CRYPTO)),
        ("ETHBTC", "crypto", ("ETH-BTC", AssetClass.CRYPTO)),
        ("USDTUSD", "crypto", ("USDT-USD", AssetClass.CRYPTO)),
        ("BTCUSDT", "crypto", ("BTC-USDT", AssetClass.CRYPTO)),
        ("BRK.B", "us_equity", ("BRK.B", AssetClass.EQUITY)),
        ("BTC", "us_equity", ("BTC", AssetClass.EQUITY)),
        ("AAPL250620C00100000", "us_option", ("AAPL250620C00100000", AssetClass.OPTION)),
    ],
)
def test_positions_when_named_by_alpaca_then_instrument_is_ours(alpaca, api, symbol, asset_class, ours):
    api.get(POSITIONS, json=[position(symbol=symbol, asset_class=asset_class)])
    instrument = alpaca.positions()[0].instrument

    assert (instrument.symbol, instrument.asset_class) == ours


def test_quote_when_market_is_tight_then_its_middle_in_one_call(alpaca, api):
    api.get(STOCK_QUOTES, json=quotes(99.99, 100.02))
    quote = alpaca.quote(APPLE)

    assert (quote.price, quote.bid, quote.ask) == (Decimal("100.005"), Decimal("99.99"), Decimal("100.02"))
    assert quote.at == datetime(2025, 3, 3, 15, 0, 0, 668464, UTC)


@pytest.mark.parametrize("sides", [quotes(80, 120), quotes(0, 100), quotes(101, 100), {"quotes": {}}])
def test_quote_when_market_is_wide_or_one_sided_then_last_trade(alpaca, api, sides):
    api.get(STOCK_QUOTES, json=sides)
    api.get(STOCK_TRADES, json=trades(99.5))

    assert alpaca.quote(APPLE).price == Decimal("99.5")


@pytest.mark.parametrize("answer", [{"json": {"trades": {}}}, {"status": 404, "json": refusal("no")}])
def test_quote_when_nothing_is_known_then_none(alpaca, api, answer):
    api.get(STOCK_QUOTES, json={"quotes": {}})
    api.get(STOCK_TRADES, **answer)

    assert alpaca.quote(APPLE) is None


@pytest.mark.parametrize(
    ("instrument", "path", "symbol"),
    [
        (BITCOIN, "/v1beta3/crypto/us/latest/quotes", "BTC/USD"),
        (CALL, "/v1beta1/options/quotes/latest", "AAPL250620C00100000"),
    ],
)
def test_quote_when_no_share_then_its_own_address_is_asked(alpaca, api, instrument, path, symbol):
    api.get(f"{DATA}{path}", json=quotes(100, 100.5, symbol))

    assert alpaca.quote(instrument).price == Decimal("100.25")


def test_market_when_asked_twice_then_clock_is_asked_once(alpaca, api):
    api.get(CLOCK, json=HOURS)
    first = alpaca.market(APPLE)

    assert alpaca.market(APPLE) == first
    assert (first.is_open, len(api.calls)) == (True, 1)


def test_market_when_a_change_has_passed_then_clock_is_asked_again(alpaca, api, clock):
    api.get(CLOCK, json=HOURS)
    alpaca.market(APPLE)
    clock.pass_days(1)
    alpaca.market(APPLE)

    assert len(api.calls) == 2


def test_market_when_coin_then_open_without_asking(alpaca):
    assert alpaca.market(BITCOIN).is_open


def test_asset_when_asked_twice_then_one_call(alpaca, api):
    api.get(f"{ASSETS}/BTCUSD", json=asset(min_order_size="0.001", min_trade_increment="0.0001"))
    first = alpaca.asset(BITCOIN)

    assert alpaca.asset(BITCOIN) is first
    assert first.minimum_quantity == Decimal("0.001")


@pytest.fixture
def market(api):
    """What a snapshot of Apple's share reads."""
    api.get(ACCOUNT, json=account())
    api.get(f"{POSITIONS}/AAPL", json=position(qty="7"))
    api.get(STOCK_QUOTES, json=quotes(100, 100))
    api.get(f"{ASSETS}/AAPL", json=asset(shortable=False))


def test_snapshot_when_answered_then_all_of_it(alpaca, market):
    seen = alpaca.snapshot(APPLE)

    assert (seen.position, seen.quote.price, seen.account.buying_power) == (7, 100, 200000)


def test_snapshot_when_seen_before_then_asset_and_account_are_not_asked_again(alpaca, api, market):
    alpaca.snapshot(APPLE)
    alpaca.snapshot(APPLE)

    assert len(api.calls) == 4 + 2


def test_snapshot_when_an_entry_was_sent_since_then_it_is_off_the_buying_power(alpaca, api, market):
    api.post(ORDERS, json=row(qty="2"))
    alpaca.snapshot(APPLE)
    alpaca.submit(buy(2, client_order_id="bot-x"))

    assert alpaca.snapshot(APPLE).account.buying_power == 200000 - 2 * 100


def test_snapshot_when_an_order_was_taken_back_since_then_account_is_read_again(alpaca, api, market):
    api.post(ORDERS, json=row())
    api.delete(f"{ORDERS}/{PARENT}", status=204)
    sent = alpaca.submit(buy(10, client_order_id="bot-x"))
    alpaca.snapshot(APPLE)
    alpaca.cancel(sent)
    alpaca.snapshot(APPLE)

    assert len([call for call in api.calls if call.request.url == ACCOUNT]) == 2


def test_snapshot_when_coin_and_nothing_held_then_cash_is_the_buying_power(alpaca, api):
    api.get(ACCOUNT, json=account())
    api.get(f"{POSITIONS}/BTCUSD", status=404, json=refusal("position does not exist", 40410000))
    api.get(f"{DATA}/v1beta3/crypto/us/latest/quotes", json=quotes(100, 100, "BTC/USD"))
    api.get(f"{ASSETS}/BTCUSD", status=500)
    seen = alpaca.snapshot(BITCOIN)

    assert (seen.position, seen.account.buying_power) == (0, 49000)


@pytest.mark.parametrize("failing", [ACCOUNT, f"{POSITIONS}/AAPL", STOCK_QUOTES])
def test_snapshot_when_a_part_cannot_be_read_then_unavailable(alpaca, api, market, failing):
    api.replace(responses.GET, failing, status=403, json=refusal("no"))
    with pytest.raises(BrokerUnavailable):
        alpaca.snapshot(APPLE)


PASSING = [
    *({"status": status} for status in (429, 500, 502, 503, 504)),
    {"body": requests.ConnectionError()},
]


@pytest.mark.parametrize("failure", PASSING)
def test_read_when_trouble_passes_then_answered(alpaca, api, failure):
    api.get(ACCOUNT, **failure)
    api.get(ACCOUNT, json=account())

    assert alpaca.account().cash == 50000


@pytest.mark.parametrize("failure", [PASSING[0], PASSING[-1]])
def test_read_when_trouble_stays_then_unavailable_after_two_more(alpaca, api, failure):
    api.get(ACCOUNT, **failure)
    with pytest.raises(BrokerUnavailable):
        alpaca.account()

    assert len(api.calls) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_read_when_refused_then_unavailable_at_once(alpaca, api, status):
    api.get(ACCOUNT, status=status, json=refusal("no"))
    with pytest.raises(BrokerUnavailable):
        alpaca.ping()

    assert len(api.calls) == 1


def test_read_when_told_to_wait_longer_than_there_is_time_then_unavailable_at_once(alpaca, api):
    api.get(ACCOUNT, status=429, headers={"Retry-After": "30"})
    with pytest.raises(BrokerUnavailable):
        alpaca.account()

    assert len(api.calls) == 1


def test_read_when_repeated_then_every_request_has_less_time_left(alpaca, api):
    api.get(ACCOUNT, status=503)
    with pytest.raises(BrokerUnavailable):
        alpaca.account()
    timeouts = [call.request.req_kwargs["timeout"] for call in api.calls]

    assert timeouts == sorted(timeouts, reverse=True)
    assert 2 >= timeouts[0] > timeouts[-1]


@pytest.mark.parametrize("body", ["<html>", "", "null", "[]", "{}", '{"status": "ACTIVE"}'])
def test_read_when_unreadable_then_unavailable(alpaca, api, body):
    api.get(ACCOUNT, body=body)
    with pytest.raises(BrokerUnavailable):
        alpaca.account()


@pytest.mark.parametrize(("paper", "live"), [(True, False), (False, True)])
def test_capabilities_when_real_money_then_live(paper, live):
    assert make_alpaca(paper=paper).capabilities.live is live
