"""`/api/circuit-breaker`: the thresholds of the account's equity, and what they led to."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.blueprints.api.dangerous import before_breaker_lets_go
from app.domain.audit import Actor
from app.schemas.operator import CircuitBreakerQuerySchema, CircuitBreakerSchema, load
from app.services.portfolio.breaker_view import breaker_view
from app.wiring.container import portfolio

CHANGES, QUERY = CircuitBreakerSchema(), CircuitBreakerQuerySchema()


@bp.get("/circuit-breaker")
def show_circuit_breaker() -> ResponseReturnValue:
    """Show a broker's circuit breaker, whose thresholds count, and what it did last."""
    query = load(QUERY, request.args)
    return jsonify(breaker_view(portfolio().breaker.read(query["broker"]), portfolio().breaker.all()))


@bp.put("/circuit-breaker")
def set_circuit_breaker() -> ResponseReturnValue:
    """Change the circuit breaker: that arms it anew and resumes what it paused, not what the operator did.

    What is left out stays as it is; without `base_equity` the account's equity of now is the base.
    """
    changes = load(CHANGES, read_request())
    before_breaker_lets_go()
    edited = portfolio().breaker.edit(changes, by=Actor.OPERATOR)
    return jsonify(breaker_view(edited, portfolio().breaker.all()))
