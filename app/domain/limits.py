"""The limits that hold for a bot: its own and the environment's, whichever is stricter."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from app.domain.bots import BotConfiguration


@dataclass(frozen=True, slots=True)
class Limits:
    """What entries must keep to; None is no limit. Money is in the account's currency."""

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


Number = TypeVar("Number", int, Decimal)


def effective_limits(ceiling: Limits, bot: BotConfiguration) -> Limits:
    """Combine the environment's ceiling with a bot's limits: a bot may be stricter, never looser."""
    return Limits(
        allow_short=ceiling.allow_short and bot.allow_short is not False,
        market_hours_only=ceiling.market_hours_only or bool(bot.market_hours_only),
        max_order_notional=_stricter(ceiling.max_order_notional, bot.max_order_notional),
        max_order_quantity=_stricter(ceiling.max_order_quantity, bot.max_order_quantity),
        daily_order_cap=_stricter(ceiling.daily_order_cap, bot.daily_order_cap),
        daily_notional_cap=_stricter(ceiling.daily_notional_cap, bot.daily_notional_cap),
        per_symbol_cap=_stricter(ceiling.per_symbol_cap, bot.per_symbol_cap),
        max_open_positions=bot.max_open_positions,
        cooldown_seconds=bot.cooldown_seconds,
        max_price_deviation_pct=bot.max_price_deviation_pct,
        stale_after_seconds=ceiling.stale_after_seconds,
    )


def _stricter(first: Number | None, second: Number | None) -> Number | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)
