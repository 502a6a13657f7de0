"""What a run of the past has set differently: a bot's keys, and how the simulated market treats orders."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from app.config import Settings
from app.dataclass import dataclass
from app.errors import InvalidRequest
from app.parsing import read_setting
from app.schemas.bot_pairs import BOT, read_pairs, split_pair
from app.schemas.operator import load

# Settings that belong to a run, beside those of the simulated market.
ALLOWED = ("idempotency_ttl_seconds", "stale_alert_seconds", "allow_short_selling", "market_hours_only")

# What a run of the past decides by itself.
FIXED = frozenset({"broker", "live", "analyst", "approval"})


@dataclass(frozen=True, slots=True)
class Differences:
    """Keys of every bot and settings of the environment, and both as they were written."""

    keys: dict[str, Any]
    settings: dict[str, Any]
    told: dict[str, str]


def read_differences(pairs: Sequence[str]) -> Differences:
    """Read KEY=VALUE pairs; raise InvalidRequest for a key that is neither."""
    told = dict(split_pair(pair) for pair in pairs)
    for name in FIXED & {name.lower() for name in told}:
        raise InvalidRequest(f"{name} cannot be set here: the past is played on paper, and nobody is asked.")
    for name in (name for name, text in told.items() if not text.strip()):
        raise InvalidRequest(f"{name} has no value.")
    settings = {item.name: item for item in fields(Settings) if _belongs(item.name)}
    environment = {name.upper(): text for name, text in told.items() if name.lower() in settings}
    of_bots = tuple(pair for pair in pairs if split_pair(pair)[0].lower() not in settings)
    try:
        read = {
            name: read_setting(item, environment)
            for name, item in settings.items()
            if name.upper() in environment
        }
    except ValueError as error:
        raise InvalidRequest(f"{error}.") from error
    return Differences(load(BOT, read_pairs(of_bots)), read, told)


def _belongs(name: str) -> bool:
    return name.startswith("paper_") or name in ALLOWED
