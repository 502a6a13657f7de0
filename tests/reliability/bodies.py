"""Hypothesis strategies for what may arrive in place of an alert."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.reliability.alerts import bridge_alert, strategy_alert
from tests.reliability.server import WEBHOOK_SECRET

STRATEGY_PATH, BRIDGE_PATH = "/webhook", "/tradingview/webhook"

# Written into the JSON as they stand: some are no JSON at all.
NASTY_TOKENS = (
    "null",
    "true",
    "NaN",
    "-Infinity",
    "1e999",
    "1e-999",
    "1e400000000",
    "-0",
    "0",
    "-1",
    "0.00000000000000000001",
    "9" * 500,
    "9" * 5000,
    "1.0000000000000000000000000001",
    "[]",
    "{}",
    "[[[[[]]]]]",
    "[" * 900,
    '{"a":1,"a":2}',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\N{CYRILLIC CAPITAL LETTER A}APL"',
    '"\N{FULLWIDTH LATIN CAPITAL LETTER A}APL"',
    '"AAPL "',
    '"AAPL\\nMSFT"',
    '"1_000"',
    '"١٢"',
    '"0x10"',
    '"1e3"',
    '"Infinity"',
    '"{{strategy.order.action}}"',
    '"9999-12-31T23:59:59+23:59"',
    '"0001-01-01T00:00:00-23:59"',
    "1e18",
    "253402300800000",
    '"../../bots/default"',
    '"default"',
    '"operator"',
    '"BTCUSD.P"',
    '"ES1!"',
    '"AAPL240119C00190000"',
    '"AAPL991332C00190000"',
    '"EURUSD"',
    '"a/b/c"',
    '"buy"',
    '"SELL"',
    '"flat"',
    '"limit"',
    f'"{"x" * 300}"',
)
PRICED: dict[str, Any] = {
    "exchange": "NASDAQ",
    "strategy_order_id": "long",
    "time": "2026-06-02T14:22:00Z",
    "market_position": "long",
    "market_position_size": "2",
    "prev_market_position": "flat",
    "prev_market_position_size": "0",
    "idempotency_key": "k",
    "bot": "default",
}
BRIDGED: dict[str, Any] = {
    "fund_id": "default",
    "order_type": "limit",
    "limit_price": 190,
    "tif": "day",
    "actor": "a",
    "idempotency_key": "k",
}

markers = st.uuids().map(str)
strategies = st.builds(
    lambda marker, **changes: json.loads(strategy_alert(marker, **changes).body),
    markers,
    symbol=st.sampled_from(["AAPL", "BTCUSD", "EURUSD", "NASDAQ:MSFT"]),
    strategy_order_action=st.sampled_from(["buy", "sell"]),
    strategy_order_price=st.decimals("1", "10000", places=2).map(str),
)
bridges = st.builds(
    lambda marker, **changes: json.loads(bridge_alert(marker, WEBHOOK_SECRET, **changes).body),
    markers,
    fund_id=st.just("default"),
    side=st.sampled_from(["buy", "sell"]),
    quantity=st.decimals("0.01", "0.1", places=2).map(float),
)
whole_strategies = strategies.map(
    lambda alert: alert | PRICED | {"symbol": "AAPL", "idempotency_key": alert["strategy_order_comment"]}
)
whole_bridges = bridges.map(lambda alert: alert | BRIDGED | {"idempotency_key": alert["thesis"]})
cancels = st.fixed_dictionaries(
    {
        "secret": st.just(WEBHOOK_SECRET),
        "command": st.just("cancel"),
        "order": st.just("all") | markers,
        "symbol": st.sampled_from(["AAPL", "BTCUSD", "SPX"]),
        "idempotency_key": markers,
    },
    optional={"fund_id": st.just("default")},
)
modifies = st.fixed_dictionaries(
    {
        "secret": st.just(WEBHOOK_SECRET),
        "command": st.just("modify"),
        "order": markers,
        "limit_price": st.integers(1, 1000),
        "idempotency_key": markers,
    },
    optional={
        "fund_id": st.just("default"),
        "stop_price": st.just("90.5"),
        "quantity": st.decimals("0.01", "10", places=2).map(str),
    },
)
alerts = cancels | modifies | strategies | bridges | whole_strategies | whole_bridges

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals().map(str)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
tokens = st.sampled_from(NASTY_TOKENS) | values.map(json.dumps)
paths = st.sampled_from([STRATEGY_PATH, BRIDGE_PATH])


def path_of(alert: dict[str, Any]) -> str:
    """Return where an alert of this dialect is posted."""
    return BRIDGE_PATH if "fund_id" in alert else STRATEGY_PATH


def encode(alert: dict[str, Any], raw: dict[str, str] | None = None) -> bytes:
    """Write an alert as JSON with some values replaced by raw tokens."""
    written = {name: json.dumps(value) for name, value in alert.items()} | (raw or {})
    pairs = (f"{json.dumps(name)}:{token}" for name, token in written.items())
    return ("{" + ",".join(pairs) + "}").encode("utf-8", "surrogatepass")


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a valid alert with up to three values replaced or left out, one added, or bytes damaged."""
    alert = draw(alerts)
    path = path_of(alert)
    names = [name for name in alert if name != "secret"]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    kind = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add", "damage"]))
    if kind == "replace":
        return path, encode(alert, {name: draw(tokens) for name in chosen})
    if kind == "remove":
        return path, encode({name: value for name, value in alert.items() if name not in chosen})
    if kind == "add":
        return path, encode(alert, {draw(st.text() | st.sampled_from([*PRICED, *BRIDGED])): draw(tokens)})
    return path, draw(damaged(encode(alert)))


@st.composite
def damaged(draw: st.DrawFn, body: bytes) -> bytes:
    """Draw the bytes with some taken out and others put in."""
    place = draw(st.integers(0, len(body) - 1))
    return body[:place] + draw(st.binary(max_size=3)) + body[place + draw(st.integers(0, 3)) :]


requests = st.one_of(
    st.tuples(paths, st.binary(max_size=300)),
    st.tuples(paths, values.map(json.dumps).map(str.encode)),
    st.tuples(paths, alerts.map(encode)),
    mutants(),
    mutants(),
    mutants(),
)
