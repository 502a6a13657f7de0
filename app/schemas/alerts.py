"""Which dialect an alert speaks, and what it means."""

from typing import Any

from marshmallow import Schema, ValidationError

from app.domain.signals import Dialect, Signal
from app.errors import MalformedAlert, MalformedIdea
from app.schemas.bridge import BridgeAlertSchema
from app.schemas.commands import BridgeCommandSchema, StrategyCommandSchema
from app.schemas.option import OptionAlertSchema
from app.schemas.strategy import StrategyAlertSchema
from app.schemas.trade_idea import SOURCE, TradeIdeaSchema

SCHEMAS: dict[Dialect, Schema] = {
    Dialect.STRATEGY: StrategyAlertSchema(),
    Dialect.BRIDGE: BridgeAlertSchema(),
    Dialect.OPTION: OptionAlertSchema(),
    Dialect.TRADE_IDEA: TradeIdeaSchema(),
}
COMMANDS: dict[Dialect, Schema] = {
    Dialect.STRATEGY: StrategyCommandSchema(),
    Dialect.BRIDGE: BridgeCommandSchema(),
}
# What makes a command of an alert, in every dialect.
COMMAND_MARK = "command"
SECRET_FIELDS = ("secret", "token")
# A field that stands in one dialect only tells it.
MARKS = {
    Dialect.STRATEGY: frozenset({"strategy_order_action", "strategy_order_id"}),
    Dialect.BRIDGE: frozenset({"fund_id", "strategy_id", "side", "order_type"}),
    Dialect.OPTION: frozenset({"strikeprice", "optionType"}),
}


def dialect_of(alert: dict[str, Any]) -> Dialect:
    """Tell the dialect by its fields; raise MalformedAlert when there is no mark of any."""
    for dialect, marks in MARKS.items():
        if not marks.isdisjoint(alert):
            return dialect
    if COMMAND_MARK in alert:
        return Dialect.STRATEGY
    if alert.get("source") == SOURCE:
        return Dialect.TRADE_IDEA
    raise MalformedAlert(
        "The alert has none of the fields that tell its dialect: strategy_order_action or "
        "command (strategy), fund_id (bridge), strikeprice (option), or source trade_idea."
    )


def schema_for(dialect: Dialect, alert: dict[str, Any]) -> Schema:
    """Return what an alert of a dialect is read by: a command is not read as an order, nor the reverse."""
    if COMMAND_MARK in alert and dialect in COMMANDS:
        return COMMANDS[dialect]
    return SCHEMAS[dialect]


def read_signal(dialect: Dialect, alert: dict[str, Any]) -> Signal:
    """Load an alert through its dialect's schema; raise MalformedAlert that names every bad field.

    Its secret, in whatever field it came, is none of the schema's business.
    """
    plain = {name: value for name, value in alert.items() if name not in SECRET_FIELDS}
    try:
        signal: Signal = schema_for(dialect, alert).load(plain)
    except ValidationError as error:
        malformed = MalformedIdea if dialect is Dialect.TRADE_IDEA else MalformedAlert
        raise malformed(_sentence(error), fields=error.messages_dict) from error
    return signal


def read_stored_signal(dialect: str, alert: dict[str, Any]) -> Signal:
    """Load an alert as the inbox keeps it."""
    return read_signal(Dialect(dialect), alert)


def _sentence(error: ValidationError) -> str:
    messages = error.messages_dict
    parts = (f"{name}: {' '.join(map(str, texts))}" for name, texts in sorted(messages.items()))
    return "The alert is malformed. " + "; ".join(parts)
