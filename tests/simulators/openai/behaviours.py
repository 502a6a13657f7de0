"""What the API or its model does to a request besides answering it well."""

from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any

from tests.simulators.loopback.faults import AllFaults

# The message is something else, or something else comes in its place.
ANSWERS = frozenset(
    {
        "refusal",
        "truncated",
        "content_filter",
        "failed",
        "cancelled",
        "queued",
        "in_progress",
        "two_messages",
        "two_finals",
        "commentary_alone",
        "unknown_phase",
        "two_parts",
        "prose",
        "fenced",
        "wrong_enum",
        "extra_keys",
        "missing_key",
        "duplicate_keys",
        "overconfident",
        "nan",
        "infinite_notional",
        "number_as_text",
        "wrong_symbol",
        "not_an_object",
        "empty",
        "unknown_items",
        "approval",
        "text",
        "decision",
        "huge",
    }
)
# The function calls of a turn are odd; without function tools they do nothing.
CALLS = frozenset({"endless_calls", "unknown_function", "bad_arguments"})
# An HTTP answer in the place of the Response.
STATUSES = frozenset(
    {
        "status",
        "mcp_unreachable",
        "rate_limited",
        "out_of_quota",
        "server_error",
        "unavailable",
        "timeout",
        "conflict",
        "html",
        "torn",
    }
)
# The line misbehaves.
LINES = frozenset({"slow", "trickle", "hang", "reset_before", "reset_after", "cut"})
AFTER = frozenset({"torn", "slow", "trickle", "reset_after", "cut"})
KINDS = ANSWERS | CALLS | STATUSES | LINES


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What happens to which requests.

    `symbol` picks the ideas of one symbol, `skip` requests pass first, `times` are struck at most (None:
    without end). `when` is "before" (nothing is generated or billed) or "after" the generation. `seconds` is
    the wait of slow, between the bytes of trickle, or in retry-after. `turn` is "first", "later" or "" (any).
    """

    kind: str
    symbol: str = ""
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    when: str = ""
    turn: str = ""
    seconds: float | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    decision: dict[str, Any] = field(default_factory=dict)
    size: int = 8_000_000

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"behaviour kind must be one of {', '.join(sorted(KINDS))}")
        if self.when not in {"", "before", "after"} or self.turn not in {"", "first", "later"}:
            raise ValueError("when is before or after, turn is first or later")

    @property
    def is_before(self) -> bool:
        return (self.when or ("after" if self.kind in AFTER else "before")) == "before"

    @classmethod
    def read(cls, body: Any) -> "Behaviour":
        """Read a behaviour from JSON; raise ValueError."""
        if not isinstance(body, dict) or set(body) - {each.name for each in fields(cls)}:
            raise ValueError(f"a behaviour has only {', '.join(each.name for each in fields(cls))}")
        return cls(**body)

    def concerns(self, symbol: str, turn: int) -> bool:
        if self.symbol not in {"", symbol}:
            return False
        return self.turn == "" or (self.turn == "first") == (turn == 1)


class Behaviours(AllFaults):
    """A script: the oldest behaviour that is still due strikes, one of a sort per request."""

    def __init__(self) -> None:
        super().__init__(Behaviour)
        self._lock = Lock()

    def strike(self, kinds: frozenset[str], symbol: str, turn: int) -> Behaviour | None:
        """Return what of these kinds happens now."""
        with self._lock:
            due = (dice for dice in self.dice if dice.fault.kind in kinds)
            return next((dice.fault for dice in due if dice.strikes(symbol, turn)), None)
