"""The operator's API: everything that the dashboard does."""

from typing import Any

from flask import Blueprint

from app.blueprints.authentication import operator
from app.blueprints.webhook import read_body
from app.errors import InvalidRequest, MalformedAlert
from app.schemas.body import read_object, within

bp = Blueprint("api", __name__, url_prefix="/api")
bp.before_request(operator)


def read_request(*, largest: int | None = None) -> dict[str, Any]:
    """Read the body as one JSON object; raise InvalidRequest, or BodyTooLarge where it is above `largest`."""
    body = read_body()
    try:
        return read_object(body if largest is None else within(body, largest))
    except MalformedAlert as error:
        raise InvalidRequest(error.message) from error


def read_optional() -> dict[str, Any]:
    """Read the body where there is one; raise InvalidRequest."""
    # Not by its length: of a body in chunks nobody knows it, and what it asks for must not be dropped.
    body = read_body()
    try:
        return read_object(body) if body.strip() else {}
    except MalformedAlert as error:
        raise InvalidRequest(error.message) from error
