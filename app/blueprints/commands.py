"""Bot commands: the account's secret in the address, and answers in the shapes of their document."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import account_holder, allowed_source
from app.blueprints.door import guard
from app.blueprints.envelope import answer_with
from app.errors import AppError
from app.wiring.container import operations, portfolio, services

bp = Blueprint("commands", __name__, url_prefix="/webhook/<secret>")


@bp.url_value_preprocessor
def _take_secret(_: str | None, values: dict[str, Any] | None) -> None:
    """Take the secret out of what views get: none of them has a use for it."""
    g.account_secret = (values or {}).pop("secret", "")
    g.is_exit = "/exit" in (request.url_rule.rule if request.url_rule is not None else "")


bp.before_request(allowed_source)
bp.before_request(account_holder)


def failure(code: str, message: str, *, ticket: str | None = None) -> dict[str, Any]:
    """Return the document's shape of a failure; without a ticket nothing of the request was stored."""
    return {"success": False, "id": ticket, "reason": code, "message": message}


def _answer_failure(error: AppError) -> ResponseReturnValue:
    return answer_with(error, failure(error.code, error.message))


guard(bp, _answer_failure)


@bp.get("/bots")
def list_bots() -> ResponseReturnValue:
    """List every bot by its number, which commands name it by."""
    rows = [
        {
            "id": bot.number,
            "name": bot.configuration.name or bot.id,
            "strategy": bot.configuration.strategy or _structure(bot.configuration.structure),
        }
        for bot, _ in operations().bots.all()
    ]
    return jsonify({"success": True, "user": services().settings.account_email or "", "data": rows})


@bp.get("/trades")
def list_trades() -> ResponseReturnValue:
    """List every open trade of every bot; prices and gains are per unit, as the clock saw them last."""
    return jsonify({"success": True, "trades": [_numbers(row) for row in portfolio().open_trades.rows()]})


def _structure(kind: Any) -> str:
    return "" if kind is None else kind.words


def _numbers(value: Any) -> Any:
    """Write decimals as JSON numbers, which this document promises and the operator's API does not."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _numbers(item) for name, item in value.items()}
    return [_numbers(item) for item in value] if isinstance(value, list) else value
