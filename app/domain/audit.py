"""What a line of the audit tells: who changed what, and what it was before."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from app.domain.json_codec import to_json
from app.domain.trading_state import StateSwitch

Fields: TypeAlias = Mapping[str, Any]

# What is told of a secret in the place of its value.
CHANGED = "changed"


class Actor(StrEnum):
    """Who changes something."""

    OPERATOR = "operator"
    VISITOR = "visitor"
    COMMAND_LINE = "command line"
    LINK = "approval link"
    LOGIN_LINK = "login link"
    CLOCK = "clock"
    CIRCUIT_BREAKER = "circuit breaker"
    ANALYST_FAILURES = "analyst failure limit"
    SETTINGS = "settings"


class Deed(StrEnum):
    """What was changed or ordered."""

    CREATE_BOT = "create_bot"
    CHANGE_BOT = "change_bot"
    DELETE_BOT = "delete_bot"
    ROTATE_SECRET = "rotate_secret"  # noqa: S105  # the name of a deed
    SET_TRADING_STATE = "set_trading_state"
    SET_CIRCUIT_BREAKER = "set_circuit_breaker"
    CLOSE_POSITION = "close_position"
    CLOSE_TRADE = "close_trade"
    CANCEL_ORDER = "cancel_order"
    END_EXIT = "end_exit"
    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    CLEAN_UP = "clean_up"
    RESET_PAPER_ACCOUNT = "reset_paper_account"
    SET_PAPER_PRICES = "set_paper_prices"
    SET_PAPER_CLOCK = "set_paper_clock"
    SET_PAPER_SWITCHES = "set_paper_switches"
    LOG_IN = "log_in"
    RENEW_TOKEN = "renew_token"  # noqa: S105  # the name of a deed
    BEGIN_SESSION = "begin_session"
    END_SESSION = "end_session"
    REFUSE_SESSION = "refuse_session"


def audited_switch(switch: StateSwitch) -> dict[str, Any]:
    """Return what the audit tells of a trading state, by the names that a bot has for it."""
    told: dict[str, Any] = to_json(switch)
    return {"state": told["state"], "state_reason": told["reason"], "state_until": told["until"]}


def differences(
    before: Fields | None, after: Fields | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return only the fields that differ; what came or went is told whole, beside None."""
    if before is None or after is None:
        return _copy(before), _copy(after)
    names = [name for name in {**before, **after} if _differ(name, before, after)]
    return _only(names, before), _only(names, after)


def _differ(name: str, before: Fields, after: Fields) -> bool:
    return (name in before, before.get(name)) != (name in after, after.get(name))


def _only(names: list[str], record: Fields) -> dict[str, Any]:
    return {name: record[name] for name in names if name in record}


def _copy(record: Fields | None) -> dict[str, Any] | None:
    return None if record is None else dict(record)
