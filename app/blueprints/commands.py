"""Bot commands: the account's secret in the address, and answers in the shapes of their document."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import UNKNOWN, account_holder
from app.blueprints.door import guard
from app.blueprints.envelope import answer_with, failure
from app.blueprints.request_context import Opened
from app.blueprints.sources import allowed_source
from app.blueprints.webhook import read_body
from app.domain.json_codec import to_json
from app.domain.signals import own_words
from app.domain.tickets import TicketStatus
from app.errors import AppError, MalformedAlert
from app.logs import redact
from app.repositories.inbox import Answer
from app.schemas.body import read_object
from app.schemas.bot_command import ENTER, ENTRY, EXIT, command_alert, number_of
from app.schemas.reading import read_signal
from app.services.intake.arrivals import Alert
from app.wiring.container import operations, portfolio, services

# What has come to nothing, though it was carried out.
COME_TO_NOTHING = frozenset(
    status.value for status in (TicketStatus.SKIPPED, TicketStatus.FAILED, TicketStatus.EXPIRED)
)

bp = Blueprint("commands", __name__, url_prefix="/webhook/<secret>")


@bp.url_value_preprocessor
def _take_secret(_: str | None, values: dict[str, Any] | None) -> None:
    """Take the secret out of what views get: none of them has a use for it."""
    g.account_secret = (values or {}).pop("secret", "")
    g.is_exit = "/exit" in (request.url_rule.rule if request.url_rule is not None else "")


bp.before_request(allowed_source)
bp.before_request(account_holder)


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


@bp.post("/enter/<bot>")
def enter_by_settings(bot: str) -> ResponseReturnValue:
    """Enter what a bot's settings say; the body is optional and may say how many units.

    The answer comes as soon as the order is stored and the gates have passed; its price moves by itself.
    """
    return _carry_out(ENTER, bot=bot)


@bp.post("/enter")
def enter_by_legs() -> ResponseReturnValue:
    """Enter the legs that the body names, one to four; of each the nearest listed contract is taken."""
    return _carry_out(ENTER)


@bp.post("/exit/<trade>")
def exit_trade(trade: str) -> ResponseReturnValue:
    """Leave one trade, all of it or, with `trim`, a share of it."""
    return _carry_out(EXIT, trade=trade)


@bp.post("/exit")
def exit_by_rule() -> ResponseReturnValue:
    """Leave all trades of a bot, its newest or its oldest, or one trade or a share of it."""
    return _carry_out(EXIT)


def _carry_out(command: str, **in_address: str) -> ResponseReturnValue:
    if request.args:
        raise MalformedAlert("Nothing is read from the address behind `?`; write it into the body.")
    raw = read_body()
    body = read_object(raw) if raw.strip() or not in_address else {}
    g.dialect, g.alert = ENTRY.name, body
    alert = g.alert = command_alert(command, body, in_address)
    signal = read_signal(ENTRY, alert)
    number, trade = number_of(alert.get("bot")), number_of(alert.get("trade"))
    bot = g.bot = services().structures.targets.bot_of(number, trade)
    # One body to two addresses is two commands.
    address = "/".join([command, *in_address.values()])
    known_by = address.encode() + b"\n" + raw
    words = own_words(alert) | {"address": address}
    source, redacted = request.remote_addr or UNKNOWN, to_json(redact(alert))
    opened: Opened = g.opened
    handed = Alert(bot, signal, known_by, words, redacted, opened.request_id, source, opened.at)
    answer = opened.services.intake.alerts.accept(handed)
    payload = alert["legs"] if "legs" in alert else body or {name: alert[name] for name in in_address}
    return _answered(answer, _numbers(redact(payload)))


def _answered(answer: Answer, payload: Any) -> ResponseReturnValue:
    """Say in the document's shape what became of a command, or that it goes on."""
    said, ticket = answer.body, answer.body.get("ticket")
    is_going_on = answer.status == HTTPStatus.ACCEPTED
    if not is_going_on and (answer.status != HTTPStatus.OK or said["status"] in COME_TO_NOTHING):
        error = said.get("error") or {}
        code = said.get("reason") or error.get("code") or said["status"].upper()
        return jsonify(failure(code, error.get("message") or code, ticket=ticket)), HTTPStatus.BAD_REQUEST
    told = {"success": True, "id": ticket, "payload": payload, "status": said["status"]}
    told |= {name: said[name] for name in ("chosen", "closes") if name in said}
    if "closes" in said:
        told["closes"] = [row | {"units_closed": Decimal(row["units_closed"])} for row in said["closes"]]
        told["units_closed"] = sum(row["units_closed"] for row in told["closes"])
    response = jsonify(_numbers(told))
    response.headers.update(answer.headers)
    return response


def _structure(kind: Any) -> str:
    return "" if kind is None else kind.words


def _numbers(value: Any) -> Any:
    """Write decimals as JSON numbers, which this document promises and the operator's API does not."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _numbers(item) for name, item in value.items()}
    return [_numbers(item) for item in value] if isinstance(value, list) else value
