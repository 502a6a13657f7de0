"""The portfolio's circuit breaker: when an account's equity ends trading, and what is left to do about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

from app.domain.orders import OrderRole, client_order_id
from app.domain.trading_state import StateSwitch

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)
# The part of a UUIDv7 that neither tells its time nor its version.
_LOW_BITS = (1 << 62) - 1


class Breach(StrEnum):
    """Which threshold the equity has reached."""

    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"


class Phase(StrEnum):
    """Where the breaker stands; a restart goes on from here."""

    ARMED = "armed"
    LIQUIDATING = "liquidating"
    TRIPPED = "tripped"


@dataclass(frozen=True, slots=True)
class Step:
    """The closing order of one symbol; a further attempt has a ticket and a client order id of its own."""

    symbol: str
    attempt: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """What the operator set, and how far the breaker has come since.

    `glb_sl` and `glb_tp` are fractions of `base_equity` (account currency), None is off. `paused` is the
    switch that the breaker threw and `replaced` the one before it: only that very pause is ever taken back.
    `profit_taken` keeps the take-profit from firing twice; the stop-loss goes on watching.
    """

    broker: str
    glb_sl: Decimal | None = Decimal("0.80")
    glb_tp: Decimal | None = Decimal("1.20")
    base_equity: Decimal | None = None
    active: bool = False
    liquidate_on_tp: bool = False
    phase: Phase = Phase.ARMED
    equity_known: bool = True
    profit_taken: bool = False
    breach: Breach | None = None
    breach_equity: Decimal | None = None
    breach_at: datetime | None = None
    ticket: UUID | None = None
    steps: tuple[Step, ...] = ()
    paused: StateSwitch | None = None
    replaced: StateSwitch | None = None
    last_event: str | None = None
    last_event_at: datetime | None = None

    @property
    def liquidates(self) -> bool:
        """True when the breach that was seen closes every position."""
        return self.breach is Breach.STOP_LOSS or self.liquidate_on_tp

    def breached_at(self, equity: Decimal) -> Breach | None:
        """Return the threshold that this equity has reached."""
        if not self.active or self.base_equity is None:
            return None
        if self.glb_sl is not None and equity <= self.base_equity * self.glb_sl:
            return Breach.STOP_LOSS
        if self.glb_tp is None or self.profit_taken or equity < self.base_equity * self.glb_tp:
            return None
        return Breach.TAKE_PROFIT

    def seeing(self, breach: Breach, equity: Decimal, ticket: UUID, now: datetime) -> "CircuitBreaker":
        """Return the breaker with a new breach; what it did about the last one is over."""
        return replace(
            self,
            breach=breach,
            breach_equity=equity,
            breach_at=now,
            ticket=ticket,
            steps=(),
            equity_known=True,
        )

    def step(self, symbol: str) -> Step | None:
        """Return the latest attempt to close a symbol."""
        return next((step for step in self.steps if step.symbol == symbol), None)

    def attempting(self, symbol: str, now: datetime) -> "CircuitBreaker":
        """Return the breaker with the next attempt to close a symbol."""
        last = self.step(symbol)
        attempt = Step(symbol, 0 if last is None else last.attempt + 1, now)
        others = tuple(step for step in self.steps if step.symbol != symbol)
        return replace(self, steps=(*others, attempt))

    def telling(self, event: str, now: datetime) -> "CircuitBreaker":
        """Return the breaker with what it did last."""
        return replace(self, last_event=event, last_event_at=now)

    def rearmed(self) -> "CircuitBreaker":
        """Return the breaker as an edit leaves it: watching, with nothing under way."""
        return CircuitBreaker(
            broker=self.broker,
            glb_sl=self.glb_sl,
            glb_tp=self.glb_tp,
            base_equity=self.base_equity,
            active=self.active,
            liquidate_on_tp=self.liquidate_on_tp,
        )


def step_ticket(breach: UUID, step: Step) -> UUID:
    """Derive the ticket of one closing order: the same breach, symbol and attempt always give the same."""
    noise = uuid5(breach, f"{step.symbol}/{step.attempt}").int & _LOW_BITS
    return UUID(int=(breach.int & ~_LOW_BITS) | noise)


def closing_order_id(owner: str, breach: UUID, step: Step) -> str:
    """Return the client order id of one closing order, known before it is sent."""
    return client_order_id(owner, step_ticket(breach, step), OrderRole.EXIT)


def may_try_again(step: Step, now: datetime) -> bool:
    """Tell whether a closing order that came to nothing may be followed by another already."""
    pause = FIRST_PAUSE * (1 << min(step.attempt, 10))
    return now - step.at >= min(pause, LONGEST_PAUSE)
