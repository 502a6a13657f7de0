"""How a circuit breaker is shown, to the API and the command line alike."""

from collections.abc import Mapping
from typing import Any

from app.domain.circuit_breaker import Breach, CircuitBreaker, Threshold
from app.domain.json_codec import to_json

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


def breaker_view(breaker: CircuitBreaker, every: Mapping[str, CircuitBreaker]) -> dict[str, Any]:
    """Show a breaker, whose thresholds count, and which others there are."""
    record = to_json(breaker)
    return (
        {name: record[name] for name in SHOWN}
        | _what_counts(breaker)
        | {
            "thresholds": [_threshold(item) for item in breaker.thresholds],
            "breakers": [
                {"broker": other.broker, "active": bool(other.thresholds), "phase": other.phase.value}
                for other in every.values()
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
