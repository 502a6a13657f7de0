"""`/api/refusals`: what was turned away at the door."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.domain.json_codec import to_json
from app.schemas.operator import RefusalQuerySchema, load
from app.wiring.container import observability

QUERY = RefusalQuerySchema()


@bp.get("/refusals")
def list_refusals() -> ResponseReturnValue:
    """List the last requests that were refused at the door, the newest first.

    Those of one address, route and code within a minute are one row that counts them.
    """
    query = load(QUERY, request.args)
    return jsonify({"refusals": to_json(observability().refusals.last(query["limit"], bot=query["bot"]))})
