"""Option alerts for Fyers: sold to open, bought to cover, with and without exits."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.server import WEBHOOK_SECRET, Service
from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.instruments import Instrument, Listing

STOCKS = 2
PRICE = 100.0
STRIKES = 5


@dataclass(frozen=True, slots=True)
class BotPlan:
    """A bot: which of the contracts it trades, and how."""

    contracts: tuple[int, ...]
    configuration: dict[str, Any]
    kinds: tuple[str, ...] = ("market",)
    own_levels: bool = False

    @property
    def attaches(self) -> bool:
        """True when its positions want exits."""
        return bool(self.configuration.get("attach_sl_tp")) or self.own_levels


EXITS = {"live": True, "attach_sl_tp": True, "sl_pct": "0.01", "tp_pct": "0.02"}
PLANS = {
    "default": BotPlan((0, 1), {"live": True}),
    "attached": BotPlan((1, 2), EXITS),
    "limits": BotPlan((3,), EXITS, kinds=("market", "limit")),
    "levels": BotPlan((4,), {"live": True}, own_levels=True),
}


def contracts() -> list[Instrument]:
    """Return the options that are traded here, far from their last day."""
    listing = Listing(Clock(), STOCKS)
    days = listing.options(listing.master.underlyings["NIFTY"])
    calls = [option for option in days[sorted(days)[2]] if option.option_type == "CE"]
    middle = len(calls) // 2
    return calls[middle : middle + STRIKES]


def canonical(option: Instrument) -> str:
    """Return an option's name in the books."""
    return f"NIFTY{option.expiry:%y%m%d}C{int(option.strike * 1000):08}"


def make_bots(server: Service) -> dict[str, str]:
    """Make every bot of the plan; return their secrets."""
    server.configure_bot("default", **PLANS["default"].configuration)
    others = ((name, plan) for name, plan in PLANS.items() if name != "default")
    return {"default": WEBHOOK_SECRET} | {
        name: server.create_bot(name, **plan.configuration) for name, plan in others
    }


def stream(random: Random, secrets: dict[str, str], options: list[Instrument], name: str) -> Iterator[Alert]:
    """Yield distinct alerts without end."""
    for number in itertools.count():
        bot = random.choice([*PLANS])
        option, marker = options[random.choice(PLANS[bot].contracts)], f"{name}-{number}"
        yield option_alert(marker, secrets[bot], option, **_terms(random, PLANS[bot], option, marker))


def option_alert(marker: str, secret: str, option: Instrument, **changes: Any) -> Alert:
    """Make an alert that sells one lot unless the changes say otherwise."""
    value = {
        "token": secret,
        "symbol": "NSE:NIFTY",
        "strikeprice": option.strike,
        "optionType": "CE",
        "expiry": option.expiry.isoformat() if option.expiry is not None else "",
        "action": "SELL",
        "qty": option.lot,
        "thesis": marker,
    }
    return Alert(marker, "/webhook", json.dumps(value | changes).encode())


def _terms(random: Random, plan: BotPlan, option: Instrument, marker: str) -> dict[str, Any]:
    sells = random.random() < 0.55
    terms: dict[str, Any] = {
        "action": "SELL" if sells else "BUY",
        "qty": option.lot * random.choice([1, 1, 2]),
    }
    if random.choice(plan.kinds) == "limit":
        terms |= {"orderType": "LIMIT", "price": _price(random, 0.97, 1.03)}
    if plan.own_levels and sells:
        terms |= {"sl": _price(random, 1.08, 1.1), "tp": _price(random, 0.9, 0.92)}
    if random.random() < 0.5:
        terms["idempotency_key"] = f"key-{marker}"
    return terms


def _price(random: Random, low: float, high: float) -> float:
    return round(PRICE * random.uniform(low, high) * 20) / 20
