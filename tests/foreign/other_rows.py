"""OpenAlgo, 3Commas, tradingview-webhooks-bot, the tutorials' payload and plain lines."""

from datetime import UTC, datetime

from tests.foreign.rows import Row, changed

NOW = datetime.now(UTC).isoformat(timespec="seconds")

OPENALGO = {
    "apikey": "the-services-own-key",
    "strategy": "TradingView Strategy",
    "symbol": "BTCUSD",
    "action": "buy",
    "exchange": "CRYPTO",
    "pricetype": "MARKET",
    "product": "MIS",
    "quantity": "0.5",
    "price": "0",
    "trigger_price": "0",
    "disclosed_quantity": "0",
}
HOOK = {"symbol": "AAPL", "action": "BUY"}
CUSTOM = {
    "secret": "the-services-own-secret",
    "bot_uuid": "3f1c7d0a-0000-4000-8000-000000000000",
    "tv_exchange": "NASDAQ",
    "tv_instrument": "AAPL",
    "trigger_price": "190",
    "action": "enter_long",
    "order": {"amount": "10", "currency_type": "base"},
}
STRATEGY = changed(
    CUSTOM,
    action="buy",
    max_lag="3000",
    timestamp=NOW,
    strategy_info={"market_position": "long", "market_position_size": "10", "prev_market_position": "flat"},
)
WEBHOOKS_BOT = {"key": "WebhookReceived:the-bots-own-key", "symbol": "AAPL", "action": "buy", "quantity": 10}
TUTORIAL = {
    "passphrase": "the-tutorials-own-phrase",
    "time": "2026-06-02T14:22:00Z",
    "exchange": "NASDAQ",
    "ticker": "AAPL",
    "bar": {"open": 189, "high": 191, "low": 188, "close": 190, "volume": 1000},
}
NESTED = {
    "order_action": "buy",
    "order_contracts": 10,
    "order_price": 190,
    "order_id": "breakout",
    "market_position": "long",
    "market_position_size": 10,
    "prev_market_position": "flat",
    "prev_market_position_size": 0,
    "position_size": 10,
}


def openalgo(name, orders=(), *, held="0", code=None, names=(), **changes):
    return Row(f"openalgo {name}", changed(OPENALGO, **changes), orders, code, names, held, "BTC-USD")


def hook(name, orders=(), *, held="0", code=None, names=(), **changes):
    return Row(f"openalgo hook {name}", HOOK | changes, orders, code, names, held, dialect="openalgo")


def custom(name, orders=(), *, held="0", code=None, names=(), **changes):
    return Row(f"3commas {name}", changed(CUSTOM, **changes), orders, code, names, held)


def strategy(name, orders=(), *, held="0", code=None, names=(), info=None, **changes):
    told = {"strategy_info": STRATEGY["strategy_info"] | (info or {})}
    alert = changed(STRATEGY, **told | changes)
    return Row(f"3commas strategy {name}", alert, orders, code, names, held)


def free(name, orders=(), *, held="0", code=None, names=(), bot=None, **changes):
    alert = changed(WEBHOOKS_BOT, **changes)
    return Row(f"webhooks_bot {name}", alert, orders, code, names, held, bot=bot or {})


def tutorial(name, orders=(), *, held="0", code=None, names=(), top=None, **changes):
    alert = changed(TUTORIAL | {"strategy": changed(NESTED, **changes)}, **(top or {}))
    return Row(f"tutorial {name}", alert, orders, code, names, held)


def line(text, orders=(), *, held="0", code=None, names=(), bot=None, symbol="AAPL"):
    return Row(f"text {text}", text, orders, code, names, held, symbol, bot or {})


FLAT_FORM = changed(TUTORIAL, order_action="buy", order_contracts=10, mar_pos="long", mar_pos_size=10)
OPENALGO_ROWS = [
    openalgo("places an order", ("buy 0.5",)),
    openalgo("places one more", ("buy 0.5",), held="0.5"),
    openalgo("sells from a long", ("sell 0.5",), held="1", action="SELL"),
    openalgo("waits at a limit", ("buy 0.5 limit 60000",), pricetype="LIMIT", price="60000"),
    openalgo(
        "waits for trigger and limit",
        ("buy 0.5 stop_limit 66000 65000",),
        pricetype="SL",
        price="66000",
        trigger_price="65000",
    ),
    openalgo("waits for its trigger", ("buy 0.5 stop 65000",), pricetype="SL-M", trigger_price="65000"),
    openalgo("reaches a position", ("buy 0.5",), position_size="0.5"),
    openalgo(
        "reaches it from the other side",
        ("sell 1", "sell 0.5"),
        held="1",
        action="SELL",
        position_size="-0.5",
    ),
    openalgo("reaches it from below", ("buy 0.3",), held="0.2", position_size="0.5"),
    openalgo("reaches it from above, whatever the action", ("sell 0.5",), held="1", position_size="0.5"),
    openalgo("is there already", held="0.5", position_size="0.5", code="POSITION_REACHED"),
    openalgo("reaches flat", ("sell 1",), held="1", action="SELL", position_size="0"),
    openalgo("orders plainly where flat is wanted and held", ("buy 0.5",), position_size="0"),
    openalgo("has no quantity", quantity="0", names=("quantity",)),
    openalgo("lacks its trigger", pricetype="SL-M", names=("trigger_price", "needed")),
    openalgo("hides a part", disclosed_quantity="1", names=("disclosed_quantity",)),
    openalgo("trades elsewhere", exchange="MCX", names=("exchange", "NSE")),
    openalgo("brings a stop", stop_loss="60000", names=("stop_loss", "sl_pct")),
    Row(
        "openalgo names an Indian option",
        changed(OPENALGO, exchange="NFO", symbol="NIFTY28MAR3024800CE", quantity="75"),
        code="SYMBOL_MASTER_MISSING",
    ),
    hook("enters long", ("buy 10.526315789",)),
    hook("leaves a long", ("sell 4",), held="4", action="SELL"),
    hook("opens no short", action="SELL", code="POSITION_NONE"),
    hook("adds nothing", held="4", code="POSITION_REACHED"),
    hook("reaches a position", ("buy 6",), held="4", position_size=10),
    hook("reaches a short", ("sell 10",), action="SELL", position_size=-10),
    hook("is flat", ("sell 4",), held="4", action="SELL", position_size="0"),
    hook("contradicts itself", position_size=-5, names=("position_size", "side")),
    hook("has a quantity", quantity=5, names=("quantity",)),
]
THREECOMMAS_ROWS = [
    custom("enters long", ("buy 10",)),
    custom("adds nothing", held="4", code="POSITION_REACHED"),
    custom("enters short", ("sell 10",), action="enter_short"),
    custom("exits long", ("sell 4",), held="4", action="exit_long", order=None),
    custom(
        "exits a percentage",
        ("sell 2",),
        held="4",
        action="exit_long",
        order={"amount": 50, "currency_type": "position_percent"},
    ),
    custom(
        "exits no part of it",
        held="4",
        action="exit_long",
        order={"amount": 0, "currency_type": "position_percent"},
        names=("order.amount", "greater than zero"),
    ),
    custom("exits short", ("buy 4",), held="-4", action="exit_short", order=None),
    custom("exits no other side", held="-4", action="exit_long", code="POSITION_NONE"),
    custom("spends an amount", ("buy 10",), order={"amount": 1900, "currency_type": "quote"}),
    custom(
        "waits at a limit",
        ("buy 10 limit 180",),
        order={"amount": 10, "currency_type": "base", "order_type": "limit", "price": 180},
    ),
    custom("comes too late", max_lag=300, timestamp="2026-01-01T00:00:00Z", code="ALERT_STALE"),
    custom("disables", action="disable", names=("action", "operator")),
    custom("closes by a sub-action", positions_sub_action="market_close", names=("positions_sub_action",)),
    custom("spends margin", order={"amount": 5, "currency_type": "margin_percent"}, names=("currency_type",)),
    custom(
        "takes parts out",
        take_profit={
            "enabled": True,
            "steps": [{"price_percent": 1, "volume_percent": 50}, {"price_percent": 2, "volume_percent": 50}],
        },
        names=("take_profit.steps",),
    ),
    custom(
        "trails",
        stop_loss={"enabled": True, "trigger_price_percent": 2, "trailing": {"enabled": True}},
        names=("stop_loss.trailing", "trailing_stop_pct"),
    ),
    custom("has a price by percent", order={"amount": 1, "price_percent": 1}, names=("order.price_percent",)),
    custom("has no time for its lag", max_lag=300, names=("timestamp",)),
    custom("has leverage", leverage=10, names=("leverage",)),
    strategy("enters", ("buy 10",)),
    strategy(
        "turns round",
        ("sell 4", "sell 10"),
        held="4",
        action="sell",
        info={"market_position": "short", "prev_market_position": "long"},
        order={"amount": 14},
    ),
    strategy("is flat", ("sell 4",), held="4", action="sell", info={"market_position": "flat"}),
    strategy("is there already", held="10", code="POSITION_REACHED"),
    strategy("says no position", names=("market_position",), strategy_info=None),
]
WEBHOOKS_BOT_ROWS = [
    free("buys", ("buy 10",)),
    free(
        "buys by other names",
        ("buy 10",),
        symbol=None,
        ticker="AAPL",
        action=None,
        side="long",
        quantity=None,
        qty=10,
    ),
    free("sells a part", ("sell 10",), held="14", action="sell"),
    free("closes", ("sell 4",), held="4", action="close", quantity=None),
    free("leaves the size to the bot", ("buy 1",), quantity=None, bot={"notional": "190"}),
    free("waits at a limit", ("buy 10 limit 180",), order_type="limit", limit_price=180),
    free("lets what it does not know be", ("buy 10",), message="hello"),
    free("has a limit and no kind", limit_price=180, names=("limit_price",)),
    free("trails", trail=5, names=("trail",)),
    free("has leverage", leverage=3, names=("leverage",)),
]
TUTORIAL_ROWS = [
    tutorial("enters", ("buy 10",)),
    tutorial("catches up with what was missed", ("buy 6",), held="4"),
    tutorial(
        "turns round",
        ("sell 10", "sell 5"),
        held="10",
        order_action="sell",
        order_contracts=15,
        market_position="short",
        market_position_size=5,
        prev_market_position="long",
        position_size=-5,
    ),
    tutorial(
        "is flat",
        ("sell 10",),
        held="10",
        order_action="sell",
        market_position="flat",
        market_position_size=0,
        position_size=0,
    ),
    tutorial(
        "orders plainly without a position",
        ("buy 10",),
        market_position=None,
        market_position_size=None,
        prev_market_position=None,
        prev_market_position_size=None,
        position_size=None,
    ),
    tutorial(
        "says the position by its sign alone", ("buy 10",), market_position=None, market_position_size=None
    ),
    Row("tutorial is flat in form", FLAT_FORM, ("buy 10",)),
    tutorial("contradicts itself", position_size=-10, names=("position_size", "market_position")),
    tutorial(
        "says no size",
        market_position=None,
        position_size=None,
        order_contracts=None,
        names=("order_contracts",),
    ),
    tutorial("brings a stop", top={"stop_loss": 180}, names=("stop_loss",)),
    tutorial("says the size outside", top={"quantity": 5}, names=("quantity", "strategy.order_contracts")),
    tutorial("has no side", order_action="hold", names=("strategy.order_action",)),
]
TEXT_ROWS = [
    line("buy AAPL 10", ("buy 10",)),
    line("  BUY 10 AAPL\n", ("buy 10",)),
    line("buy AAPL 10 limit 180 sl 170 tp 200 gtc", ("buy 10 limit 180",)),
    line("buy AAPL 10 stop 200", ("buy 10 stop 200",)),
    line("buy AAPL $1900", ("buy 10",)),
    line("buy AAPL", ("buy 1",), bot={"notional": "190"}),
    line("sell AAPL 4", ("sell 4",), held="10"),
    line("sell AAPL 14", ("sell 10",), held="10", code="SHORT_DISABLED", bot={"allow_short": False}),
    line("sell AAPL 4 ", held="0", code="SHORT_DISABLED", bot={"allow_short": False}),
    line("sell AAPL 14", ("sell 10", "sell 4"), held="10"),
    line("close AAPL", ("sell 10",), held="10"),
    line("close AAPL 50%", ("sell 5",), held="10"),
    line("exit AAPL 4", ("sell 4",), held="10"),
    line("close BTCUSD", code="POSITION_NONE"),
    line("buy AAPL 10\nsell AAPL 5", names=("more than one line",)),
    line("buy AAPL ten", names=("not understood", "line 1, column 10")),
    line("buy AAPL 1,000", names=("line 1, column 10", "a number has a comma in it")),
    line("buy AAPL 1 limit 1,900.50", names=("line 1, column 18", "a number has a comma in it")),
    line("buy 10", names=("symbol is missing",)),
    line("buy AAPL 10 limit", names=("price is missing",)),
    line("buy AAPL 10 sl 180 sl 170", names=("twice",)),
    line("close AAPL sl 180", names=("no sl",)),
    line("sell AAPL $500", names=("units",)),
    line("buy AAPL 10%", names=("percentage",)),
    line("buy AAPL 10 leverage 5", names=("not understood",)),
    line("buy AAPL 0", names=("greater than zero",)),
]
ROWS = [*OPENALGO_ROWS, *THREECOMMAS_ROWS, *WEBHOOKS_BOT_ROWS, *TUTORIAL_ROWS, *TEXT_ROWS]
