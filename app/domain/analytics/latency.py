"""How long each step of an alert's way took, as its ticket tells."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from math import log10
from typing import Any

from app.domain.orders import OrderType
from app.domain.tickets import MILLISECOND, Stage


class LatencyStage(StrEnum):
    """Steps of an alert's way; `delivery` is from the alert's own time to us, `approval` a person's answer.

    `total` is from the arrival until the last of its orders was with the broker, of alerts that waited for
    nobody.
    """

    DELIVERY = "delivery"
    DOOR = "door"
    STORE = "store"
    MODEL = "model"
    GATES = "gates"
    BROKER = "broker"
    FILL = "fill"
    TOTAL = "total"
    APPROVAL = "approval"


_PLANNED = frozenset({Stage.POSITION_CHECKED, Stage.SIZE_SET, Stage.GATES_CHECKED})
_ANSWERED = frozenset({Stage.APPROVED, Stage.REJECTED, Stage.APPROVAL_EXPIRED})
_ONE_BY_ONE = {
    Stage.RECEIVED.value: LatencyStage.DOOR,
    Stage.STORED.value: LatencyStage.STORE,
    Stage.SENT.value: LatencyStage.BROKER,
} | {stage.value: LatencyStage.APPROVAL for stage in _ANSWERED}
_RESUMED = frozenset({Stage.RECOVERED.value, Stage.PURSUED.value, Stage.APPROVAL_WANTED.value})

_TENTHS_BELOW = 100

# A step and how many milliseconds it took.
Sample = tuple[LatencyStage, float]


def latencies(ticket: dict[str, Any]) -> Iterator[Sample]:
    """Yield the steps of a ticket whose length is known; raise ValueError or its like where it is none."""
    arrived = datetime.fromisoformat(ticket["created_at"])
    sent_at = (ticket["signal"] or {}).get("sent_at")
    if sent_at is not None:
        yield LatencyStage.DELIVERY, _between(datetime.fromisoformat(sent_at), arrived)
    yield from _steps(ticket["timeline"])
    asked = (ticket["opinion"] or {}).get("milliseconds")
    if asked:
        yield LatencyStage.MODEL, _kept(float(asked))
    yield from _fills(ticket)
    names = {entry["stage"] for entry in ticket["timeline"]}
    last = next((entry["at"] for entry in reversed(ticket["timeline"]) if entry["stage"] == Stage.SENT), None)
    if last is not None and not names & _RESUMED:
        yield LatencyStage.TOTAL, _between(arrived, datetime.fromisoformat(last))


def _steps(timeline: list[dict[str, Any]]) -> Iterator[Sample]:
    planned = [entry["milliseconds"] or 0 for entry in timeline if entry["stage"] in _PLANNED]
    if planned:
        yield LatencyStage.GATES, _kept(sum(planned))
    for entry in timeline:
        step = _ONE_BY_ONE.get(entry["stage"])
        # An alert that a crash has left was received by somebody who could not say how long that took.
        if step is not None and entry["milliseconds"]:
            yield step, _kept(entry["milliseconds"])


def _fills(ticket: dict[str, Any]) -> Iterator[Sample]:
    """Orders at the market alone: others may rest on purpose."""
    for order in ticket["orders"]:
        is_own = order.get("ticket") == ticket["id"] and order.get("type") == OrderType.MARKET
        if is_own and order.get("filled_at") is not None:
            begun, filled = (datetime.fromisoformat(order[name]) for name in ("created_at", "filled_at"))
            yield LatencyStage.FILL, _between(begun, filled)


def _between(start: datetime, end: datetime) -> float:
    # Two machines' clocks differ: what seems to arrive before it was sent took no time that can be told.
    return _kept(max((end - start) / MILLISECOND, 0.0))


def _kept(milliseconds: float) -> float:
    """Keep three digits, and no less than tenths: so many lengths are there to be counted, and no more."""
    beyond = int(log10(milliseconds)) - 1 if milliseconds > _TENTHS_BELOW else 0
    return float(round(milliseconds, 1 - beyond))
