"""`docs/bots.md`, from the fields of a bot's configuration and the schema that reads them."""

from dataclasses import Field, fields
from typing import Any

from marshmallow import fields as kinds
from marshmallow import validate

from app.domain.bots import BotConfiguration
from app.schemas.bot import BotSchema, Symbols
from app.schemas.fields import Amount, Word

HEAD = """# Keys of a bot

Written by `make docs` from the code. Set them with `flask bots set ID KEY=VALUE` or `PATCH /api/bots/{id}`.
Keys that end in `_pct` are fractions: 0.02 is 2 %. Money is in the account's currency. Limits concern entries
only, and never hold anybody in a position; null is no limit of the bot's own. Where a
[setting](settings.md) limits the same thing, the stricter of the two holds.

The state of a bot is set with `flask trading-state HALTED --bot ID` or `PUT /api/bots/{id}/trading-state`,
its secret with `flask bots rotate-secret ID` or `POST /api/bots/{id}/secret`.

| key | type | default | meaning |
|---|---|---|---|
"""
MEANINGS = {
    "name": "What people call it.",
    "broker": "Where its orders go; null is `DEFAULT_BROKER`.",
    "strategy": "A note of yours; nothing depends on it.",
    "base_order_pct": "Size of an entry as a fraction of the account's equity; the next two come first.",
    "use_strategy_contracts": "Entries have TradingView's own number of contracts.",
    "notional": "Size of an entry as an amount of money.",
    "risk_pct": "Size of an entry by its stop: the fraction of the account's equity that is lost there.",
    "risk_amount": "The same as an amount of money. Set one of the two, and neither of the two before.",
    "use_limit_orders": "Entries of strategy alerts are limit orders; a bridge alert says itself what it is.",
    "use_strategy_order_price": "The limit starts from the alert's price; false: from the market's.",
    "limit_offset_ticks": "Ticks that the limit is moved by; a positive offset is more eager on either side.",
    "attach_sl_tp": "Every position gets a stop-loss and a take-profit, at entry or after the fill.",
    "sl_pct": "Distance of the stop-loss from the entry's price.",
    "tp_pct": "Distance of the take-profit from the entry's price.",
    "use_avg_fill_for_sl_tp": "Exits stand around the average fill; false: around the alert's price.",
    "trailing_stop_pct": "The stop follows the best price since the entry at this distance, never back.",
    "break_even_pct": "Once the gain has been this much, the stop stands at the entry's price.",
    "cover_only": "The BUY of an option alert may only cover what was sold short; false lets it open.",
    "enable_global_sl_tp": "The next two drive its broker's circuit breaker; the strictest bot counts.",
    "global_sl_pct": "At this fraction of the base equity everything is sold and trading halts.",
    "global_tp_pct": "At this fraction of the base equity you get a message, or everything is sold.",
    "allow_short": "false forbids selling short; true and null need `ALLOW_SHORT_SELLING` as well.",
    "allowed_symbols": "The only symbols that it enters, in any notation; null is every symbol.",
    "max_order_notional": "Largest value of one order.",
    "max_order_quantity": "Largest number of units in one order.",
    "daily_order_cap": "Entries a day (UTC); 0 is none.",
    "daily_notional_cap": "Value of the entries of a day (UTC).",
    "per_symbol_cap": "Largest value of the account's position that an entry would lead to.",
    "max_open_positions": "Symbols that it may hold or wait for at one time.",
    "cooldown_seconds": "Seconds that must lie between two entries into one symbol.",
    "market_hours_only": "Entries only while the instrument's market is open.",
    "max_price_deviation_pct": "Largest distance of the alert's price from the market's.",
    "analyst": "Opinions on entries; one that is `required` may refuse or shrink. Trade ideas need one.",
    "approval": "A person's approval of entries: of all, or of those above `approval_above_notional`.",
    "approval_above_notional": "Value above which `approval: above_notional` asks; null: it asks always.",
    "exits": "A trade idea's target and stop become exits; `off`: its order is a plain one.",
    "live": "Real money may be used; needs `ALLOW_LIVE_TRADING` as well.",
}


def bots_page() -> str:
    """Return docs/bots.md."""
    schema = BotSchema()
    rows = (_row(item, schema.fields[item.name]) for item in fields(BotConfiguration))
    return HEAD + "".join(rows)


def _row(item: "Field[Any]", field: kinds.Field[Any]) -> str:
    kind = _kind(field) + (" or null" if field.allow_none else "")
    return f"| `{item.name}` | {kind} | {_default(item.default)} | {MEANINGS[item.name]} |\n"


def _default(value: Any) -> str:
    if value is None:
        return "`null`"
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{plain}`" if plain else "its id"


def _kind(field: kinds.Field[Any]) -> str:
    if isinstance(field, Word):
        return ", ".join(f"`{word}`" for word in field.words)
    if isinstance(field, kinds.Enum):
        return ", ".join(f"`{word.value}`" for word in field.enum)
    if isinstance(field, Symbols):
        return "symbols, by commas"
    if isinstance(field, Amount):
        return f"number{_range(field)}"
    return "whole number" if isinstance(field, kinds.Integer) else _plain(field)


def _plain(field: kinds.Field[Any]) -> str:
    return "true or false" if isinstance(field, kinds.Boolean) else "text"


def _range(field: Amount) -> str:
    limits = next((check for check in field.validators if isinstance(check, validate.Range)), None)
    least = " above 0" if field.positive else f" from {limits.min if limits else 0}"
    return f"{least} to {limits.max}" if limits and limits.max is not None else least
