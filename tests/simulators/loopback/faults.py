"""Faults on demand: a list of them, each with its own dice."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from random import Random
from typing import Any, ClassVar, Self

from tests.simulators.loopback.messages import Request


@dataclass(frozen=True, kw_only=True)
class BrokerFault:
    """What may happen to a request at a broker, how often, and to which.

    `when` is "before" or "after" the request is carried out. `seconds` is the wait of latency, of a timeout
    (None: no answer ever), of a late fill (None: until the next move). `skip` requests pass first, `times`
    are struck at most (None: without end). `SPOILING` kinds spoil the exchange of messages, `WHIMS` are the
    market's.
    """

    SPOILING: ClassVar[frozenset[str]]
    WHIMS: ClassVar[frozenset[str]]
    AFTER: ClassVar[frozenset[str]]
    ONLY_BEFORE: ClassVar[frozenset[str]] = frozenset()
    ONLY_AFTER: ClassVar[frozenset[str]]

    kind: str
    when: str = ""
    probability: float = 1.0
    seed: int = 0
    methods: tuple[str, ...] = ()
    path: str = ""
    skip: int = 0
    times: int | None = None
    seconds: float | None = None
    fraction: Decimal = Decimal("0.5")

    @staticmethod
    def refusal(message: str) -> Exception:
        """What the simulator raises for a fault that makes no sense."""
        raise NotImplementedError

    @property
    def is_before(self) -> bool:
        return (self.when or ("after" if self.kind in self.AFTER else "before")) == "before"

    @classmethod
    def read(cls, body: Any) -> Self:
        """Read a fault from JSON; raise what `refusal` makes."""
        if not isinstance(body, dict) or set(body) - {each.name for each in fields(cls)}:
            raise cls.refusal(f"a fault has only {', '.join(each.name for each in fields(cls))}")
        changes: dict[str, Any] = {"methods": tuple(body.get("methods") or ())}
        if "fraction" in body:
            changes["fraction"] = Decimal(str(body["fraction"]))
        return cls(**(body | changes)).checked()

    def checked(self) -> Self:
        """Return it, if it can happen as it says."""
        if self.kind not in self.SPOILING | self.WHIMS:
            raise self.refusal(f"fault kind must be one of {', '.join(sorted(self.SPOILING | self.WHIMS))}")
        wrong = self.ONLY_AFTER if self.is_before else self.ONLY_BEFORE
        if self.when not in {"", "before", "after"} or self.kind in wrong:
            raise self.refusal(f"{self.kind} cannot happen {self.when!r}")
        return self

    def concerns(self, request: Request) -> bool:
        if not self.may_strike(request):
            return False
        return (not self.methods or request.method in self.methods) and self.path in request.path

    def may_strike(self, request: Request) -> bool:
        """Tell whether such a request can meet such a fault at all."""
        raise NotImplementedError


@dataclass(slots=True)
class Dice:
    """A fault with its luck so far."""

    fault: Any
    seen: int = 0
    struck: int = 0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.fault.seed)

    def strikes(self, *about: Any) -> bool:
        if not self.fault.concerns(*about):
            return False
        self.seen += 1
        lucky = self.random.random() < self.fault.probability
        if self.seen <= self.fault.skip or self.struck == self.fault.times or not lucky:
            return False
        self.struck += 1
        return True


class AllFaults:
    """All faults in force; `kind` is the simulator's class of them."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.dice: list[Dice] = []

    def add(self, fault: Any) -> None:
        self.dice = [*self.dice, Dice(fault)]

    def clear(self) -> None:
        self.dice = []

    def struck(self, *about: Any) -> Iterator[Any]:
        """Throw every dice and yield what strikes; the caller holds a lock."""
        return (dice.fault for dice in self.dice if dice.strikes(*about))

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {"kind": dice.fault.kind, "seen": dice.seen, "struck": dice.struck} for dice in list(self.dice)
        ]


class BrokerFaults(AllFaults):
    """All faults in force; of those that strike, one spoils the exchange of messages."""

    def add(self, fault: Any) -> None:
        super().add(fault.checked())

    def strikes(self, request: Request) -> tuple[Any, dict[str, Any]]:
        """Throw every dice; return what spoils the exchange, and the market's whims by their kind."""
        struck = list(self.struck(request))
        spoils = next((fault for fault in struck if fault.kind in fault.SPOILING), None)
        return spoils, {fault.kind: fault for fault in struck if fault.kind in fault.WHIMS}
