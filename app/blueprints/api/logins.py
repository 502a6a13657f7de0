"""`/api/logins`: how the logins stand that people have to renew."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.wiring.container import operations


@bp.get("/logins")
def list_logins() -> ResponseReturnValue:
    """Show, by broker, whether its login is good and until when."""
    return jsonify({"logins": operations().health.show_logins()})
