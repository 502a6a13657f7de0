"""Alerts and commands that enter and leave structures of options, for several bots."""

import itertools
import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.reliability.alerts import Alert, strategy_alert
from tests.reliability.server import Service

ACCOUNT_SECRET = "6f3d2c1b-0a98-4e76-b543-210fedcba987"
PRICES = {"AAPL": 190, "MSFT": 410, "NVDA": 120, "KO": 70}
# Ladders that end within seconds, and rules that the moving market reaches.
COMMON = {
    "days_to_expiry": 5,
    "strike_by": "percent",
    "strike_value": "0.03",
    "ladder": "fast",
    "ladder_give_pct": "1",
    "max_open_trades": 4,
}
BOTS: dict[str, dict[str, Any]] = {
    "condors": {
        "underlying": "AAPL",
        "structure": "iron_condor",
        "wing_width": "5",
        "contracts": 3,
        "profit_target_pct": "0.3",
        "stop_loss_pct": "1",
    },
    "spreads": {
        "underlying": "MSFT",
        "structure": "bull_put_spread",
        "wing_width": "10",
        "contracts": 2,
        # On a Friday it enters what expires that day, and is there when something happens to it.
        "days_to_expiry": 1,
        "let_expire": True,
    },
    "calls": {
        "underlying": "NVDA",
        "structure": "long_call",
        "contracts": 5,
        "stop_loss_pct": "0.5",
    },
    "wheel": {"underlying": "KO", "structure": "cash_secured_put", "days_to_expiry": 1, "let_expire": True},
}
# What is sold of these is secured by cash, and stands alone by intention.
SECURED = frozenset({"KO"})
# Sixty commands a minute are taken; one more blocks for five minutes.
COMMAND_PAUSE_SECONDS = 1.5
LONGEST_PAUSE_SECONDS = 1.2


def make_bots(server: Service) -> dict[str, str]:
    """Make a bot for each structure; return their secrets."""
    return {name: server.create_bot(name, **COMMON | keys) for name, keys in BOTS.items()}


def numbers(server: Service) -> dict[str, int]:
    """Return the numbers by which commands name the bots."""
    rows = server.call("GET", f"/webhook/{ACCOUNT_SECRET}/bots").body["data"]
    return {row["name"]: row["id"] for row in rows if row["name"] in BOTS}


def alerts(random: Random, secrets: dict[str, str], name: str) -> Iterator[Alert]:
    """Yield strategy alerts without end: rather more entries than exits."""
    for number in itertools.count():
        bot = random.choice([*BOTS])
        action = "buy" if random.random() < 0.7 else "sell"
        yield strategy_alert(
            f"{name}-{number}",
            secrets[bot],
            symbol=BOTS[bot]["underlying"],
            strategy_order_action=action,
            strategy_order_price=str(PRICES[BOTS[bot]["underlying"]]),
        )
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))


def commands(random: Random, known: dict[str, int], name: str) -> Iterator[Alert]:
    """Yield bot commands without end, at a pace that is allowed."""
    for count in itertools.count():
        marker = f"{name}-{count}"
        number = random.choice([*known.values()])
        body: dict[str, Any] = {"idempotency_key": marker}
        if random.random() < 0.6:
            path = f"enter/{number}"
            body |= {"quantity": random.randint(1, 4)}
        else:
            path = "exit"
            body |= {"bot": number, "close": random.choice(["all", "newest", "oldest"])}
        yield Alert(marker, f"/webhook/{ACCOUNT_SECRET}/{path}", json.dumps(body).encode())
        time.sleep(COMMAND_PAUSE_SECONDS)
