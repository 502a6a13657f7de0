"""One envelope for every error, and one place that makes it."""

import logging
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from app.blueprints.request_context import request_id
from app.errors import AppError, TooManyRequests
from app.logs import mask_known

CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE", 400: "REQUEST_INVALID"}
COMMANDS = "/webhook/"
STATUS_WORDS = {503: "unavailable", 422: "rejected"}

_logger = logging.getLogger(__name__)


def error_body(code: str, message: str, *, status: str = "error") -> dict[str, Any]:
    """Return the envelope of an error."""
    # A sentence may name a field, and a field's name may be the secret that was put there.
    error = {"code": code, "message": mask_known(message)}
    return {"status": status, "error": error, "request_id": request_id()}


def failure(code: str, message: str, *, ticket: str | None = None) -> dict[str, Any]:
    """Return the failure of a bot command; without a ticket nothing of the request was stored."""
    return {"success": False, "id": ticket, "reason": code, "message": mask_known(message)}


def register_error_handlers(app: Flask) -> None:
    """Answer every error in the one envelope, without saying anything of the inside."""
    app.register_error_handler(AppError, answer_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, _unforeseen)


def answer_error(error: AppError) -> ResponseReturnValue:
    """Answer one of our own errors."""
    body = error_body(error.code, error.message, status=STATUS_WORDS.get(error.status, "error"))
    if "fields" in error.details:
        body["error"]["fields"] = error.details["fields"]
    return answer_with(error, _by_document(body))


def answer_with(error: AppError, body: dict[str, Any]) -> ResponseReturnValue:
    """Answer one of our own errors with a body that its caller's document promises."""
    response = jsonify(body)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status >= 500:  # noqa: PLR2004  # server errors
        _logger.error("%s: %s", error.code, error.message)
    return response, error.status


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer what the framework refused by itself."""
    status = error.code or 500
    response = jsonify(_by_document(error_body(CODES.get(status, "HTTP_ERROR"), _sentence(error))))
    # Allow, Retry-After and the like belong to the answer as much as its status.
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response, status


def _sentence(error: HTTPException) -> str:
    """Say what to do instead; the framework's own words are for people with a browser."""
    if isinstance(error, MethodNotAllowed):
        methods = sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"})
        return f"Send {' or '.join(methods)} to this address, not {request.method}."
    if isinstance(error, NotFound):
        return "There is nothing at this address."
    return error.description or error.name


def _unforeseen(error: Exception) -> ResponseReturnValue:
    _logger.error("Unforeseen error", exc_info=error)
    body = error_body("INTERNAL_ERROR", "Gatehouse failed; the log has the details.")
    return jsonify(_by_document(body)), 500


def _by_document(body: dict[str, Any]) -> dict[str, Any]:
    """Add the fields that the document of bot commands promises, for whoever lost the way there too."""
    if not request.path.startswith(COMMANDS):
        return body
    return body | failure(body["error"]["code"], body["error"]["message"])
