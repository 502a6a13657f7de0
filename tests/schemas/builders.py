from decimal import Decimal

STRATEGY = {
    "symbol": "AAPL",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": Decimal("10.5"),
    "strategy_order_price": "190.25",
}
BRIDGE = {
    "strategy_id": "breakout",
    "fund_id": "trend",
    "symbol": "BTC-USD",
    "side": "buy",
    "quantity": "0.05",
    "order_type": "market",
}
OPTION = {
    "symbol": "NSE:NIFTY",
    "strikeprice": 24500,
    "optionType": "CE",
    "expiry": "2026-01-29",
    "action": "SELL",
    "qty": 65,
}
MISSING = object()

# What no amount may be, and the start of what the owner is told.
BAD_AMOUNTS = [
    (True, "must be a number"),
    (False, "must be a number"),
    ("", "must be a number"),
    ("ten", "must be a number"),
    ("1_000", "must be a number"),
    ("1,000", "must be a number"),
    ("\u0661", "must be a number"),
    ("\uff11", "must be a number"),
    ("0x10", "must be a number"),
    ("{{strategy.order.contracts}}", "is still the placeholder {{strategy.order.contracts}}"),
    ("9" * 41, "must be a number"),
    ([1], "must be a number"),
    ({"a": 1}, "must be a number"),
    ("NaN", "must be a finite number"),
    ("Infinity", "must be a finite number"),
    ("-inf", "must be a finite number"),
    (-1, "must "),
    ("-0.000001", "must "),
    ("1e13", "must lie between"),
    (10**300, "must lie between"),
    (Decimal("1e-13"), "must lie between"),
    ("1e-400", "must lie between"),
]


def changed(alert, **changes):
    return {name: value for name, value in (alert | changes).items() if value is not MISSING}


def strategy(**changes):
    return changed(STRATEGY, **changes)


def bridge(**changes):
    return changed(BRIDGE, **changes)


def option(**changes):
    return changed(OPTION, **changes)
