"""`/api/circuit-breaker`: the thresholds of the account's equity, and what they led to."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.api import bp, read_request
from app.domain.circuit_breaker import Breach, CircuitBreaker, Threshold
from app.domain.json_codec import to_json
from app.schemas.operator import CircuitBreakerQuerySchema, CircuitBreakerSchema, load
from app.wiring.container import portfolio

CHANGES, QUERY = CircuitBreakerSchema(), CircuitBreakerQuerySchema()
LEVELS = {"stop_loss_equity": Breach.STOP_LOSS, "take_profit_equity": Breach.TAKE_PROFIT}
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
    "breach_source",
    "breach_equity",
    "breach_at",
    "last_event",
    "last_event_at",
)


@bp.get("/circuit-breaker")
def show_circuit_breaker() -> ResponseReturnValue:
    """Show a broker's circuit breaker, whose thresholds count, and what it did last."""
    query = load(QUERY, request.args)
    return jsonify(_view(portfolio().breaker.read(query["broker"])))


@bp.put("/circuit-breaker")
def set_circuit_breaker() -> ResponseReturnValue:
    """Change the circuit breaker: that arms it anew and resumes what it paused, not what the operator did.

    What is left out stays as it is; without `base_equity` the account's equity of now is the base.
    """
    changes = load(CHANGES, read_request())
    return jsonify(_view(portfolio().breaker.edit(changes)))


def _view(breaker: CircuitBreaker) -> dict[str, Any]:
    record = to_json(breaker)
    return (
        {name: record[name] for name in SHOWN}
        | _what_counts(breaker)
        | {
            "thresholds": [_threshold(item) for item in breaker.thresholds],
            "breakers": [
                {"broker": other.broker, "active": bool(other.thresholds), "phase": other.phase.value}
                for other in portfolio().breaker.all().values()
            ],
        }
    )


def _what_counts(breaker: CircuitBreaker) -> dict[str, Any]:
    """Show the strictest of all in the place of the operator's own."""
    loss, gain = breaker.strictest(Breach.STOP_LOSS), breaker.strictest(Breach.TAKE_PROFIT)
    first = loss or gain
    if first is None:
        return {"source": None}
    strictest = {
        "glb_sl": loss.glb_sl if loss is not None else None,
        "glb_tp": gain.glb_tp if gain is not None else None,
        "base_equity": first.base_equity,
        "active": True,
        "source": first.source,
    }
    return {name: to_json(value) for name, value in strictest.items()}


def _threshold(threshold: Threshold) -> dict[str, Any]:
    record: dict[str, Any] = to_json(threshold)
    return record | {name: to_json(threshold.level(breach)) for name, breach in LEVELS.items()}
