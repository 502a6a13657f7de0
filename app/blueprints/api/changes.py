"""`/api/changes`: what to ask for anew, told from memory."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.domain.json_codec import to_json
from app.schemas.dashboard import ChangesQuerySchema
from app.schemas.operator import load
from app.wiring.container import observability

QUERY = ChangesQuerySchema()


@bp.get("/changes")
def list_changes() -> ResponseReturnValue:
    """Count how often each topic has changed; ask as often as you like.

    Neither the store nor a broker is asked. `changed` names the topics that differ from those of `after`.
    """
    seen = observability().changes.since(load(QUERY, request.args)["after"])
    return jsonify(to_json(seen))
