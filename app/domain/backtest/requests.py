"""What a run of the past in the background is asked for."""

from dataclasses import field
from datetime import date

from app.dataclass import dataclass
from app.domain.bars import Adjustment


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """Which alerts, between which bars, and what is different.

    `alerts` and `bars` are the names of the files that came with it; without alerts those of this service's
    own days are played. `set` are keys of bots and settings, as they were written.
    Instead of files, bars may be those of a `broker`: so long (`timeframe`), adjusted for what, and of all
    hours if `extended`.
    """

    since: date | None = None
    until: date | None = None
    bot: str | None = None
    set: dict[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    symbol: str | None = None
    alerts: str | None = None
    bars: tuple[str, ...] = ()
    broker: str | None = None
    timeframe: str = "5m"
    adjust: Adjustment | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReplayRequest:
    """Which day's tickets, and what is different; `prompt` is the version of one that came with it."""

    date: date
    bot: str | None = None
    set: dict[str, str] = field(default_factory=dict)
    model: str | None = None
    prompt: str | None = None
