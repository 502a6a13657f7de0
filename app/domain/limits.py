"""The limits that hold for a bot: its own and the environment's, whichever is stricter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.domain.bot_keys import Limit, keys_of
from app.domain.bots import BotConfiguration
from app.domain.trading_windows import WindowText


@dataclass(frozen=True, slots=True)
class Limits:
    """What entries must keep to; None is no limit. Money is in the account's currency.

    `account_loss_limit` is for all bots at one broker together, everything else for each bot.
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

    @property
    def counts_entries(self) -> bool:
        """True when entries must be counted, over a day, over a while or at this moment."""
        counted = (
            self.daily_order_cap,
            self.daily_notional_cap,
            self.cooldown_seconds,
            self.max_open_positions,
        )
        return any(limit is not None for limit in counted)

    @property
    def limits_losses(self) -> bool:
        """True when it must be known what was lost since the session began."""
        losses = self.daily_loss_limit, self.max_consecutive_losses, self.account_loss_limit
        return any(limit is not None for limit in losses)

    @property
    def asks_hours(self) -> bool:
        """True when the broker must be asked about the market's hours."""
        return self.market_hours_only or bool(self.minutes_after_open or self.minutes_before_close)


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
