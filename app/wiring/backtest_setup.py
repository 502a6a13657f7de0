"""What a run of the past is set up with: today's bots and settings, and what is different."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.config import Settings
from app.dataclass import dataclass
from app.domain.bots import TEST_BOT, BotConfiguration
from app.repositories.bots import BotDirectory
from app.services.backtest.day_replay import RecordedAnalyst
from app.wiring.backtest_settings import Differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a backtest is set up: the settings and bots of today, and what is different.

    `settings` and `keys` are the differences, of the environment and of every bot; `told` are both as they
    were written. `only`: the bot that all alerts are for.
    """

    environment: Settings
    bots: Sequence[tuple[str, BotConfiguration]]
    settings: Mapping[str, Any]
    keys: Mapping[str, Any]
    told: Mapping[str, str]
    only: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySetup:
    """Today's bots and settings, and what is different."""

    environment: Settings
    bots: Sequence[tuple[str, BotConfiguration]]
    settings: Mapping[str, Any]
    keys: Mapping[str, Any]
    analyst: RecordedAnalyst


def setup_of(
    environment: Settings, bots: BotDirectory, differences: Differences, *, only: str | None
) -> Setup:
    """Return today's bots and settings with what is set differently; raise NotFound if `only` is none."""
    if only is not None:
        bots.get(only)
    return Setup(
        environment=environment,
        bots=todays_bots(bots),
        settings=differences.settings,
        keys=differences.keys,
        told=differences.told,
        only=only,
    )


def todays_bots(bots: BotDirectory) -> list[tuple[str, BotConfiguration]]:
    """Return every bot that somebody made."""
    return [(each.id, each.configuration) for each, _ in bots.all() if each.id != TEST_BOT]
