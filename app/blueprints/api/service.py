"""`/api/logs` and `/api/settings`: what the service writes down, and how it is set up."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.schemas.dashboard import LogQuerySchema
from app.schemas.operator import load
from app.services.observability.activity_reader import Level, shown
from app.version import VERSION
from app.wiring.container import observability, operations

QUERY = LogQuerySchema()


@bp.get("/logs")
def list_activity() -> ResponseReturnValue:
    """List lines of `activity.log`, the newest first; `next` goes on behind the last one.

    The level is told by what happened. A page that searches may be short although more follows.
    """
    query = load(QUERY, request.args)
    level = None if query["level"] is None else Level(query["level"])
    page = observability().activity.page(**query | {"level": level})
    return jsonify(shown(page) | {"available": observability().activity.folder is not None})


@bp.get("/settings")
def list_settings() -> ResponseReturnValue:
    """List every setting with where its value comes from; of secrets only whether they are set.

    `warnings` are those of `/readyz` that need no broker.
    """
    rows = observability().settings()
    return jsonify({"version": VERSION, "settings": rows, "warnings": operations().health.warnings()})
