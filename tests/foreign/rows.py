"""What stands in the tables of foreign alerts: a payload, what was held before, and what must come of it."""

from dataclasses import dataclass, field
from typing import Any

AAPL, BTC = "190", "64000"


@dataclass(frozen=True)
class Row:
    """One alert and what it comes to: `orders` are side, quantity and, where it is none of the market, type.

    `code` is why there is no order, `names` are words of a refusal for its shape. `bot` are keys of the bot.
    """

    name: str
    alert: dict[str, Any] | str
    orders: tuple[str, ...] = ()
    code: str | None = None
    names: tuple[str, ...] = ()
    held: str = "0"
    symbol: str = "AAPL"
    bot: dict[str, Any] = field(default_factory=dict)
    dialect: str | None = None


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an alert with other fields; None leaves one out."""
    return {name: value for name, value in (base | changes).items() if value is not None}
