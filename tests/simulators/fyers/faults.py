"""Faults on demand: a list of them, each with its own dice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulators.fyers.refusals import forbidden, invalid, too_many
from tests.simulators.fyers.whims import Whims
from tests.simulators.loopback.faults import BrokerFault, BrokerFaults
from tests.simulators.loopback.messages import Answer, Request, in_json

ORDERS_ONLY = frozenset({"refused", "unacknowledged", "ip_refused"})
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
HTML = {"Content-Type": "text/html; charset=UTF-8"}
INTERNAL = 500
ORDER_PATHS = ("/api/v3/orders", "/api/v3/multi-order", "/api/v3/multileg", "/api/v3/positions")
PLACING = frozenset({"/api/v3/orders/sync", "/api/v3/multi-order/sync", "/api/v3/multileg/orders/sync"})


@dataclass(frozen=True, kw_only=True)
class Fault(BrokerFault):
    """A fault at Fyers; a 429 waits its `seconds` too.

    `status` is that of a page (200) or of a breakdown (503), `message` the text of a refusal.
    """

    SPOILING = frozenset(
        {"latency", "timeout", "reset", "status", "rate_limit", "html", "empty", "torn", "refused"}
        | {"unacknowledged", "ip_refused", "dead_token"},
    )
    WHIMS = frozenset({"partial_fill", "late_fill", "transit", "mpp_pending", "rejection"})
    AFTER = frozenset({"timeout", "html", "empty", "torn", "refused", "unacknowledged"})
    ONLY_BEFORE = frozenset({"ip_refused", "dead_token"})
    ONLY_AFTER = frozenset({"torn"})

    status: int | None = None
    message: str = ""

    @staticmethod
    def refusal(message: str) -> Exception:
        return invalid(message)

    def may_strike(self, request: Request) -> bool:
        if self.kind in self.WHIMS:
            return makes_order(request)
        return self.kind not in ORDERS_ONLY or changes_orders(request)

    def answer(self) -> Answer:
        """What goes back instead of the truth."""
        return ANSWERS.get(self.kind, broken)(self)


IP_TEXT = "Order placement is not allowed from this IP address. Please whitelist your static IP"


def error(code: int, message: str, status: int = 400) -> Answer:
    return in_json({"s": "error", "code": code, "message": message}, status)


def broken(fault: Fault) -> Answer:
    """Return a breakdown: Fyers' own is JSON, that of what stands before it is a page."""
    status = fault.status or 503
    if status == INTERNAL:
        return error(-1, fault.message or "Internal server error", INTERNAL)
    return Answer(status, PAGE, HTML)


def unacknowledged(fault: Fault) -> Answer:
    text = fault.message or "Request sent, no acknowledgement. Please check the order book"
    return in_json({"s": "ok", "code": 201, "message": text})


def limited(fault: Fault) -> Answer:
    return too_many(1.0 if fault.seconds is None else fault.seconds).answer()


ANSWERS: dict[str, Callable[[Fault], Answer]] = {
    "html": lambda fault: Answer(fault.status or 200, PAGE, HTML),
    "empty": lambda _: Answer(200, b"", {"Content-Type": "application/json"}),
    "refused": lambda fault: error(-99, fault.message or "Bad request"),
    "unacknowledged": unacknowledged,
    "ip_refused": lambda _: forbidden(IP_TEXT).answer(),
    "rate_limit": limited,
}


def makes_order(request: Request) -> bool:
    """True when a request may bring an order into the book."""
    if request.method == "DELETE":
        return request.path == "/api/v3/positions"
    return request.method == "POST" and request.path in PLACING


def changes_orders(request: Request) -> bool:
    """True for what is taken from a whitelisted address only."""
    return request.method != "GET" and request.path.startswith(ORDER_PATHS)


class Faults(BrokerFaults):
    """All faults in force at Fyers."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def strike(self, request: Request) -> tuple[Any, Whims]:
        """Throw every dice; the caller holds the lock."""
        spoils, kinds = self.strikes(request)
        return spoils, whims(kinds)


def whims(kinds: dict[str, Any]) -> Whims:
    partial, refusal = kinds.get("partial_fill"), kinds.get("rejection")
    waits = kinds.get("late_fill") or kinds.get("transit") or partial or kinds.get("mpp_pending")
    return Whims(
        fraction=None if partial is None else partial.fraction,
        late="late_fill" in kinds,
        late_seconds=None if waits is None else waits.seconds,
        transit="transit" in kinds,
        mpp_pending="mpp_pending" in kinds,
        rejection=None if refusal is None else refusal.message or "RED:Rejected by the exchange",
    )
