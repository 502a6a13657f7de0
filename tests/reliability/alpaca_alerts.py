"""Alerts for Alpaca: whole shares, fractions and coins, both directions, with and without exits."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.reliability.alerts import LEVELS, Alert, bridge_alert, strategy_alert
from tests.reliability.server import WEBHOOK_SECRET, Service

PRICES = {
    "AAPL": 100.0,
    "MSFT": 400.0,
    "SPY": 500.0,
    "TSLA": 250.0,
    "AMD": 150.0,
    "META": 600.0,
    "NVDA": 120.0,
    "GOOG": 160.0,
    "IBM": 220.0,
    "QQQ": 450.0,
    "ORCL": 130.0,
    "BTC/USD": 50_000.0,
    "ETH/USD": 2_500.0,
}
NAMES = {"BTC/USD": "BTCUSD", "ETH/USD": "ETHUSD"}


@dataclass(frozen=True, slots=True)
class BotPlan:
    """A bot: what it trades, in which sizes, and whether it is asked to turn round."""

    symbols: tuple[str, ...]
    sizes: tuple[str, ...]
    configuration: dict[str, Any]
    turns: bool = False

    @property
    def attaches(self) -> bool:
        """True when its positions want exits."""
        return any(self.configuration.get(name) for name in ("attach_sl_tp", "trailing_stop_pct"))

    @property
    def shorts(self) -> bool:
        """True when it may sell short."""
        return bool(self.configuration.get("allow_short"))


EXITS = {"attach_sl_tp": True, "sl_pct": "0.01", "tp_pct": "0.02"}
SIZED = {"use_strategy_contracts": True}
PLANS = {
    # `default` sends amounts of money and shares AAPL with `bridge`; `brackets` shares NVDA with `trails`.
    "default": BotPlan(("AAPL", "MSFT", "BTC/USD"), ("1",), {"notional": "50"}),
    "bridge": BotPlan(("AAPL",), ("0.3", "1", "2"), SIZED),
    "shorts": BotPlan(("TSLA", "AMD"), ("1", "2", "3"), SIZED | {"allow_short": True}, turns=True),
    "brackets": BotPlan(("META", "NVDA"), ("1", "3", "5"), SIZED | EXITS),
    "sides": BotPlan(("SPY", "IBM"), ("1", "2", "4"), SIZED | EXITS | {"allow_short": True}, turns=True),
    "limits": BotPlan(("QQQ",), ("2", "4"), SIZED | EXITS | {"use_limit_orders": True}),
    "fractions": BotPlan(("GOOG",), ("0.5", "1.5", "2.25"), SIZED | EXITS),
    "trails": BotPlan(
        ("ORCL", "NVDA"), ("2", "3"), SIZED | {"trailing_stop_pct": "0.01", "break_even_pct": "0.004"}
    ),
    "coins": BotPlan(
        ("ETH/USD",), ("0.01", "0.25", "1.5"), SIZED | EXITS | {"use_avg_fill_for_sl_tp": False}
    ),
}


def make_bots(server: Service) -> dict[str, str]:
    """Make every bot of the plan; return their secrets."""
    server.configure_bot("default", **PLANS["default"].configuration)
    others = ((name, plan) for name, plan in PLANS.items() if name != "default")
    made = {name: server.create_bot(name, **plan.configuration) for name, plan in others}
    return {"default": WEBHOOK_SECRET} | made


def stream(random: Random, secrets: dict[str, str], name: str) -> Iterator[Alert]:
    """Yield distinct alerts without end."""
    for number in itertools.count():
        bot = random.choice([*PLANS])
        plan, marker = PLANS[bot], f"{name}-{number}"
        make = _plain if bot == "bridge" else _kind(random, plan)
        yield make(random, marker, secrets[bot], plan)


Maker = Callable[[Random, str, str, BotPlan], Alert]


def _kind(random: Random, plan: BotPlan) -> Maker:
    if plan.turns:
        return random.choice([_turn, _turn, _resize])
    return random.choice([_trade, _trade, _resize])


def _trade(random: Random, marker: str, secret: str, plan: BotPlan) -> Alert:
    """Enter long or leave."""
    action = "sell" if random.random() < 0.35 else "buy"
    return _strategy(random, marker, secret, plan, strategy_order_action=action)


def _turn(random: Random, marker: str, secret: str, plan: BotPlan) -> Alert:
    """Go from one side, or none, to another; TradingView's reversing size contains what it closes."""
    before, now = random.sample([*LEVELS], 2)
    return _strategy(
        random,
        marker,
        secret,
        plan,
        strategy_order_id="reverse",
        strategy_order_action="buy" if LEVELS[now] > LEVELS[before] else "sell",
        market_position=now,
        prev_market_position=before,
    )


def _resize(random: Random, marker: str, secret: str, plan: BotPlan) -> Alert:
    """Add to a position or close a part of it."""
    now = random.choice(["long", "short"]) if plan.shorts else "long"
    before, after = random.choice([("2", "1"), ("4", "1"), ("1", "2")])
    if not plan.turns and plan.sizes[0] != "1":
        before, after = random.sample([*plan.sizes], 2)
    grows = float(after) > float(before)
    return _strategy(
        random,
        marker,
        secret,
        plan,
        strategy_order_id="resize",
        strategy_order_action="buy" if grows is (now == "long") else "sell",
        market_position=now,
        prev_market_position=now,
        market_position_size=after,
        prev_market_position_size=before,
    )


def _plain(random: Random, marker: str, secret: str, plan: BotPlan) -> Alert:
    symbol = random.choice(plan.symbols)
    changes: dict[str, Any] = {
        "symbol": symbol,
        "side": random.choice(["buy", "buy", "sell"]),
        "quantity": float(random.choice(plan.sizes)),
    }
    if random.random() < 0.4:
        changes |= {"order_type": "limit", "limit_price": _price(random, symbol)}
    return bridge_alert(marker, secret, **changes, **_own_key(random, marker))


def _strategy(random: Random, marker: str, secret: str, plan: BotPlan, **changes: Any) -> Alert:
    symbol = random.choice(plan.symbols)
    known = {
        "symbol": NAMES.get(symbol, symbol),
        "strategy_order_price": _price(random, symbol),
        "strategy_order_contracts": random.choice(plan.sizes),
    }
    return strategy_alert(marker, secret, **known, **changes, **_own_key(random, marker))


def _price(random: Random, symbol: str) -> str:
    return f"{PRICES[symbol] * random.uniform(0.98, 1.02):.2f}"


def _own_key(random: Random, marker: str) -> dict[str, str]:
    return {"idempotency_key": f"key-{marker}"} if random.random() < 0.5 else {}
