"""`/api/reasons` and `/api/bots/schema`: words and keys that do not change while the service runs."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.domain.cures import CURES
from app.domain.reasons import Reason
from app.schemas.bot_rows import key_rows


@bp.get("/reasons")
def list_reasons() -> ResponseReturnValue:
    """List every reason code with its sentence and what to do about it."""
    rows = [{"code": reason.value, "sentence": reason.meaning, "cure": CURES[reason]} for reason in Reason]
    return jsonify({"reasons": rows})


@bp.get("/bots/schema")
def show_bot_schema() -> ResponseReturnValue:
    """List every key of a bot: its group, type, unit, default, bounds and meaning."""
    return jsonify({"keys": key_rows()})
