"""What changes a trade and stands where it was once passed over: within objects, under other names."""

from tests.foreign import pickmytrade_rows, traderspost_rows
from tests.foreign.other_rows import custom, free, line, strategy, tutorial

traderspost, pickmytrade = traderspost_rows.row, pickmytrade_rows.row
LIMIT = {"amount": "10", "currency_type": "base", "price": "180"}
OFF = {"enabled": False, "trigger_price_percent": 2}

ROWS = [
    traderspost("names a stop without a price", stopLoss={"type": "stop"}, names=("stopLoss", "stopPrice")),
    traderspost("leaves a stop's price empty", stopLoss={"type": "stop", "percent": ""}, names=("stopLoss",)),
    *(
        traderspost(f"waits by {name}", **{name: value}, names=(name, "timeInForce"))
        for name, value in (
            ("expiresAt", "2026-06-02T14:22:00Z"),
            ("cancelAfter", 30),
            ("rejectAfter", "30"),
            ("bidAskSpreadFilter", {"percent": 1}),
        )
    ),
    *(
        traderspost(f"names a put as {ticker}", ticker=ticker, names=("ticker", "put"))
        for ticker in ("spy 270624p596", "OPRA:SPY270624P596.0", "AMEX:SPY270624P596")
    ),
    traderspost("waits by nothing", ("buy 10",), cancelAfter=0, expiresAt=""),
    traderspost(
        "exits whatever an entry would wait for",
        ("sell 8",),
        held="8",
        action="exit",
        sentiment=None,
        quantity=None,
        cancelAfter=30,
        expiresAt="2026-06-02T14:22:00Z",
    ),
    traderspost("writes its kind of order as type", type="limit", names=("type", "orderType")),
    traderspost("has a type that is none of an order", ("buy 10",), type="strategy"),
    pickmytrade(
        "sizes one account",
        multiple_accounts=[{"token": "t", "quantity": 5}],
        names=("multiple_accounts", "quantity"),
    ),
    pickmytrade("turns into a market order later", lmt_to_market_wait=5, names=("lmt_to_market_wait", "MKT")),
    traderspost("trails by another name", trailing_sl=3, names=("trailing_sl",)),
    custom("names a price without a kind", order=LIMIT, names=("order.price", "order_type")),
    custom("names a price of a market order", ("buy 10",), order=LIMIT | {"order_type": "market"}),
    strategy("names a price", order=LIMIT, names=("order.price",)),
    strategy("has a stop that is switched off", ("buy 10",), stop_loss=OFF, take_profit={"enabled": "false"}),
    strategy("has a stop inside", info={"stop_loss": 180}, names=("strategy_info.stop_loss",)),
    free("is flat with the size of what is flat", ("sell 10",), held="10", action="flat", quantity="0"),
    *(
        traderspost(
            f"exits whatever its price {price}",
            ("sell 8",),
            held="8",
            action="exit",
            sentiment=None,
            quantity=None,
            signalPrice=price,
        )
        for price in ("NaN", "{{close}}", 0, "n/a")
    ),
    pickmytrade("closes without a price", ("sell 8",), held="8", data="close", price="NaN"),
    custom(
        "leaves without a price", ("sell 8",), held="8", action="exit_long", order=None, trigger_price="NaN"
    ),
    traderspost("enters without a price", signalPrice="NaN", names=("signalPrice", "NaN")),
    free("enters with nothing", quantity="0", names=("quantity", "greater than zero")),
    custom(
        "leaves with an amount of nothing", ("sell 10",), held="10", action="exit_long", order={"amount": "0"}
    ),
    custom("enters with nothing", order={"amount": 0}, names=("order.amount", "greater than zero")),
    strategy(
        "is flat with an amount of nothing",
        ("sell 10",),
        held="10",
        action="sell",
        order={"amount": "0"},
        info={"market_position": "flat", "market_position_size": "0", "prev_market_position": "long"},
    ),
    strategy("enters with nothing", order={"amount": "0"}, names=("order.amount", "greater than zero")),
    tutorial(
        "enters with nothing", order_contracts=0, names=("strategy.order_contracts", "greater than zero")
    ),
    free("writes its kind of order as type", ("buy 10 limit 180",), type="limit", limit_price=180),
    free("has a limit by its type alone", type="LIMIT", price=180, names=("limit_price",)),
    *(
        tutorial(f"has {name} inside", **{name: value}, names=(f"strategy.{name}",))
        for name, value in (
            ("stop_loss", 180),
            ("sl", 180),
            ("takeProfit", {"percent": 5}),
            ("order_type", "limit"),
            ("limit_price", 180),
            ("qty", 3),
            ("leverage", 5),
        )
    ),
    tutorial("has what decides nothing inside", ("buy 10",), order_comment="x", netprofit=5),
    tutorial(
        "leaves with a stop inside",
        ("sell 10",),
        held="10",
        order_action="sell",
        market_position="flat",
        market_position_size=0,
        position_size=0,
        prev_market_position="long",
        prev_market_position_size=10,
        stop_loss=180,
    ),
    tutorial(
        "is flat with nothing ordered",
        ("sell 10",),
        held="10",
        order_action="sell",
        order_contracts="0",
        order_price="NaN",
        market_position="flat",
        market_position_size="0",
        position_size="0",
        prev_market_position="long",
        prev_market_position_size=10,
    ),
    tutorial(
        "miswrites its position",
        ("sell 10",),
        held="10",
        order_action="sell",
        order_contracts=4,
        position_size=None,
        market_position=None,
        market_position_size=None,
        prev_market_position=None,
        prev_market_position_size=None,
        **{"position:size": 0},
    ),
    line("close all", held="5", names=("all", "NYSE:ALL")),
    line("exit all", held="5", names=("all",)),
    line("sell all", held="5", names=("all",)),
    line("buy AAPL 10 market limit 180", names=("market",)),
    line("buy AAPL 10 stop 200 market", names=("market",)),
]
