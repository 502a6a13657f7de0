"""What every answer must have, by the examples in Fyers' documentation; and what does not fit."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

Fields = Mapping[str, type | tuple[type, ...]]
NUMBER = (int, float)
SUCCESS = frozenset({200, 201, 1101, 1102, 1103})
FAILURES = frozenset({-1, -5, -8, -15, -16, -17, -50, -51, -53, -99, -300, -310, -352, -429, -437, -501, 404})
STATUSES = {401: {-8, -15, -16, -17}, 403: {-50}, 429: {-429}}
MOMENT = re.compile(r"\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d")
TAG = re.compile(r"1:[A-Za-z0-9]{1,30}|2:Untagged")


def fields(texts: str = "", wholes: str = "", numbers: str = "", flags: str = "") -> dict[str, Any]:
    kinds = ((texts, str), (wholes, int), (numbers, NUMBER), (flags, bool))
    return {name: kind for names, kind in kinds for name in names.split()}


ENVELOPE = fields("s message", "code")
ORDER = fields(
    "clientId id id_fyers exchOrdId parentId fyToken symbol message orderDateTime orderValidity pan "
    "productType source ex_sym description orderNumStatus orderTag",
    "qty remainingQuantity filledQty discloseQty disclosedQty dqQtyRem type exchange segment instrument side "
    "status slNo",
    "limitPrice stopPrice tradedPrice ch chp lp takeProfit stopLoss",
    "offlineOrder",
)
TRADE = fields(
    "clientId orderDateTime orderNumber exchangeOrderNo fyToken productType tradeNumber symbol orderTag",
    "exchange side segment orderType tradedQty row",
    "tradePrice tradeValue",
)
POSITION = fields(
    "symbol id productType fyToken crossCurrency",
    "netQty qty side buyQty sellQty slNo segment exchange cfBuyQty cfSellQty dayBuyQty daySellQty",
    "avgPrice netAvg realized_profit unrealized_profit pl ltp buyAvg buyVal sellAvg sellVal rbiRefRate "
    "qtyMulti_com",
)
POSITIONS = fields("", "count_total count_open", "pl_total pl_realized pl_unrealized")
HOLDING = fields(
    "holdingType fyToken symbol isin",
    "quantity remainingQuantity id exchange segment qty_t1 remainingPledgeQuantity collateralQuantity",
    "costPrice marketVal pl ltp",
)
HOLDINGS = fields("", "count_total", "total_investment total_current_value total_pl pnl_perc")
FUND = fields("title", "id", "equityAmount commodityAmount")
QUOTE = fields(
    "short_name exchange description original_name symbol fyToken tt",
    "volume",
    "ch chp lp spread ask bid open_price high_price low_price prev_close_price atp",
)
DEPTH = fields(
    "expiry",
    "totalbuyqty totalsellqty ltq ltt v oi pdoi",
    "o h l c chp tick_Size ch ltp atp lower_ckt upper_ckt oipercent",
    "oiflag",
) | {"bids": list, "ask": list}
LEVEL = fields("", "volume ord", "price")
CHAIN_ROW = fields(
    "fyToken option_type symbol",
    "oi oich prev_oi volume",
    "ask bid ltp ltpch ltpchp oichp strike_price",
)
EXPIRY = fields("date expiry expiry_flag")
SPAN = fields("", "", "span expo total benefit")
STATUS = fields("market_type status", "exchange segment")
PROFILE = fields("fy_id name", "", "", "totp ddpi_enabled mtf_enabled")
TOKENS = ENVELOPE | fields("access_token")

# path: what the envelope has, the list in it, what its members have
LISTS: dict[str, tuple[str, Fields]] = {
    "/api/v3/orders": ("orderBook", ORDER),
    "/api/v3/tradebook": ("tradeBook", TRADE),
    "/api/v3/positions": ("netPositions", POSITION),
    "/api/v3/holdings": ("holdings", HOLDING),
    "/api/v3/funds": ("fund_limit", FUND),
    "/data/marketStatus": ("marketStatus", STATUS),
}
OVERALL: dict[str, Fields] = {"/api/v3/positions": POSITIONS, "/api/v3/holdings": HOLDINGS}
ENVELOPES: dict[tuple[str, str], Fields] = {
    ("POST", "/api/v3/validate-authcode"): TOKENS | fields("refresh_token"),
    ("POST", "/api/v3/validate-refresh-token"): TOKENS,
    ("PATCH", "/api/v3/orders/sync"): ENVELOPE | fields("id"),
    ("DELETE", "/api/v3/orders/sync"): ENVELOPE | fields("id"),
    ("POST", "/api/v3/multileg/orders/sync"): ENVELOPE | fields("id"),
    ("POST", "/api/v2/span_margin"): ENVELOPE | {"data": dict},
    ("GET", "/api/v3/profile"): ENVELOPE | {"data": dict},
    ("GET", "/data/depth"): {"s": str, "d": dict, "message": str},
}


# Whoever looks every second is told the same again and again.
@lru_cache(maxsize=256)
def misfits(method: str, path: str, status: int, content: bytes) -> tuple[str, ...]:
    """Return what is wrong with an answer; a redirect has nothing to be wrong."""
    if status == 302:
        return ()
    try:
        body = json.loads(content)
    except ValueError:
        return (f"{method} {path}: no JSON",)
    found = failure(status, body) if status != 200 else success(method, path, body)
    return tuple(f"{method} {path}: {each}" for each in found)


def failure(status: int, body: Any) -> Iterator[str]:
    yield from lacks(body, ENVELOPE, "error")
    code = body.get("code")
    if body.get("s") != "error" or code not in FAILURES:
        yield f"{code} is no code of a failure"
    if status in STATUSES and code not in STATUSES[status]:
        yield f"{code} does not come with {status}"


def success(method: str, path: str, body: Any) -> Iterator[str]:
    yield from lacks(
        body, ENVELOPES.get((method, path), {"s": str} if "data" not in body else {}), "envelope"
    )
    if path == "/data/history":
        yield from candles(body)
        return
    if body.get("s", "ok") != "ok" or body.get("code", 200) not in SUCCESS:
        yield "an envelope of success says it is none"
    if method == "GET" and path in LISTS:
        name, members = LISTS[path]
        yield from lacks(body, ENVELOPE | {name: list}, "envelope")
        for member in body.get(name, []):
            yield from lacks(member, members, name)
        yield from lacks(body.get("overall"), OVERALL.get(path, {}), "overall")
    yield from special(path, body)


def special(path: str, body: dict[str, Any]) -> Iterator[str]:
    match path:
        case "/api/v3/orders":
            yield from (f"order {order['id']} is odd" for order in body["orderBook"] if is_odd(order))
        case "/api/v3/profile":
            yield from lacks(body["data"], PROFILE, "profile")
        case "/data/quotes":
            for quote in body["d"]:
                yield from lacks(quote["v"], QUOTE if quote["s"] == "ok" else {"code": int}, "quote")
        case "/data/depth":
            for depth in body["d"].values():
                yield from lacks(depth, DEPTH, "depth")
                for level in (*depth["bids"], *depth["ask"]):
                    yield from lacks(level, LEVEL, "level")
        case "/api/v2/span_margin":
            yield from lacks(body["data"], SPAN, "margin")
        case "/data/options-chain-v3":
            yield from chain(body["data"])


def candles(body: dict[str, Any]) -> Iterator[str]:
    if body["s"] != ("ok" if body["candles"] else "no_data"):
        yield "a history says something else than it has"
    yield from (f"candle {row} is none" for row in body["candles"] if not is_candle(row))


def is_candle(row: Any) -> bool:
    """True of time, open, high, low, close and volume."""
    return isinstance(row, list) and len(row) == 6 and all(isinstance(figure, NUMBER) for figure in row)


def chain(data: dict[str, Any]) -> Iterator[str]:
    rows, days = data["optionsChain"], data["expiryData"]
    for row in rows:
        yield from lacks(row, CHAIN_ROW, "optionsChain")
    for day in days:
        yield from lacks(day, EXPIRY, "expiryData")
    if rows[0]["option_type"] != "" or {row["option_type"] for row in rows[1:]} != {"CE", "PE"}:
        yield "a chain is the underlying and its options"


def is_odd(order: dict[str, Any]) -> bool:
    """True when an order contradicts itself."""
    fits = MOMENT.fullmatch(order["orderDateTime"]) and TAG.fullmatch(order["orderTag"])
    right = (
        order["status"] in {1, 2, 4, 5, 6, 7} and order["side"] in {1, -1} and order["type"] in {1, 2, 3, 4}
    )
    filled = order["status"] != 2 or order["filledQty"] == order["qty"]
    return not (fits and right and filled and order["orderNumStatus"] == f"{order['id']}:{order['status']}")


def lacks(body: Any, wanted: Fields, where: str) -> Iterator[str]:
    """Yield each field that is missing or of a wrong type; True is no number."""
    if not isinstance(body, dict):
        if wanted:
            yield f"{where} is no object"
        return
    for name, kind in wanted.items():
        value = body.get(name)
        if name not in body or not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield f"{where}.{name} is {value!r}"
