"""Whether Gatehouse lives and can trade."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.authentication import is_known, public
from app.wiring.container import operations, services

bp = Blueprint("health", __name__)
bp.before_request(public)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Say that the process answers."""
    settings = services().settings
    return jsonify({"status": "ok", "dry_run": settings.dry_run, "alpaca_paper": settings.alpaca_paper})


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether an alert could become an order now; only who is let in is told what is missing."""
    readiness = operations().health.check()
    body = {"status": "ready" if readiness.is_ready else "not_ready"}
    if is_known():
        body |= readiness.details() | {"analyst": services().research.view()}
    return jsonify(body), 200 if readiness.is_ready else 503
