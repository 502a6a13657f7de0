"""What an analyst is asked, and what it answers."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.dataclass import dataclass
from app.domain.json_codec import to_json
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.symbols import SymbolRefused, parse_symbol


class Direction(StrEnum):
    """Where a price is expected to go."""

    BULLISH = "bullish"
    BEARISH = "bearish"
    NEUTRAL = "neutral"

    @classmethod
    def of(cls, side: Side) -> "Direction":
        """Return what an order's side hopes for."""
        return cls.BULLISH if side is Side.BUY else cls.BEARISH


class Action(StrEnum):
    """What an analyst would do."""

    SKIP = "skip"
    BUY = "buy"
    SELL_SHORT = "sell_short"


class Mode(StrEnum):
    """How the model reaches its tools."""

    HOSTED = "hosted"
    LOCAL = "local"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A trade that somebody proposes; prices are per unit, `max_notional` is in the account's currency.

    Everything but `symbol`, `direction` and the last four fields is the alert's own words. `structure` is
    what would be entered in the place of shares; `max_notional` is then what it may lose.
    """

    dialect: str
    symbol: str
    direction: Direction
    entry_price: Decimal | None = None
    target_price: Decimal | None = None
    stop_price: Decimal | None = None
    strategy: str | None = None
    model: str | None = None
    alert_name: str | None = None
    matched_criteria: dict[str, Any] = field(default_factory=dict)
    triggered_at: datetime | None = None
    structure: dict[str, Any] | None = None
    max_notional: Decimal
    allow_short: bool
    min_confidence: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """What an analyst would do; `confidence` is from 0 to 1, `symbol` is the question's.

    Raise ValueError for a confidence that is none.
    """

    action: Action
    symbol: str
    notional_usd: Decimal
    confidence: Decimal
    rationale: str
    risk_notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # No least confidence is ever too high for one without bounds.
        if not (self.confidence.is_finite() and 0 <= self.confidence <= 1):
            raise ValueError(f"a confidence is from 0 to 1, not {self.confidence}")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One question to a tool; `digest` is the SHA-256 of its answer, None when there was none."""

    name: str
    arguments: dict[str, Any]
    digest: str | None
    error: str | None
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What an opinion cost; tokens are as the model's server counts them."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    total_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no decision."""

    code: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A decision or a failure, never both, and how it came about; `analyst` is openai or rules."""

    analyst: str
    model: str
    prompt_version: str | None = None
    mode: Mode = Mode.NONE
    decision: Decision | None = None
    failure: Failure | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    usage: TokenUsage = TokenUsage()
    milliseconds: int = 0

    @property
    def reason(self) -> Reason | None:
        """Why there is to be no trade; None when the analyst is for one."""
        if self.failure is not None:
            return self.failure.code
        if self.decision is None:
            return Reason.OPINION_UNAVAILABLE
        return Reason.OPINION_SKIP if self.decision.action is Action.SKIP else None

    def to_json(self) -> dict[str, Any]:
        """Return the opinion as a ticket keeps it; `documents.from_json` reads it again."""
        data: dict[str, Any] = to_json(self)
        return data


def is_same_symbol(said: str, asked: str) -> bool:
    """Tell whether a model speaks of the instrument that it was asked about; look-alike letters never do."""
    if not said.isascii():
        return False
    if said.strip().upper() == asked.upper():
        return True
    try:
        return parse_symbol(said).symbol == parse_symbol(asked).symbol
    except SymbolRefused:
        return False
