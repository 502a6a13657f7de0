"""What Alpaca says of the single asset is known before an entry is sized; a preview says the same."""

from decimal import Decimal

import pytest

from tests.builders import ENTER_SHORT, strategy_alert

pytestmark = pytest.mark.integration


@pytest.fixture
def fake(alpaca_simulator):
    alpaca_simulator.market.move("WHOLE", Decimal(700))
    alpaca_simulator.market.move("PENNY", Decimal("0.5"))
    return alpaca_simulator


@pytest.fixture
def app(fake, app_at_alpaca):
    return app_at_alpaca(allow_short_selling=True)


@pytest.fixture
def told(operator, client):
    """Preview an alert, then post it; return what both said: status, code and the size of the first order."""

    def say(answer):
        order = answer.get("order") or next(iter(answer.get("orders", [])), {})
        code = (answer.get("error") or {}).get("code") or answer.get("reason")
        return code, None if code else order.get("quantity") or order.get("notional")

    def post(**changes):
        alert = strategy_alert(**{"strategy_order_contracts": None} | changes)
        previewed = operator.post("/api/preview", json=alert)
        return say(previewed.json), say(client.post("/webhook", json=alert).json)

    return post


@pytest.mark.parametrize(
    ("changes", "size"),
    [({}, "2"), ({"notional": "1500"}, "2"), ({"notional": "700"}, "1"), ({"base_order_pct": "0.05"}, "7")],
)
def test_own_size_when_the_asset_trades_whole_then_it_is_rounded_down(configure, told, changes, size):
    configure(**changes)

    assert told(symbol="WHOLE", strategy_order_price="700") == ((None, size), (None, size))


def test_own_size_when_less_than_one_whole_is_left_then_nothing_is_sent(configure, told, fake):
    configure(notional="500")

    assert told(symbol="WHOLE", strategy_order_price="700") == (("QUANTITY_ZERO", None),) * 2
    assert fake.sent("POST", "/v2/orders") == []


def test_named_size_when_the_asset_trades_whole_then_preview_and_order_refuse_it_alike(configure, told):
    configure(use_strategy_contracts=True)
    alert = {"symbol": "WHOLE", "strategy_order_price": "700", "strategy_order_contracts": "2.5"}

    assert told(**alert) == (("BROKER_REJECTED", None),) * 2


def test_entry_when_alpaca_would_refuse_it_then_preview_says_so_too(told, fake):
    fake.market.move("HARD", Decimal(20))
    previewed, posted = told(symbol="HARD", **ENTER_SHORT | {"strategy_order_price": "20"})

    assert previewed == posted == ("BROKER_REJECTED", None)


@pytest.mark.parametrize(("notional", "expected"), [("500", (None, "500")), ("4", ("QUANTITY_ZERO", None))])
def test_own_size_when_it_is_below_the_least_of_a_coin_then_it_is_denied_and_not_rejected(
    configure, told, notional, expected
):
    configure(notional=notional)

    assert told(symbol="BTCUSD", strategy_order_price="50000") == (expected, expected)


@pytest.mark.parametrize("symbol", ["ZZZZ", "GONE"])
def test_entry_when_alpaca_lists_no_such_name_then_it_is_called_that_and_no_missing_price(
    operator, client, symbol
):
    alert = strategy_alert(symbol=symbol, strategy_order_price="12.5")
    previewed, posted = operator.post("/api/preview", json=alert), client.post("/webhook", json=alert)

    assert previewed.json["reason"] == posted.json["error"]["code"] == "SYMBOL_UNKNOWN"
    assert f"alpaca lists no {symbol}" in posted.json["error"]["message"]


def test_entry_when_the_contract_has_expired_then_it_is_said(client):
    answer = client.post("/webhook", json=strategy_alert(symbol="AAPL250620C00100000")).json

    assert answer["error"]["code"] == "SYMBOL_UNKNOWN"
    assert "expired on 2025-06-20" in answer["error"]["message"]


def test_entry_when_alpaca_does_not_say_what_it_lists_then_nothing_is_claimed(client, fake):
    fake.inject("status", status=503, methods=("GET",), path="/v2/assets/ZZZZ")
    answer = client.post("/webhook", json=strategy_alert(symbol="ZZZZ")).json

    assert answer["error"]["code"] == "PRICE_UNKNOWN"


LEGS = {"attach_sl_tp": True, "use_strategy_contracts": True}


@pytest.fixture
def penny(configure, told, fake):
    """Buy a share that costs half a dollar, with legs so far away; return what was said and sent."""

    def buy(sl: str, tp: str):
        configure(**LEGS, sl_pct=sl, tp_pct=tp)
        said = told(symbol="PENNY", strategy_order_price="0.5", strategy_order_contracts="100")
        return said, [sent.get("order_class", "simple") for sent in fake.sent("POST", "/v2/orders")]

    return buy


def test_legs_when_they_are_nearer_than_a_cent_then_the_entry_goes_plain_and_the_price_is_watched(
    penny, fake, services, alpaca
):
    said, classes = penny("0.01", "0.02")
    fake.market.move("PENNY", Decimal("0.494"))
    services.supervisor.tick(everything=True)

    assert said == ((None, "100"), (None, "100"))
    assert (classes, alpaca.positions()) == (["simple"], [])


def test_legs_when_they_are_a_cent_away_then_they_go_with_the_entry(penny, alpaca):
    said, classes = penny("0.02", "0.04")

    assert (said[1], classes) == ((None, "100"), ["bracket"])
    assert len(alpaca.open_orders()) == 2


def test_exits_when_the_price_moves_off_then_they_rest_after_all(penny, fake, services, alpaca, clock):
    penny("0.01", "0.03")
    fake.market.move("PENNY", Decimal("0.505"))
    clock.move(seconds=10)
    services.supervisor.tick(everything=True)

    assert sorted(order.client_order_id[-3:] for order in alpaca.open_orders()) == ["-sl", "-tp"]
