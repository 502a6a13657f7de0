"""`/api/account/secret`: a new secret for the addresses of bot commands."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp
from app.blueprints.api.dangerous import before_new_secret
from app.domain.json_codec import to_json
from app.wiring.container import operations


@bp.post("/account/secret")
def rotate_account_secret() -> ResponseReturnValue:
    """Give the account a new secret; the old one works for a day more."""
    before_new_secret()
    secret, previous_valid_until = operations().account.rotate()
    return jsonify({"secret": secret, "previous_valid_until": to_json(previous_valid_until)})
