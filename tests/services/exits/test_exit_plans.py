"""How long a position's protection lasts, and what another entry makes of it."""

from decimal import Decimal

import pytest

from tests.builders import WEBHOOK_SECRET, bridge_alert, client_of, strategy_alert

pytestmark = pytest.mark.integration
COIN = {"symbol": "BTCUSD", "strategy_order_contracts": "0.5", "strategy_order_price": "50000"}


@pytest.fixture
def rest(client):
    """Let an entry of coins wait below the market."""

    def place(price: str) -> dict:
        alert = bridge_alert(symbol="BTC-USD", quantity="0.1", order_type="limit", limit_price=price)
        return client.post("/tradingview/webhook", json=alert).json

    return place


@pytest.fixture
def protected(store):
    """Read the best price of everything that is protected."""
    return lambda: [document.value["best"] for document in store.list("exits/")]


def test_entry_when_the_next_one_is_rejected_then_its_exits_are_still_due(bot, rest, fake, watch, held):
    bot()
    rest("49000")
    fake.inject("status", status=403, methods=("POST",), times=1)
    rest("48000")
    fake.market.move("BTC/USD", Decimal(48900))
    watch()
    bought = held()
    fake.market.move("BTC/USD", Decimal(47000))
    watch()

    assert (bought, held()) == ({"BTC-USD": "0.1"}, {})


def test_entry_when_the_next_one_wants_no_exits_then_its_own_are_still_due(bot, rest, protected):
    bot()
    rest("49000")
    bot(attach_sl_tp=False)
    rest("48000")

    assert len(protected()) == 1


def test_entry_when_the_next_one_is_not_sent_then_its_exits_are_still_due(
    bot, rest, protected, make_app, alpaca
):
    bot()
    rest("49000")
    dry = make_app(brokers={"alpaca": alpaca}, default_broker="alpaca", dry_run=True)
    bot(attach_sl_tp=False)
    answer = client_of(dry, x_bot_secret=WEBHOOK_SECRET).post("/webhook", json=strategy_alert(**COIN))

    assert (answer.json["status"], len(protected())) == ("dry_run", 1)


@pytest.mark.parametrize("limit", ["40000", "60000"], ids=["waits", "fills"])
def test_add_when_a_stop_trails_then_it_does_not_go_back(bot, post, rest, fake, watch, protected, limit):
    bot(attach_sl_tp=False, trailing_stop_pct="0.05")
    post(**COIN)
    for price in (60_000, 58_000):
        fake.market.move("BTC/USD", Decimal(price))
        watch()
    rest(limit)
    watch()

    assert protected() == ["60000"]


def test_entry_when_an_earlier_position_is_gone_then_its_stop_trails_anew(bot, post, fake, watch, protected):
    bot(attach_sl_tp=False, trailing_stop_pct="0.05")
    post(**COIN)
    fake.market.move("BTC/USD", Decimal(60_000))
    watch()
    fake.exchange.account.holdings.clear()
    fake.market.move("BTC/USD", Decimal(50_000))
    post(**COIN)

    assert protected() == [None]


def test_add_when_it_rests_then_what_is_held_keeps_its_levels(bot, post, client, fake, watch, held):
    bot(use_avg_fill_for_sl_tp=False)
    post()
    alert = bridge_alert(symbol="AAPL", quantity="10", order_type="limit", limit_price="90")
    client.post("/tradingview/webhook", json=alert)
    watch()
    kept = held()
    fake.market.move("AAPL", Decimal("97.5"))
    watch()

    assert (kept, held()) == ({"AAPL": "10"}, {})


def test_add_when_it_rests_beside_no_exits_then_the_entry_is_what_they_stand_around(
    bot, post, client, watch, held
):
    bot(attach_sl_tp=False)
    post()
    bot(use_avg_fill_for_sl_tp=False)
    alert = bridge_alert(symbol="AAPL", quantity="10", order_type="limit", limit_price="90")
    client.post("/tradingview/webhook", json=alert)
    watch()

    assert held() == {"AAPL": "10"}
