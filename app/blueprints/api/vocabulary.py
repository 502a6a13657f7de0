"""`/api/reasons` and `/api/bots/schema`: words and keys that do not change while the service runs."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.domain.cures import CURES
from app.domain.json_codec import to_json
from app.domain.limits import ceilings
from app.domain.reasons import Reason
from app.schemas.bot_rows import key_rows
from app.wiring.container import services


@bp.get("/reasons")
def list_reasons() -> ResponseReturnValue:
    """List every reason code with its sentence and what to do about it."""
    rows = [{"code": reason.value, "sentence": reason.meaning, "cure": CURES[reason]} for reason in Reason]
    return jsonify({"reasons": rows})


@bp.get("/bots/schema")
def show_bot_schema() -> ResponseReturnValue:
    """List every key of a bot: its group, type, unit, default, bounds and meaning."""
    settings = services().settings
    limits = to_json(ceilings(settings))
    rows = [row | {"ceiling_value": limits.get(row["name"])} for row in key_rows()]
    return jsonify({"keys": rows, "default_broker": settings.default_broker})
