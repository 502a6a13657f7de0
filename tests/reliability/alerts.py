"""Alerts as TradingView would send them: distinct, of both dialects, for several bots."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.reliability.server import WEBHOOK_SECRET, Service

PRICES = {"AAPL": 190, "MSFT": 410, "NVDA": 120, "BTCUSD": 60_000, "ETHUSD": 3_000}
SHORTED = {"TSLA": 250, "AMD": 150}
PROTECTED = {"META": 600}
LEVELS = {"long": 1, "flat": 0, "short": -1}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; its marker stands in its body and finds its ticket again."""

    marker: str
    path: str
    body: bytes


def marker_of(alert: dict[str, Any]) -> str | None:
    """Return the marker of an alert as a ticket keeps it."""
    marker: str | None = alert.get("strategy_order_comment") or alert.get("thesis")
    return marker


def strategy_alert(marker: str, secret: str = WEBHOOK_SECRET, **changes: Any) -> Alert:
    """Make a strategy alert; it enters long unless the changes say otherwise."""
    value = {
        "secret": secret,
        "symbol": "AAPL",
        "strategy_order_id": "long",
        "strategy_order_action": "buy",
        "strategy_order_contracts": "1",
        "strategy_order_price": "190.00",
        "strategy_order_comment": marker,
    }
    return Alert(marker, "/webhook", json.dumps(value | changes).encode())


def bridge_alert(marker: str, secret: str, **changes: Any) -> Alert:
    """Make a bridge alert for the fund `bridge`."""
    value = {
        "secret": secret,
        "strategy_id": "torture",
        "fund_id": "bridge",
        "symbol": "AAPL",
        "side": "buy",
        "quantity": 0.01,
        "order_type": "market",
        "thesis": marker,
    }
    return Alert(marker, "/tradingview/webhook", json.dumps(value | changes).encode())


@dataclass(frozen=True, slots=True)
class Bots:
    """The secrets of the bots that the alerts are for."""

    bridge: str
    shorts: str
    exits: str


def make_bots(server: Service) -> Bots:
    """Give the default bot and three more sizes that never exhaust the account."""
    server.configure_bot("default", notional="5")
    return Bots(
        bridge=server.create_bot("bridge", notional="5"),
        shorts=server.create_bot("shorts", notional="5", allow_short=True),
        exits=server.create_bot("exits", notional="5", attach_sl_tp=True),
    )


def stream(random: Random, bots: Bots, name: str) -> Iterator[Alert]:
    """Yield distinct alerts without end: entries and exits, brackets, bridge orders, reversals."""
    for number in itertools.count():
        marker = f"{name}-{number}"
        kind = random.random()
        if kind < 0.4:
            yield _strategy(random, marker, WEBHOOK_SECRET, PRICES)
        elif kind < 0.55:
            yield _strategy(random, marker, bots.exits, PROTECTED)
        elif kind < 0.75:
            yield _bridge(random, marker, bots.bridge)
        else:
            yield _target(random, marker, bots.shorts)


def _strategy(random: Random, marker: str, secret: str, prices: dict[str, int]) -> Alert:
    symbol = random.choice([*prices])
    return strategy_alert(
        marker,
        secret,
        symbol=symbol,
        strategy_order_action="sell" if random.random() < 0.3 else "buy",
        strategy_order_price=_price(random, prices[symbol]),
        **_own_key(random, marker),
    )


def _bridge(random: Random, marker: str, secret: str) -> Alert:
    symbol = random.choice(["AAPL", "MSFT"])
    changes: dict[str, Any] = {"symbol": symbol, "side": random.choice(["buy", "buy", "sell"])}
    if random.random() < 0.3:
        changes |= {"order_type": "limit", "limit_price": _price(random, PRICES[symbol])}
    return bridge_alert(marker, secret, **changes, **_own_key(random, marker))


def _target(random: Random, marker: str, secret: str) -> Alert:
    symbol = random.choice([*SHORTED])
    before, now = random.sample([*LEVELS], 2)
    return strategy_alert(
        marker,
        secret,
        symbol=symbol,
        strategy_order_id="reverse",
        strategy_order_action="buy" if LEVELS[now] > LEVELS[before] else "sell",
        strategy_order_price=_price(random, SHORTED[symbol]),
        market_position=now,
        prev_market_position=before,
        **_own_key(random, marker),
    )


def _price(random: Random, around: int) -> str:
    return f"{around * random.uniform(0.98, 1.02):.2f}"


def _own_key(random: Random, marker: str) -> dict[str, str]:
    """Let half of the alerts carry a key, their own or one of a few; the others are known by their bytes."""
    key = random.choice([f"key-{marker}", f"key-{random.randrange(10)}"])
    return {"idempotency_key": key} if random.random() < 0.5 else {}
