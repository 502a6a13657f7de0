"""A structure that a bot opened and still manages: what is held, what it cost, what is being worked on."""

from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.structures.kinds import StructureKind
from app.domain.structures.ladder import Rung
from app.domain.structures.legs import Leg, Structure
from app.domain.structures.orders import StructureReceipt
from app.domain.structures.parts import LadderPart
from app.domain.structures.payoff import largest_loss

HALF_A_CENT = Decimal("0.005")


class TradeState(StrEnum):
    """Where a trade stands. `broken`: its legs are not what they should be; the rest is being left."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    BROKEN = "broken"
    EXPIRED = "expired"
    ASSIGNED = "assigned"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is held of it any more."""
        return self in {TradeState.CLOSED, TradeState.EXPIRED, TradeState.ASSIGNED}


class ExitCause(StrEnum):
    """Why a trade is left."""

    COMMAND = "command"
    OPERATOR = "operator"
    PROFIT_TARGET = "profit_target"
    STOP_LOSS = "stop_loss"
    TRAILING_STOP = "trailing_stop"
    UNDERLYING = "underlying"
    DAYS_BEFORE_EXPIRY = "days_before_expiry"
    EXPIRY = "expiry"
    BROKEN = "broken"
    CIRCUIT_BREAKER = "circuit_breaker"

    @property
    def is_urgent(self) -> bool:
        """Tell whether the ladder may end at the natural price: whoever must leave pays what it costs."""
        return self is not ExitCause.PROFIT_TARGET


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of the order that works; of `legs` quantity times price, where the broker tells."""

    units: int = 0
    value: Decimal = ZERO
    fees: Decimal = ZERO
    legs: dict[str, Decimal] = field(default_factory=dict)
    broker_order_id: str = ""


@dataclass(frozen=True, slots=True)
class LadderWork:
    """A ladder that is being climbed: written before each order is sent, so that a restart can go on.

    `structure` is what is traded: the trade's own, its opposite, or one leg alone. `units` are still wanted
    of it, `step` is the rung of the order at `place` of `ticket`, written at `began_at`; `is_sent` says that
    it may be at the broker. After the last rung an exit begins anew at `resume_at`; `attempts` are the
    ladders that came to their end. `due_at` is when its rest or pause is over by the broker's clock, which
    can be moved at a simulated one: whichever time comes first counts, so that no ladder stands still.
    `rest` is what follows on `structure`, `rest_units` of it.
    """

    role: OrderRole
    structure: Structure
    ticket: UUID
    units: int
    rungs: tuple[Rung, ...]
    place: int
    client_order_id: str
    began_at: datetime
    step: int = 0
    is_sent: bool = False
    cause: ExitCause | None = None
    attempts: int = 0
    resume_at: datetime | None = None
    due_at: datetime | None = None
    counted: Counted = Counted()
    rest: tuple[LadderPart, ...] = ()
    rest_units: int = 0

    @property
    def is_later_part(self) -> bool:
        """Tell whether this is the last of several parts: its units were counted with the first."""
        return self.rest_units > 0 and not self.rest

    @property
    def rung(self) -> Rung:
        """The rung on which the order rests."""
        return self.rungs[self.step]

    @property
    def is_last(self) -> bool:
        """Tell whether no rung is left."""
        return self.step >= len(self.rungs) - 1


@dataclass(frozen=True, slots=True)
class WantedExit:
    """A wish to be out that comes while another ladder is climbed; `units` None: all of them."""

    ticket: UUID
    cause: ExitCause
    units: int | None = None


@dataclass(frozen=True, slots=True)
class StopLook:
    """One look at the mark: when by the broker's time and by ours, and whether it was beyond the stop."""

    at: datetime
    is_beyond: bool
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureTrade:
    """A bot's trade in a structure.

    Net prices are signed, per unit of the underlying, as Alpaca signs them. `entered_value` and
    `exited_value` are the sums of the net prices of all that came and went, so that once nothing is left
    their sum, with its sign turned, is the gain. `legs` are the signed contracts held, by name. `placed` is
    the last place that an order of an earlier ladder had in its ticket. `leg_entries` are the sums (signed
    quantity times price) at which each leg was entered, as far as brokers told them.
    """

    id: str
    number: int
    bot: str
    broker: str
    kind: StructureKind
    structure: Structure
    state: TradeState
    created_at: datetime
    tickets: tuple[UUID, ...]
    entered_units: int = 0
    entered_value: Decimal = ZERO
    exited_value: Decimal = ZERO
    fees: Decimal = ZERO
    legs: dict[str, Decimal] = field(default_factory=dict)
    entered_at: datetime | None = None
    closed_at: datetime | None = None
    reason: Reason | None = None
    work: LadderWork | None = None
    wanted_exit: WantedExit | None = None
    best_gain: Decimal | None = None
    looks: tuple[StopLook, ...] = ()
    underlying_at_entry: Decimal | None = None
    placed: int = 10
    leg_entries: dict[str, Decimal] = field(default_factory=dict)

    @property
    def symbol(self) -> str:
        """The underlying."""
        return self.structure.underlying

    @property
    def symbols(self) -> list[str]:
        """The contracts and shares that it is made of, by name."""
        return [leg.instrument.symbol for leg in self.structure.legs]

    @property
    def units(self) -> int:
        """The whole units that the legs held make."""
        return min(self._units_of(leg) for leg in self.structure.legs)

    def _units_of(self, leg: Leg) -> int:
        held = self.legs.get(leg.instrument.symbol, ZERO)
        return max(int(held / leg.quantity), 0)

    @property
    def is_whole(self) -> bool:
        """Tell whether the legs held are whole units and nothing beside them."""
        return self.legs == _moved({}, self.structure, self.units)

    @property
    def exited_units(self) -> int:
        """The units that are gone."""
        return self.entered_units - self.units

    @property
    def entry_net(self) -> Decimal | None:
        """The average net price at which its units were entered."""
        return self.entered_value / self.entered_units if self.entered_units else None

    @property
    def leg_prices(self) -> dict[str, Decimal]:
        """The average price at which each leg was entered; empty where brokers did not tell all of them."""
        legs, units = {leg.instrument.symbol: leg for leg in self.structure.legs}, self.entered_units
        if not units or legs.keys() != self.leg_entries.keys():
            return {}
        values = (value * legs[name].instrument.multiplier for name, value in self.leg_entries.items())
        told = sum(values, ZERO) / self.structure.multiplier
        # Legs that do not add up to the net price would tell of another trade.
        if abs(told - self.entered_value) > HALF_A_CENT * units:
            return {}
        return {name: value / (legs[name].ratio * units) for name, value in self.leg_entries.items()}

    @property
    def largest_loss(self) -> Decimal | None:
        """The most that the units held can lose from their entry on, in money; None has no end."""
        net = self.entry_net
        loss = None if net is None else largest_loss(self.structure, net)
        return None if loss is None else loss * self.units

    @property
    def realized(self) -> Decimal:
        """What the units that are gone have brought, in money and before fees."""
        net = self.entry_net or ZERO
        return -(net * self.exited_units + self.exited_value) * self.structure.multiplier

    def open_gain(self, mark: Decimal) -> Decimal:
        """Return what the units held would bring at a mark, in money."""
        net = self.entry_net
        return ZERO if net is None else (mark - net) * self.structure.multiplier * self.units

    def gain_fraction(self, mark: Decimal) -> Decimal | None:
        """Return the gain as a fraction of the credit received or debit paid; None: entered at zero."""
        net = self.entry_net
        return (mark - net) / abs(net) if net else None


def count_receipt(trade: StructureTrade, receipt: StructureReceipt, at: datetime) -> StructureTrade:
    """Count what an order of the trade's ladder has filled since it was counted last; twice is once.

    Raise ValueError for an order that is not the one being worked on.
    """
    work = trade.work
    if work is None or work.client_order_id != receipt.client_order_id:
        raise ValueError(f"{receipt.client_order_id} is not being worked on for trade {trade.number}")
    value = (receipt.average_net or ZERO) * receipt.filled_units
    units, paid = receipt.filled_units - work.counted.units, value - work.counted.value
    if units <= 0:
        return trade
    # An answer without legs takes nothing back of what an earlier one told of them.
    sums = {fill.symbol: fill.quantity * fill.price for fill in receipt.legs} or work.counted.legs
    counted = Counted(receipt.filled_units, value, receipt.fees, sums, receipt.broker_order_id)
    after = replace(
        trade,
        fees=trade.fees + receipt.fees - work.counted.fees,
        legs=_moved(trade.legs, work.structure, units),
        work=replace(work, units=work.units - units, counted=counted),
    )
    if work.role is OrderRole.EXIT:
        return replace(after, exited_value=trade.exited_value + paid)
    return replace(
        after,
        entered_units=trade.entered_units + (0 if work.is_later_part else units),
        entered_value=trade.entered_value + paid,
        leg_entries=_added(trade.leg_entries, sums, work.counted.legs),
        entered_at=trade.entered_at or receipt.filled_at or at,
    )


def without_work(trade: StructureTrade, at: datetime, reason: Reason | None = None) -> StructureTrade:
    """End a ladder: the trade is open with what it holds, or over where that is nothing."""
    trade = replace(trade, placed=trade.placed if trade.work is None else trade.work.place)
    if trade.legs:
        state = TradeState.OPEN if trade.is_whole else TradeState.BROKEN
        return replace(trade, work=None, state=state, reason=reason)
    return replace(trade, work=None, state=TradeState.CLOSED, closed_at=at, reason=reason)


def _added(
    known: dict[str, Decimal], sums: dict[str, Decimal], counted: dict[str, Decimal]
) -> dict[str, Decimal]:
    return {
        name: known.get(name, ZERO) + sums.get(name, ZERO) - counted.get(name, ZERO)
        for name in {**known, **sums}
    }


def _moved(legs: dict[str, Decimal], structure: Structure, units: int) -> dict[str, Decimal]:
    """Legs fill in whole units: return what is held when units of a structure have been traded."""
    held = dict(legs)
    for leg in structure.legs:
        symbol = leg.instrument.symbol
        held[symbol] = held.get(symbol, ZERO) + leg.quantity * units
    return {symbol: quantity for symbol, quantity in held.items() if quantity}
