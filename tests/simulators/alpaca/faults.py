"""Faults on demand: a list of them, each with its own dice."""

from dataclasses import dataclass

from tests.simulators.alpaca.exchange import Whims
from tests.simulators.alpaca.refusals import Refused, invalid
from tests.simulators.loopback.faults import BrokerFault, BrokerFaults
from tests.simulators.loopback.messages import Answer, Request, in_json

PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault(BrokerFault):
    """A fault at Alpaca; a late cancel waits its `seconds` too."""

    SPOILING = frozenset({"latency", "timeout", "reset", "status", "rate_limit", "html", "torn", "duplicate"})
    WHIMS = frozenset({"partial_fill", "late_fill", "late_cancel", "closed"})
    AFTER = frozenset({"timeout", "html", "torn", "duplicate"})
    ONLY_AFTER = frozenset({"torn", "duplicate"})

    status: int = 503

    @staticmethod
    def refusal(message: str) -> Exception:
        return invalid(message)

    def may_strike(self, request: Request) -> bool:
        if self.kind == "duplicate":
            return (request.method, request.path) == ("POST", "/v2/orders")
        if self.kind == "late_cancel":
            return request.method == "DELETE" and request.path.startswith("/v2/orders")
        if self.kind == "closed" and request.path == "/v2/clock":
            return True
        return self.kind not in self.WHIMS or makes_order(request)

    def answer(self) -> Answer:
        """What goes back instead of the truth."""
        if self.kind == "html":
            return Answer(self.status, PAGE, {"Content-Type": "text/html; charset=UTF-8"})
        if self.kind == "duplicate":
            return invalid("client_order_id must be unique").answer()
        if self.kind == "rate_limit":
            return Refused(429, "too many requests.", 42910000).answer()
        return in_json({"message": "injected"}, self.status)


def makes_order(request: Request) -> bool:
    if request.method == "POST":
        return request.path == "/v2/orders"
    return request.method == "DELETE" and request.path.startswith("/v2/positions")


class Faults(BrokerFaults):
    """All faults in force at Alpaca."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def strike(self, request: Request) -> tuple[Fault | None, Whims]:
        """Throw every dice; the caller holds the lock."""
        spoils, kinds = self.strikes(request)
        return spoils, whims(kinds)


def whims(kinds: dict[str, Fault]) -> Whims:
    partial, late = kinds.get("partial_fill"), kinds.get("late_fill")
    waits = late or partial or kinds.get("late_cancel")
    return Whims(
        fraction=None if partial is None else partial.fraction,
        late=late is not None,
        late_seconds=None if waits is None else waits.seconds,
        closed="closed" in kinds,
        late_cancel="late_cancel" in kinds,
    )
