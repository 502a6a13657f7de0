"""The portfolio's circuit breaker: when an account's equity ends trading, and what is left to do about it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from app.dataclass import dataclass
from app.domain.json_codec import to_json
from app.domain.pursuits import pause_after
from app.domain.trading_state import StateSwitch

# Whose the operator's own thresholds are; no bot can have this name.
OPERATOR_SOURCE = "operator"
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
class Threshold:
    """Where one source, the operator or a bot, wants trading to end; fractions of its own base, None is off.

    Every source has a base of its own: the wish of one bot must neither loosen another's nor sell at once.
    `profit_taken` keeps the take-profit from firing twice; the stop-loss goes on watching.
    """

    source: str
    glb_sl: Decimal | None = None
    glb_tp: Decimal | None = None
    base_equity: Decimal | None = None
    profit_taken: bool = False

    @property
    def wishes(self) -> tuple[str, Decimal | None, Decimal | None]:
        """What was asked for, whatever it has come to."""
        return self.source, self.glb_sl, self.glb_tp

    def fraction(self, breach: Breach) -> Decimal | None:
        """Return the fraction of the base at which this breach happens."""
        return self.glb_sl if breach is Breach.STOP_LOSS else self.glb_tp

    def level(self, breach: Breach) -> Decimal | None:
        """Return the equity at which this breach happens; None while it cannot."""
        fraction = self.fraction(breach)
        return None if fraction is None or self.base_equity is None else self.base_equity * fraction

    def is_reached(self, breach: Breach, equity: Decimal) -> bool:
        """Tell whether the equity is at this threshold or past it."""
        level = self.level(breach)
        if level is None:
            return False
        return equity <= level if breach is Breach.STOP_LOSS else equity >= level


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """What the operator and the bots want for one broker's account, and how far the breaker has come since.

    `glb_sl` and `glb_tp` are the operator's fractions of `base_equity` (account currency), None is off;
    they count while `active`. `bots` holds what bots want. `paused` is the switch that the breaker threw and
    `replaced` the one before it: only that very pause is ever lifted again. An armed breaker that still holds
    one was stopped just before it lifted it.
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
    breach_source: str | None = None
    breach_equity: Decimal | None = None
    breach_at: datetime | None = None
    ticket: UUID | None = None
    steps: tuple[Step, ...] = ()
    paused: StateSwitch | None = None
    replaced: StateSwitch | None = None
    last_event: str | None = None
    last_event_at: datetime | None = None
    bots: tuple[Threshold, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Return what an edit changes, as JSON: the operator's part, and where the breaker stands."""
        names = ("glb_sl", "glb_tp", "base_equity", "active", "liquidate_on_tp", "phase")
        return {name: to_json(getattr(self, name)) for name in names}

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Return all that count: the operator's while it is active, then the bots'."""
        own = Threshold(OPERATOR_SOURCE, self.glb_sl, self.glb_tp, self.base_equity, self.profit_taken)
        return (own, *self.bots) if self.active else self.bots

    @property
    def is_watching(self) -> bool:
        """True while the equity must be looked at; what is being sold is sold to its end."""
        return self.phase is Phase.LIQUIDATING or (self.phase is Phase.ARMED and bool(self.thresholds))

    @property
    def must_resume(self) -> bool:
        """True while a pause of a breach that is over is still to be lifted."""
        return self.phase is Phase.ARMED and self.paused is not None

    @property
    def liquidates(self) -> bool:
        """True when the breach that was seen closes every position."""
        return self.breach is Breach.STOP_LOSS or self.liquidate_on_tp

    def strictest(self, breach: Breach) -> Threshold | None:
        """Return the threshold that is reached first: the highest stop-loss, the lowest take-profit."""
        return _first(self.thresholds, breach)

    def reached(self, breach: Breach, equity: Decimal) -> Threshold | None:
        """Return the strictest threshold if this equity is at it or past it; no profit is taken twice."""
        is_gain = breach is Breach.TAKE_PROFIT
        item = _first((item for item in self.thresholds if not (is_gain and item.profit_taken)), breach)
        return item if item is not None and item.is_reached(breach, equity) else None

    def breached_at(self, equity: Decimal) -> Breach | None:
        """Return the threshold that this equity has reached; a loss counts before a gain."""
        return next((breach for breach in Breach if self.reached(breach, equity) is not None), None)

    def adopting(self, wanted: Iterable[Threshold]) -> "CircuitBreaker":
        """Return the breaker with what bots want now; whoever wants the same as before keeps the base."""
        known = {item.wishes: item for item in self.bots}
        bots = tuple(known.get(item.wishes, item) for item in wanted)
        is_blind = not self.equity_known and (self.active or bool(bots))
        return replace(self, bots=bots, equity_known=not is_blind)

    def based_on(self, equity: Decimal) -> "CircuitBreaker":
        """Return the breaker with a base for the bots that have none yet."""
        bots = (replace(item, base_equity=equity) if item.base_equity is None else item for item in self.bots)
        return replace(self, bots=tuple(bots))

    def taking_profit(self, equity: Decimal) -> "CircuitBreaker":
        """Return the breaker with every take-profit that this equity has reached marked as taken."""
        taken = {item.source for item in self.thresholds if item.is_reached(Breach.TAKE_PROFIT, equity)}
        bots = (replace(bot, profit_taken=bot.profit_taken or bot.source in taken) for bot in self.bots)
        own = self.profit_taken or OPERATOR_SOURCE in taken
        return replace(self, profit_taken=own, bots=tuple(bots))

    def seeing(self, breach: Breach, equity: Decimal, ticket: UUID, now: datetime) -> "CircuitBreaker":
        """Return the breaker with a new breach; what it did about the last one is over."""
        reached = self.reached(breach, equity)
        return replace(
            self,
            breach=breach,
            breach_source=None if reached is None else reached.source,
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

    def with_event(self, event: str, now: datetime) -> "CircuitBreaker":
        """Return the breaker with what it did last."""
        return replace(self, last_event=event, last_event_at=now)

    def rearmed(self) -> "CircuitBreaker":
        """Return the breaker as the operator's edit leaves it: watching, its pause still to be lifted.

        After a breach the bots begin anew too, from a base that is still to come; else they keep theirs.
        """
        bots = self.bots if self.phase is Phase.ARMED else self.at_new_account().bots
        return CircuitBreaker(
            broker=self.broker,
            glb_sl=self.glb_sl,
            glb_tp=self.glb_tp,
            base_equity=self.base_equity,
            active=self.active,
            liquidate_on_tp=self.liquidate_on_tp,
            paused=self.paused,
            replaced=self.replaced,
            bots=bots,
        )

    def at_new_account(self) -> "CircuitBreaker":
        """Return the breaker with the bots' bases still to come: those of another account say nothing."""
        anew = (replace(bot, base_equity=None, profit_taken=False) for bot in self.bots)
        return replace(self, bots=tuple(anew))


def _first(thresholds: Iterable[Threshold], breach: Breach) -> Threshold | None:
    sign = -1 if breach is Breach.STOP_LOSS else 1

    def rank(item: Threshold) -> tuple[bool, Decimal]:
        # One without a base has no equity to compare yet, and comes last.
        level, fraction = item.level(breach), item.fraction(breach) or Decimal(0)
        return level is None, sign * (fraction if level is None else level)

    wanted = (item for item in thresholds if item.fraction(breach) is not None)
    return min(wanted, key=rank, default=None)


def step_ticket(breach: UUID, step: Step) -> UUID:
    """Derive the ticket of one closing order: the same breach, symbol and attempt always give the same."""
    noise = uuid5(breach, f"{step.symbol}/{step.attempt}").int & _LOW_BITS
    return UUID(int=(breach.int & ~_LOW_BITS) | noise)


def may_try_again(step: Step, now: datetime) -> bool:
    """Tell whether an exit that came to its end without success may be followed by another already."""
    # A clock that was set back must not make the pause longer than it was meant to be.
    return not timedelta(0) <= now - step.at < pause_after(step.attempt)
