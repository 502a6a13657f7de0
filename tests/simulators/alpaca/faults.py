"""Faults on demand: a list of them, each with its own dice."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from tests.simulators.alpaca.exchange import Whims
from tests.simulators.alpaca.refusals import Refused, invalid
from tests.simulators.loopback.faults import AllFaults
from tests.simulators.loopback.messages import Answer, Request, in_json

TRANSPORT = frozenset(
    {"latency", "timeout", "reset", "status", "rate_limit", "html", "torn", "duplicate"},
)
WHIMS = frozenset({"partial_fill", "late_fill", "late_cancel", "closed"})
AFTER = frozenset({"timeout", "html", "torn", "duplicate"})
ONLY_AFTER = frozenset({"torn", "duplicate"})
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What may happen to a request, how often, and to which.

    `when` is "before" or "after" the request is carried out. `seconds` is the wait of latency, of a timeout
    (None: no answer ever), of a late fill or cancel (None: until the next move). `skip` requests pass first,
    `times` are struck at most (None: without end).
    """

    kind: str
    when: str = ""
    probability: float = 1.0
    seed: int = 0
    methods: tuple[str, ...] = ()
    path: str = ""
    skip: int = 0
    times: int | None = None
    seconds: float | None = None
    status: int = 503
    fraction: Decimal = Decimal("0.5")

    @property
    def is_before(self) -> bool:
        return (self.when or ("after" if self.kind in AFTER else "before")) == "before"

    @classmethod
    def read(cls, body: Any) -> "Fault":
        """Read a fault from JSON; raise Refused."""
        if not isinstance(body, dict) or set(body) - {each.name for each in fields(cls)}:
            raise invalid(f"a fault has only {', '.join(each.name for each in fields(cls))}")
        changes: dict[str, Any] = {"methods": tuple(body.get("methods") or ())}
        if "fraction" in body:
            changes["fraction"] = Decimal(str(body["fraction"]))
        return known(cls(**(body | changes)))

    def concerns(self, request: Request) -> bool:
        if self.kind in WHIMS and not self._touches(request):
            return False
        if self.kind == "duplicate" and (request.method, request.path) != ("POST", "/v2/orders"):
            return False
        return (not self.methods or request.method in self.methods) and self.path in request.path

    def _touches(self, request: Request) -> bool:
        if self.kind == "late_cancel":
            return request.method == "DELETE" and request.path.startswith("/v2/orders")
        return makes_order(request) or (self.kind == "closed" and request.path == "/v2/clock")

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


def known(fault: Fault) -> Fault:
    if fault.kind not in TRANSPORT | WHIMS:
        raise invalid(f"fault kind must be one of {', '.join(sorted(TRANSPORT | WHIMS))}")
    if fault.when not in {"", "before", "after"} or (fault.is_before and fault.kind in ONLY_AFTER):
        raise invalid(f"{fault.kind} cannot happen {fault.when!r}")
    return fault


class Faults(AllFaults):
    """All faults in force; of those that strike, one spoils the exchange of messages."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def add(self, fault: Fault) -> None:
        super().add(known(fault))

    def strike(self, request: Request) -> tuple[Fault | None, Whims]:
        """Throw every dice; the caller holds the lock."""
        struck = list(self.struck(request))
        spoils = next((fault for fault in struck if fault.kind in TRANSPORT), None)
        return spoils, whims({fault.kind: fault for fault in struck if fault.kind in WHIMS})


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
