"""What makes a gate of a check, and a group of gates."""

from collections.abc import Callable
from dataclasses import field, replace
from operator import attrgetter
from typing import Any, TypeAlias

from app.dataclass import dataclass
from app.domain.order_check import OrderCheck, Verdict
from app.domain.orders import OrderRole
from app.domain.reasons import Reason

# The reason for refusing, or None; and the figures that were compared.
Outcome: TypeAlias = tuple[Reason | None, str]
# A check that judges one thing gets it as its second argument.
Check: TypeAlias = Callable[..., Outcome]

NO_LIMIT = "no limit"
DOES_NOT_CONCERN = "does not concern this alert"
NOT_LIMITED = "no such limit is set"
FOR_ENTRIES = "the rest guards entries; exits pass"


@dataclass(frozen=True, slots=True)
class Gate:
    """A check with its name and the `codes` that it refuses with; `asks_exits`: it holds for exits too.

    `of` is the one thing that it judges, as most judge a limit: where there is none (None, or False) it is
    not asked, and says `otherwise`.
    """

    name: str
    check: Check
    codes: tuple[Reason, ...]
    asks_exits: bool
    of: Callable[[OrderCheck], Any] | None = None
    otherwise: str = NO_LIMIT
    unasked: Verdict = field(init=False)

    def __post_init__(self) -> None:
        """Make what is said of most orders once."""
        object.__setattr__(self, "unasked", Verdict(self.name, True, None, self.otherwise))

    def __call__(self, check: OrderCheck) -> Verdict:
        """Judge one order."""
        if check.order.role is OrderRole.EXIT and not self.asks_exits:
            return Verdict(self.name, True, None, FOR_ENTRIES)
        return GateGroup(self.name, (self,)).ask(check)[0]

    @property
    def meaning(self) -> str:
        """What it refuses, in one sentence."""
        return (self.check.__doc__ or "").split("\n\n")[0]


def gate(*codes: Reason, of: str | None = None, otherwise: str = NO_LIMIT) -> Callable[[Check], Gate]:
    """Turn a check into a gate of the same name, which refuses with these codes."""
    judged = None if of is None else attrgetter(of)
    return lambda check: Gate(check.__name__, check, codes, True, judged, otherwise)


def entry_gate(*codes: Reason, of: str | None = None, otherwise: str = NO_LIMIT) -> Callable[[Check], Gate]:
    """Turn a check into a gate that exits pass."""
    judged = None if of is None else attrgetter(of)
    return lambda check: Gate(check.__name__, check, codes, False, judged, otherwise)


@dataclass(frozen=True, slots=True)
class GateGroup:
    """Gates that concern the same alerts; of what is not asked, one line is left, which says why."""

    name: str
    gates: tuple[Gate, ...]
    concerns: Callable[[OrderCheck], bool] | None = None
    why_not: str = DOES_NOT_CONCERN
    unasked: list[Verdict] = field(init=False)

    def __post_init__(self) -> None:
        """Make what is said of most orders once."""
        object.__setattr__(self, "unasked", [Verdict(self.name, True, None, self.why_not)])

    def ask(self, check: OrderCheck) -> list[Verdict]:
        """Ask those gates that concern an order."""
        if self.concerns is not None and not self.concerns(check):
            return self.unasked
        is_exit = check.order.role is OrderRole.EXIT
        verdicts: list[Verdict] = []
        for asked in self.gates:
            if is_exit and not asked.asks_exits:
                continue
            if asked.of is None:
                code, detail = asked.check(check)
            elif (judged := asked.of(check)) is None or judged is False:
                verdicts.append(asked.unasked)
                continue
            else:
                code, detail = asked.check(check, judged)
            verdicts.append(Verdict(asked.name, code is None, code, detail))
        if len(verdicts) < len(self.gates):
            verdicts.append(Verdict(self.name, True, None, FOR_ENTRIES))
        return verdicts

    def without(self, *left_out: Gate) -> "GateGroup":
        """Return the group without some of its gates."""
        gates = tuple(item for item in self.gates if item not in left_out)
        return replace(self, gates=gates)


def ask_gates(check: OrderCheck, groups: tuple[GateGroup, ...]) -> list[Verdict]:
    """Ask every gate that concerns the order; the first refusal is its reason."""
    verdicts: list[Verdict] = []
    for group in groups:
        verdicts += group.ask(check)
    return verdicts


def first_refusal(verdicts: list[Verdict]) -> Verdict | None:
    """Return the refusal that counts, if any."""
    return next((verdict for verdict in verdicts if not verdict.passed), None)
