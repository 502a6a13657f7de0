"""The limits that hold for a bot: its own and the environment's, whichever is stricter."""

from collections.abc import Callable
from dataclasses import field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from app.dataclass import dataclass
from app.domain.bot_keys import Limit, keys_of
from app.domain.bots import BotConfiguration
from app.domain.trading_windows import WindowText


@dataclass(frozen=True, slots=True)
class Limits:
    """What entries must keep to; None is no limit. Money is in the account's currency.

    `account_loss_limit` is for all bots at one broker together, everything else for each bot. What of it is
    set at all is worked out once, since every alert asks: `counts_entries` (over a day, over a while or at
    this moment), `caps_entries`, `limits_losses`, `limits_times`, and `asks_hours` (of the market).
    """

    allow_short: bool = False
    market_hours_only: bool = False
    max_order_notional: Decimal | None = None
    max_order_quantity: Decimal | None = None
    daily_order_cap: int | None = None
    daily_notional_cap: Decimal | None = None
    per_symbol_cap: Decimal | None = None
    max_open_positions: int | None = None
    cooldown_seconds: int | None = None
    max_price_deviation_pct: Decimal | None = None
    trading_windows: tuple[WindowText, ...] | None = None
    minutes_after_open: int | None = None
    minutes_before_close: int | None = None
    daily_loss_limit: Decimal | None = None
    max_consecutive_losses: int | None = None
    account_loss_limit: Decimal | None = None
    stale_after_seconds: int | None = None

    counts_entries: bool = field(init=False)
    caps_entries: bool = field(init=False)
    limits_losses: bool = field(init=False)
    limits_times: bool = field(init=False)
    asks_hours: bool = field(init=False)

    def __post_init__(self) -> None:
        """Work out what of it is set."""
        made = self.daily_order_cap, self.daily_notional_cap, self.max_open_positions
        losses = self.daily_loss_limit, self.max_consecutive_losses, self.account_loss_limit
        asks_hours = self.market_hours_only or bool(self.minutes_after_open or self.minutes_before_close)
        times = self.trading_windows, self.cooldown_seconds or None
        # The dataclass is frozen: this is how its own fields are set.
        put = partial(object.__setattr__, self)
        put("counts_entries", _any_set(*made, self.cooldown_seconds))
        put("caps_entries", _any_set(*made, self.per_symbol_cap))
        put("limits_losses", _any_set(*losses))
        put("limits_times", asks_hours or _any_set(*times))
        put("asks_hours", asks_hours)


def _any_set(*limits: Any) -> bool:
    return any(limit is not None for limit in limits)


_LIMITING = {name: key.limit for name, key in keys_of(BotConfiguration).items() if key.limit is not None}


def effective_limits(ceiling: Limits, bot: BotConfiguration) -> Limits:
    """Combine the environment's ceiling with a bot's limits: a bot may be stricter, never looser."""
    own: dict[str, Any] = {
        name: _COMBINED[limit](getattr(ceiling, name), getattr(bot, name))
        for name, limit in _LIMITING.items()
    }
    return replace(ceiling, **own)


def ceilings(settings: object) -> dict[str, Any]:
    """Return what the environment's settings limit for every bot, by the names of the bots' keys."""
    keys = keys_of(BotConfiguration).items()
    return {name: getattr(settings, key.ceiling) for name, key in keys if key.ceiling is not None}


def _lower(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)


_COMBINED: dict[Limit, Callable[[Any, Any], Any]] = {
    Limit.LOWER: _lower,
    Limit.BOTH_ALLOW: lambda ceiling, own: ceiling and own is not False,
    Limit.EITHER_DEMANDS: lambda ceiling, own: ceiling or bool(own),
    Limit.OWN: lambda _, own: own,
}
