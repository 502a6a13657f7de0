"""`/api/openapi.json`: what can be called, made from the code that answers."""

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp


@bp.get("/openapi.json")
def describe() -> ResponseReturnValue:
    """Describe every route in OpenAPI 3.1."""
    # Twenty files of shapes and examples, which a start has no use for.
    from app.blueprints.api.openapi.document import build_document

    return jsonify(build_document(current_app))
