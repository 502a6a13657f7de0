"""A bot: a named trading configuration."""

import hashlib
import hmac
import re
from dataclasses import field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.bot_keys import Limit, Unit, key
from app.domain.structure_keys import StructureKeys
from app.domain.trading_state import StateSwitch, TradingState
from app.domain.trading_windows import WindowText

BOT_ID_WORDS = "1 to 48 letters, digits, dots, dashes or underscores"
# The operator's own orders stand under the first; the second is an address beside the bots' own.
TAKEN_BOT_IDS = ("operator", "schema")
BOT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,46}[A-Za-z0-9])?")
# Whose alerts are tests: it trades on paper alone.
TEST_BOT = "test"
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

    def rotated(self, digest: str, now: datetime) -> "BotSecrets":
        """Return them with a new secret; the one before counts until the overlap ends."""
        return BotSecrets(digest, now, self.digest, now + SECRET_OVERLAP, self.environment)

    def accept(self, digest: str, now: datetime) -> bool:
        """Compare in constant time with the secret, or with the one before while it still counts."""
        if hmac.compare_digest(digest, self.digest):
            return True
        if self.previous_digest is None or self.previous_valid_until is None:
            return False
        return now < self.previous_valid_until and hmac.compare_digest(digest, self.previous_digest)


@dataclass(frozen=True, slots=True)
class TradingKeys:
    """The keys of every bot; a None limit inherits the global one."""

    name: str = key("", "What people call it.")
    broker: str | None = key(None, "Where its orders go; null is `DEFAULT_BROKER`.")
    strategy: str | None = key(None, "A note of yours; nothing depends on it.")
    base_order_pct: Decimal = key(
        Decimal("0.02"),
        "Size of an entry as a fraction of the account's equity, where no other size is set.",
        unit=Unit.FRACTION,
        least=0,
        most=1,
    )
    use_strategy_contracts: bool = key(False, "Entries have TradingView's own number of contracts.")
    notional: Decimal | None = key(None, "Size of an entry as an amount of money.", unit=Unit.MONEY, above=0)
    risk_pct: Decimal | None = key(
        None,
        "Size of an entry by its stop: the fraction of the account's equity that is lost there.",
        unit=Unit.FRACTION,
        above=0,
        most=1,
    )
    risk_amount: Decimal | None = key(
        None,
        "The same as an amount of money. Set one of the two, and neither of the two before.",
        unit=Unit.MONEY,
        above=0,
    )
    use_limit_orders: bool = key(
        False, "Entries of strategy alerts are limit orders; a bridge alert says itself what it is."
    )
    use_strategy_order_price: bool = key(
        True, "The limit starts from the alert's price; false: from the market's."
    )
    limit_offset_ticks: int = key(
        0,
        "Ticks that the limit is moved by; a positive offset is more eager on either side.",
        unit=Unit.TICKS,
        least=-100_000,
        most=100_000,
    )
    attach_sl_tp: bool = key(
        False, "Every position gets a stop-loss and a take-profit, at entry or after the fill."
    )
    sl_pct: Decimal = key(
        Decimal("0.01"),
        "Distance of the stop-loss from the entry's price.",
        unit=Unit.FRACTION,
        above=0,
        most=1,
    )
    tp_pct: Decimal = key(
        Decimal("0.02"),
        "Distance of the take-profit from the entry's price.",
        unit=Unit.FRACTION,
        above=0,
        most=100,
    )
    use_avg_fill_for_sl_tp: bool = key(
        True, "Exits stand around the average fill; false: around the alert's price."
    )
    trailing_stop_pct: Decimal | None = key(
        None,
        "The stop follows the best price since the entry at this distance, never back.",
        unit=Unit.FRACTION,
        above=0,
        below=1,
    )
    break_even_pct: Decimal | None = key(
        None,
        "Once the gain has been this much, the stop stands at the entry's price.",
        unit=Unit.FRACTION,
        above=0,
        most=100,
    )
    cover_only: bool = key(
        True, "The BUY of an option alert may only cover what was sold short; false lets it open."
    )
    enable_global_sl_tp: bool = key(
        False, "The next two drive its broker's circuit breaker; the strictest bot counts."
    )
    global_sl_pct: Decimal = key(
        Decimal("0.80"),
        "At this fraction of the base equity everything is sold and trading halts.",
        unit=Unit.FRACTION,
        above=0,
        below=1,
    )
    global_tp_pct: Decimal = key(
        Decimal("1.20"),
        "At this fraction of the base equity you get a message, or everything is sold.",
        unit=Unit.FRACTION,
        above=1,
    )
    allow_short: bool | None = key(
        None,
        "false forbids selling short; true and null leave it to the setting.",
        limit=Limit.BOTH_ALLOW,
        ceiling="allow_short_selling",
    )
    allowed_symbols: tuple[str, ...] | None = key(
        None, "The only symbols that it enters, in any notation; null is every symbol."
    )
    max_order_notional: Decimal | None = key(
        None, "Largest value of one order.", unit=Unit.MONEY, limit=Limit.LOWER
    )
    max_order_quantity: Decimal | None = key(
        None,
        "Largest number of units in one order.",
        unit=Unit.UNITS,
        limit=Limit.LOWER,
        ceiling="max_order_quantity",
    )
    daily_order_cap: int | None = key(
        None, "Entries a day (UTC); 0 is none.", least=0, limit=Limit.LOWER, ceiling="daily_order_cap"
    )
    daily_notional_cap: Decimal | None = key(
        None,
        "Value of the entries of a day (UTC).",
        unit=Unit.MONEY,
        limit=Limit.LOWER,
        ceiling="daily_notional_cap",
    )
    per_symbol_cap: Decimal | None = key(
        None,
        "Largest value of the account's position that an entry would lead to.",
        unit=Unit.MONEY,
        limit=Limit.LOWER,
        ceiling="per_symbol_cap",
    )
    max_open_positions: int | None = key(
        None, "Symbols that it may hold or wait for at one time.", least=0, limit=Limit.OWN
    )
    cooldown_seconds: int | None = key(
        None,
        "Seconds that must lie between two entries into one symbol.",
        unit=Unit.SECONDS,
        least=0,
        limit=Limit.OWN,
    )
    market_hours_only: bool | None = key(
        None,
        "Entries only while the instrument's market is open.",
        limit=Limit.EITHER_DEMANDS,
        ceiling="market_hours_only",
    )
    daily_loss_limit: Decimal | None = key(
        None,
        "Loss since the account's midnight, of closed and open trades, at which entries end until the next.",
        unit=Unit.MONEY,
        above=0,
        limit=Limit.LOWER,
        ceiling="daily_loss_limit",
    )
    max_consecutive_losses: int | None = key(
        None,
        "Trades lost in a row since midnight at the account, at which its entries end until the next.",
        least=1,
        limit=Limit.OWN,
    )
    trading_windows: tuple[WindowText, ...] | None = key(
        None,
        "The only times of entries, like `mon-fri 09:45-15:30`, in the exchange's zone.",
        limit=Limit.OWN,
    )
    minutes_after_open: int | None = key(
        None, "No entries so soon after the market has opened.", unit=Unit.MINUTES, least=0, limit=Limit.OWN
    )
    minutes_before_close: int | None = key(
        None, "No entries so shortly before the market closes.", unit=Unit.MINUTES, least=0, limit=Limit.OWN
    )
    max_price_deviation_pct: Decimal | None = key(
        None, "Largest distance of the alert's price from the market's.", unit=Unit.FRACTION, limit=Limit.OWN
    )
    analyst: AnalystUse = key(
        AnalystUse.OFF,
        "Opinions on entries; one that is `required` may refuse or shrink. Trade ideas need one.",
    )
    approval: Approval = key(
        Approval.OFF, "A person's approval of entries: of all, or of those above `approval_above_notional`."
    )
    approval_above_notional: Decimal | None = key(
        None, "Value above which `approval: above_notional` asks; null: it asks always.", unit=Unit.MONEY
    )
    exits: IdeaExits = key(
        IdeaExits.ON, "A trade idea's target and stop become exits; `off`: its order is a plain one."
    )
    live: bool = key(False, "Real money may be used; needs `ALLOW_LIVE_TRADING` as well.")


@dataclass(frozen=True, slots=True)
class BotConfiguration(StructureKeys, TradingKeys):
    """What an owner sets: each key is declared in one of the two classes, and only there.

    Schema, limits, command line, OpenAPI and documentation are made from the declarations. Every `_pct` is a
    fraction (0.02 is 2 %).
    """


@dataclass(frozen=True, slots=True)
class Bot:
    """A stored bot: its configuration, its own kill switch and its secret's digests.

    `resumed_at` is when somebody last set it to ACTIVE: losses in a row before that count no more. `number`
    is its name in commands, for ever; 0 where it has none yet.
    """

    id: str
    secrets: BotSecrets
    created_at: datetime
    configuration: BotConfiguration = field(default_factory=BotConfiguration)
    switch: StateSwitch = field(default_factory=StateSwitch)
    resumed_at: datetime | None = None
    number: int = 0

    def switched(self, switch: StateSwitch, now: datetime) -> "Bot":
        """Return it with its kill switch thrown; to ACTIVE, it begins anew to count losses in a row."""
        resumed = now if switch.state is TradingState.ACTIVE else self.resumed_at
        return replace(self, switch=switch, resumed_at=resumed)
