"""PickMyTrade: what `data` does to a position, sizes, kinds of order, and what is refused."""

from tests.foreign.rows import Row, changed

BASE = {
    "symbol": "AAPL",
    "date": "2026-06-02T14:22:00Z",
    "data": "buy",
    "quantity": "10",
    "risk_percentage": 0,
    "price": "190",
    "tp": 0,
    "sl": "0",
    "dollar_tp": 0,
    "dollar_sl": 0,
    "percentage_tp": 0,
    "percentage_sl": 0,
    "trail": 0,
    "trail_stop": 5,
    "update_tp": False,
    "update_sl": "false",
    "token": "the-services-own-token",
    "pyramid": False,
    "reverse_order_close": "true",
    "order_type": "MKT",
    "account_id": "SIM-1",
    "multiple_accounts": [
        {"token": "the-services-own-token", "account_id": "SIM-1", "quantity_multiplier": 1}
    ],
}


def row(name, orders=(), *, held="0", code=None, names=(), **changes):
    return Row(f"pickmytrade {name}", changed(BASE, **changes), orders, code, names, held)


ROWS = [
    row("enters long", ("buy 10",)),
    row("enters by the position", ("sell 10",), data="SHORT"),
    row("closes the other side first", ("buy 4", "buy 10"), held="-4"),
    row("adds nothing on the same side", held="4", code="POSITION_REACHED"),
    row("pyramids", ("buy 10",), held="4", pyramid=True),
    row("pyramids by its old name", ("buy 10",), held="4", pyramid=None, duplicate_position_allow="true"),
    row("ignores the same side", held="4", pyramid=True, same_direction_ignore=True, code="POSITION_REACHED"),
    row("meets the other side", ("buy 4", "buy 6"), held="-4", reverse_order_close=False),
    row("meets all of the other side", ("sell 10",), held="10", data="sell", reverse_order_close=None),
    row("closes", ("sell 4",), held="4", data="close", quantity=0),
    row("closes all, whatever the quantity", ("sell 4",), held="4", data="flat", quantity=1),
    row("closes although its entry's fields are odd", ("sell 4",), held="4", data="close", percentage_sl=400),
    row("closes nothing", data="close", code="POSITION_NONE"),
    row("risks a percentage", ("buy 100",), quantity=0, risk_percentage="1", dollar_sl=10),
    row("waits at a limit", ("buy 10 limit 180",), order_type="LMT", price=180),
    row("waits for its trigger", ("buy 10 stop 200",), order_type="STP", price="200"),
    row(
        "waits for trigger and limit",
        ("buy 10 stop_limit 201 200",),
        order_type="STPLMT",
        price=201,
        stp_limit_stp_price=200,
    ),
    row("is an old alert of few fields", ("buy 10",), date=None, order_type=None, multiple_accounts=None),
    row("has no size", quantity=0, names=("quantity", "risk_percentage")),
    row("has two sizes", risk_percentage=1, sl=180, names=("quantity",)),
    row("risks without a stop", quantity=0, risk_percentage=1, names=("sl", "needed")),
    row("has two stops", sl=180, percentage_sl=2, names=("percentage_sl", "sl")),
    row("has two targets", tp=200, dollar_tp=2, names=("dollar_tp", "tp")),
    row("trails", trail=1, names=("trail", "trailing_stop_pct")),
    row("moves to break-even", breakeven=5, names=("breakeven", "break_even_pct")),
    row("moves a stop alone", update_sl=True, sl=180, names=("update_sl",)),
    row("moves a target while it closes", data="close", update_tp="true", names=("update_tp",)),
    row("takes parts out", advance_tp_sl=[{"quantity": 1, "tp": 5}], names=("advance_tp_sl",)),
    row("ends by itself", gtd_in_second=30, names=("gtd_in_second",)),
    row("becomes a market order", order_type="LMT", lmt_to_market_wait=5, names=("lmt_to_market_wait",)),
    row("waits for a time", place_order_at="09:35", names=("place_order_at",)),
    row("picks an option", inst_type="OPT", names=("inst_type",)),
    row("names a strike", order_strike=190, names=("order_strike",)),
    row(
        "trades for two",
        multiple_accounts=[{"token": "a"}, {"token": "b"}],
        names=("multiple_accounts", "bot"),
    ),
    row(
        "multiplies",
        multiple_accounts=[{"token": "a", "quantity_multiplier": 2}],
        names=("multiple_accounts",),
    ),
    row("closes a leg", data="close", full_closed=False, comment="leg 1", names=("full_closed",)),
    row("has a limit order without a price", order_type="LMT", price=0, names=("price", "limit")),
    row("says something else", data="hold", names=("data", "buy")),
]
