"""`/api/circuit-breaker`: the thresholds of the account's equity, and what they led to."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.domain.circuit_breaker import CircuitBreaker
from app.domain.json_codec import to_json
from app.schemas.operator import CircuitBreakerSchema, load
from app.wiring.container import services

CHANGES = CircuitBreakerSchema()
SHOWN = (
    "glb_sl",
    "glb_tp",
    "base_equity",
    "active",
    "broker",
    "liquidate_on_tp",
    "phase",
    "equity_known",
    "breach",
    "breach_equity",
    "breach_at",
    "last_event",
    "last_event_at",
)


@bp.get("/circuit-breaker")
def show_circuit_breaker() -> ResponseReturnValue:
    """Show the circuit breaker and what it did last."""
    return jsonify(_view(services().breaker.read()))


@bp.put("/circuit-breaker")
def set_circuit_breaker() -> ResponseReturnValue:
    """Change the circuit breaker: that arms it anew and resumes what it paused, not what the operator did.

    What is left out stays as it is; without `base_equity` the account's equity of now is the base.
    """
    changes = load(CHANGES, read_request())
    return jsonify(_view(services().breaker.edit(changes)))


def _view(breaker: CircuitBreaker) -> dict[str, Any]:
    record = to_json(breaker)
    return {name: record[name] for name in SHOWN}
