"""What travels between the adapter and Alpaca: a broker to test, addresses and Alpaca's own objects."""

import json

from app.brokers.alpaca.broker import AlpacaBroker
from tests.brokers.builders import Clock

KEY, SECRET = "PKTESTKEY", "a-secret-that-must-not-be-seen"
TRADING, DATA = "http://trading.test", "http://data.test"
ORDERS = f"{TRADING}/v2/orders"
BY_CLIENT_ID = f"{TRADING}/v2/orders:by_client_order_id"
POSITIONS = f"{TRADING}/v2/positions"
ACCOUNT = f"{TRADING}/v2/account"
CLOCK = f"{TRADING}/v2/clock"
ASSETS = f"{TRADING}/v2/assets"
STOCK_QUOTES = f"{DATA}/v2/stocks/quotes/latest"
STOCK_TRADES = f"{DATA}/v2/stocks/trades/latest"
AT = "2025-03-03T15:00:00.668464435Z"
PARENT, TARGET, STOP, OTHER = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "1234")


def make_alpaca(clock: Clock | None = None, *, timeout_seconds: float = 2, **changes) -> AlpacaBroker:
    settings = {"paper": True, "trading_url": TRADING, "data_url": DATA}
    settings |= {"timeout_seconds": timeout_seconds, "clock": clock or Clock()}
    return AlpacaBroker(KEY, SECRET, **(settings | changes))


def row(client_order_id: str = "bot-x", **changes) -> dict:
    """An order object as Alpaca shows it."""
    return {
        "id": PARENT,
        "client_order_id": client_order_id,
        "created_at": AT,
        "submitted_at": AT,
        "replaced_by": None,
        "replaces": None,
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "notional": None,
        "qty": "10",
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": "",
        "type": "market",
        "side": "buy",
        "time_in_force": "day",
        "limit_price": None,
        "stop_price": None,
        "status": "accepted",
        "legs": None,
        **changes,
    }


def filled(**changes) -> dict:
    return {"status": "filled", "filled_qty": "10", "filled_avg_price": "100"} | changes


def target(**changes) -> dict:
    exits = {"id": TARGET, "side": "sell", "type": "limit", "limit_price": "110", "order_class": "bracket"}
    return row("server-target", **(exits | {"status": "held"} | changes))


def stop(**changes) -> dict:
    exits = {"id": STOP, "side": "sell", "type": "stop", "stop_price": "90", "order_class": "bracket"}
    return row("server-stop", **(exits | {"status": "held"} | changes))


def family(client_order_id: str = "bot-x", **changes) -> dict:
    """A bracket with both its legs under it."""
    return row(client_order_id, **({"order_class": "bracket", "legs": [target(), stop()]} | changes))


def oco(client_order_id: str = "bot-x", stop_changes: dict | None = None, **changes) -> dict:
    """A pair of exits: the order itself is the target, its leg the stop."""
    itself = {"order_class": "oco", "side": "sell", "type": "limit", "limit_price": "110"}
    legs = {"legs": [stop(order_class="oco", **(stop_changes or {}))]}
    return row(client_order_id, **(itself | legs | changes))


def echo(request):
    """Answer POST /v2/orders with the order that was sent."""
    sent = json.loads(request.body)
    known = {
        name: sent[name] for name in ("client_order_id", "side", "type", "qty", "notional") if name in sent
    }
    return 200, {}, json.dumps(row(**{"qty": None, **known}))


def account(**changes) -> dict:
    return {
        "status": "ACTIVE",
        "currency": "USD",
        "equity": "100000.5",
        "cash": "50000",
        "buying_power": "200000",
        "non_marginable_buying_power": "49000",
        "options_buying_power": "48000",
        "trading_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": False,
        **changes,
    }


def position(**changes) -> dict:
    return {
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "qty": "10",
        "side": "long",
        "avg_entry_price": "100",
        "current_price": "101",
        "unrealized_pl": "10",
        **changes,
    }


def asset(**changes) -> dict:
    facts = {"tradable": True, "status": "active", "fractionable": True, "shortable": True}
    return {"symbol": "AAPL", "class": "us_equity", **facts, **changes}


def quotes(bid: float, ask: float, symbol: str = "AAPL") -> dict:
    return {"quotes": {symbol: {"bp": bid, "ap": ask, "t": AT}}}


def trades(price: float, symbol: str = "AAPL") -> dict:
    return {"trades": {symbol: {"p": price, "t": AT}}}


def refusal(message: str, code: int = 40310000) -> dict:
    return {"code": code, "message": message}
