"""How signals and orders are written into tickets and logs."""

from typing import Any

from app.domain.json_codec import timestamp
from app.domain.signals import COMMANDS, Signal
from app.logs import mask


def signal_record(signal: Signal) -> dict[str, Any]:
    """Show a signal the way tickets do, leaving out what the alert did not say."""
    return {
        name: value
        for name, value in (
            ("symbol", signal.symbol or None),
            ("exchange", signal.exchange),
            ("intent", signal.intent.value),
            ("order", signal.order and mask(signal.order)),
            ("side", None if signal.intent in COMMANDS else signal.side.value),
            ("quantity", _text(signal.quantity)),
            ("target", _target_record(signal)),
            ("order_type", signal.order_type and signal.order_type.value),
            ("limit_price", _text(signal.limit_price)),
            ("stop_price", _text(signal.stop_price)),
            ("time_in_force", None if signal.intent in COMMANDS else signal.time_in_force.value),
            ("reference_price", _text(signal.reference_price)),
            ("sent_at", timestamp(signal.sent_at) if signal.sent_at is not None else None),
            # Texts that people write freely may hold a secret, as they may in the alert itself.
            ("strategy", signal.strategy and mask(signal.strategy)),
            ("note", signal.note and mask(signal.note)),
        )
        if value is not None
    }


def _target_record(signal: Signal) -> dict[str, Any] | None:
    if signal.target is None:
        return None
    target = signal.target
    return {
        "now": target.now,
        "before": target.before,
        "now_size": _text(target.now_size),
        "before_size": _text(target.before_size),
    }


def _text(value: Any) -> str | None:
    return None if value is None else format(value, "f")
