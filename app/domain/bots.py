"""A bot: a named trading configuration."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.trading_state import StateSwitch

BOT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,46}[A-Za-z0-9])?")
SECRET_OVERLAP = timedelta(hours=24)
SECRET_MAXIMUM_AGE = timedelta(days=90)


class AnalystUse(StrEnum):
    """Whether a model's opinion is asked for."""

    OFF = "off"
    ADVISORY = "advisory"
    REQUIRED = "required"


class Approval(StrEnum):
    """Whether a person must approve an order first."""

    OFF = "off"
    ALWAYS = "always"
    ABOVE_NOTIONAL = "above_notional"


class IdeaExits(StrEnum):
    """Whether a trade idea's target and stop become exits."""

    ON = "on"
    OFF = "off"


def secret_digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class BotSecrets:
    """The digests of a bot's secret and, until its overlap ends, of the one before.

    `environment` is the digest of the WEBHOOK_SECRET that was last adopted, so that a rotation outlives it.
    """

    digest: str
    created_at: datetime
    previous_digest: str | None = None
    previous_valid_until: datetime | None = None
    environment: str | None = None

    def accept(self, digest: str, now: datetime) -> bool:
        """Compare in constant time with the secret, or with the one before while it still counts."""
        if hmac.compare_digest(digest, self.digest):
            return True
        if self.previous_digest is None or self.previous_valid_until is None:
            return False
        return now < self.previous_valid_until and hmac.compare_digest(digest, self.previous_digest)


@dataclass(frozen=True, slots=True)
class BotConfiguration:
    """What an owner sets. Every `_pct` is a fraction (0.02 is 2 %); a None limit inherits the global one.

    Notional limits and `per_symbol_cap` are in the account's currency; `global_sl_pct` and `global_tp_pct`
    are multiples of the base equity.
    """

    name: str = ""
    broker: str | None = None
    strategy: str | None = None
    base_order_pct: Decimal = Decimal("0.02")
    use_strategy_contracts: bool = False
    notional: Decimal | None = None
    risk_pct: Decimal | None = None
    risk_amount: Decimal | None = None
    use_limit_orders: bool = False
    use_strategy_order_price: bool = True
    limit_offset_ticks: int = 0
    attach_sl_tp: bool = False
    sl_pct: Decimal = Decimal("0.01")
    tp_pct: Decimal = Decimal("0.02")
    use_avg_fill_for_sl_tp: bool = True
    trailing_stop_pct: Decimal | None = None
    break_even_pct: Decimal | None = None
    cover_only: bool = True
    enable_global_sl_tp: bool = False
    global_sl_pct: Decimal = Decimal("0.80")
    global_tp_pct: Decimal = Decimal("1.20")
    allow_short: bool | None = None
    allowed_symbols: tuple[str, ...] | None = None
    max_order_notional: Decimal | None = None
    max_order_quantity: Decimal | None = None
    daily_order_cap: int | None = None
    daily_notional_cap: Decimal | None = None
    per_symbol_cap: Decimal | None = None
    max_open_positions: int | None = None
    cooldown_seconds: int | None = None
    market_hours_only: bool | None = None
    max_price_deviation_pct: Decimal | None = None
    analyst: AnalystUse = AnalystUse.OFF
    approval: Approval = Approval.OFF
    approval_above_notional: Decimal | None = None
    exits: IdeaExits = IdeaExits.ON
    live: bool = False


@dataclass(frozen=True, slots=True)
class Bot:
    """A stored bot: its configuration, its own kill switch and its secret's digests."""

    id: str
    secrets: BotSecrets
    created_at: datetime
    configuration: BotConfiguration = field(default_factory=BotConfiguration)
    switch: StateSwitch = field(default_factory=StateSwitch)
