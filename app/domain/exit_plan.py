"""The exits of one bot's position: what is written down of them, and what must be done next."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from app.dataclass import dataclass
from app.domain.exit_levels import ExitTerms, Levels, reached
from app.domain.money import ZERO
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    OrderChange,
    OrderStatus,
    OrderType,
    Receipt,
    Side,
    family_name,
)

# The first place of an exit's order in its entry's ticket; before it stand the ticket's own two.
FIRST_PLACE = 2


@dataclass(frozen=True, slots=True)
class Sending:
    """An exit order written down before it is sent; None for an order at the market.

    `name` is its client order id without the suffix of a leg, `suffix` is set where it is one order alone.
    """

    name: str
    side: Side
    quantity: Decimal
    at: datetime
    stop: Decimal | None = None
    target: Decimal | None = None
    suffix: str = ""

    @property
    def leaves(self) -> bool:
        """True for an order at the market."""
        return self.stop is None and self.target is None

    @property
    def names(self) -> list[str]:
        """The client order ids under which the broker holds it."""
        if self.suffix:
            return [self.name + self.suffix]
        return [self.name + TAKE_PROFIT_SUFFIX, self.name + STOP_LOSS_SUFFIX]


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """What a bot's position in a symbol is protected by.

    `ticket` is the entry's, from which the exits' ids are derived with the next `place`. `alert_price` is the
    price that the entry was decided at, `best` the best one since that a stop has followed. `lone_stop`: the
    broker holds the stop only, having refused a target beside it.
    """

    bot: str
    broker: str
    symbol: str
    ticket: UUID
    terms: ExitTerms
    alert_price: Decimal
    lone_stop: bool = False
    place: int = FIRST_PLACE
    best: Decimal | None = None
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """How a protected position stands at the broker.

    `share` is the bot's signed part of the position, `held` what is left of it, unsigned, once the orders
    that close it at the market have filled; `restable` is how much of that the broker can hold exits for.
    `legs` are the stop-losses and take-profits that rest, `waiting` the bot's other orders that do,
    `opposing` those entries of other bots beside which the broker takes no order at the market.
    `is_filling` says that no exit can be placed until its entries are over, `is_flat` that the trade is.
    """

    share: Decimal
    held: Decimal
    price: Decimal | None
    restable: Decimal
    legs: tuple[Receipt, ...] = ()
    waiting: tuple[Receipt, ...] = ()
    opposing: tuple[Receipt, ...] = ()
    is_filling: bool = False
    is_flat: bool = False

    @property
    def side(self) -> Side:
        """The side on which the position was entered."""
        return Side.BUY if self.share >= ZERO else Side.SELL

    @property
    def is_over(self) -> bool:
        """True when there is nothing left, and nothing working."""
        return self.is_flat and self.share == ZERO and not self.legs and not self.waiting


@dataclass(frozen=True, slots=True)
class CancelOrders:
    """Take orders back: they stand in the way of the right ones, or protect nothing."""

    orders: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class PlaceExits:
    """Let the broker hold exits for so many units."""

    quantity: Decimal
    levels: Levels


@dataclass(frozen=True, slots=True)
class ReplaceExits:
    """Give working legs new prices."""

    changes: tuple[tuple[Receipt, OrderChange], ...]

    @property
    def distance(self) -> Decimal:
        """By which part of its price the leg that is off most is off."""
        return max(_distance(leg, change) for leg, change in self.changes)


@dataclass(frozen=True, slots=True)
class CloseAtMarket:
    """Close so many units at the market, since the price has reached the exit of this suffix."""

    quantity: Decimal
    suffix: str


Step: TypeAlias = CancelOrders | PlaceExits | ReplaceExits | CloseAtMarket


def next_step(
    holding: Holding,
    levels: Levels,
    smallest_move: Decimal,
    *,
    lone_stop: bool = False,
    paired: bool = True,
) -> Step | None:
    """Decide what brings the exits to where they should be; None: they are there.

    With `lone_stop` a stop rests without its target, which is watched. Unless the broker knows of pairs, a
    leg that its mate has left too large would close more than there is.
    """
    live = live_legs(holding.legs)
    if holding.share == ZERO:
        # A broker may show a fill before the position that it made.
        return CancelOrders(live) if live and holding.is_flat else None
    suffix = reached(levels, holding.side, holding.price)
    if suffix is not None and holding.held > covered_by(live, suffix):
        return _leave(holding, live, suffix)
    if holding.is_filling or holding.held == ZERO:
        return None
    resting = Levels(levels.stop, None) if lone_stop and levels.stop is not None else levels
    is_covered = covered_by(live) == holding.restable and _have_shape(live, resting)
    if not is_covered or not (paired or _are_even(live)):
        return _rebuild(holding, live, resting)
    return _move(live, resting, smallest_move)


def live_legs(legs: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Return the legs that protect now; those of an entry that has not filled are all held."""
    legs = tuple(legs)
    active = {family_of(leg) for leg in legs if leg.status is not OrderStatus.HELD}
    return tuple(leg for leg in legs if family_of(leg) in active)


def covered_by(live: Iterable[Receipt], suffix: str = "") -> Decimal:
    """Return for how many units there are exits, of one kind or any; the two legs of a pair count once."""
    families: dict[str, Decimal] = {}
    for leg in live:
        if not leg.client_order_id.endswith(suffix):
            continue
        name, left = family_of(leg), (leg.quantity or ZERO) - leg.filled_quantity
        families[name] = min(families.get(name, left), left)
    return sum(families.values(), ZERO)


def _leave(holding: Holding, live: tuple[Receipt, ...], suffix: str) -> Step:
    """Close at the market what no exit of this kind closes, once nothing is in its way.

    What waits to buy more would be bought after the stop, and what waits to sell holds the units. Another
    bot's entry may have to go as well: it can wait for another day, a stop cannot.
    """
    acting = {family_of(leg) for leg in live if leg.client_order_id.endswith(suffix)}
    others = tuple(leg for leg in live if family_of(leg) not in acting)
    in_the_way = (*holding.waiting, *holding.opposing, *others)
    if in_the_way:
        return CancelOrders(in_the_way)
    return CloseAtMarket(holding.held - covered_by(live, suffix), suffix)


def _rebuild(holding: Holding, live: tuple[Receipt, ...], levels: Levels) -> Step | None:
    if live:
        return CancelOrders(live)
    if holding.restable == ZERO or levels == Levels(None, None):
        return None
    return PlaceExits(holding.restable, levels)


def _have_shape(live: tuple[Receipt, ...], levels: Levels) -> bool:
    wanted = {
        suffix
        for suffix, price in ((STOP_LOSS_SUFFIX, levels.stop), (TAKE_PROFIT_SUFFIX, levels.target))
        if price is not None
    }
    families: dict[str, set[str]] = {}
    for leg in live:
        families.setdefault(family_of(leg), set()).add(leg.client_order_id[-len(STOP_LOSS_SUFFIX) :])
    return all(found == wanted for found in families.values())


def _are_even(live: tuple[Receipt, ...]) -> bool:
    lefts: dict[str, set[Decimal]] = {}
    for leg in live:
        lefts.setdefault(family_of(leg), set()).add((leg.quantity or ZERO) - leg.filled_quantity)
    return all(len(each) == 1 for each in lefts.values())


def _move(live: tuple[Receipt, ...], levels: Levels, smallest: Decimal) -> ReplaceExits | None:
    changes = [(leg, change) for leg in live if (change := _change(leg, levels, smallest)) is not None]
    return ReplaceExits(tuple(changes)) if changes else None


def _distance(leg: Receipt, change: OrderChange) -> Decimal:
    now, wanted = (
        (leg.limit_price, change.limit_price)
        if change.limit_price is not None
        else (leg.stop_price, change.stop_price)
    )
    return abs(wanted / now - 1) if wanted is not None and now else ZERO


def _change(leg: Receipt, levels: Levels, smallest: Decimal) -> OrderChange | None:
    if leg.type is OrderType.STOP and leg.stop_price is not None and levels.stop is not None:
        is_off = abs(leg.stop_price - levels.stop) >= smallest
        return OrderChange(stop_price=levels.stop) if is_off else None
    if leg.type is OrderType.LIMIT and leg.limit_price is not None and levels.target is not None:
        is_off = abs(leg.limit_price - levels.target) > ZERO
        return OrderChange(limit_price=levels.target) if is_off else None
    return None


def orphaned(working: Sequence[Receipt], held: Collection[str]) -> list[Receipt]:
    """Return the protective orders whose symbol is not `held`, save those that wait for their own entry.

    `working` must have been read before `held`: an entry that fills in between has its position then.
    """
    names = {receipt.client_order_id for receipt in working}
    loose = (receipt for receipt in working if receipt.is_protective and receipt.symbol not in held)
    return [receipt for receipt in loose if not _awaits_entry(receipt, names)]


def family_of(leg: Receipt) -> str:
    """Return the client order id of the order whose leg this is."""
    return family_name(leg.client_order_id)


def _awaits_entry(leg: Receipt, names: Collection[str]) -> bool:
    return leg.status is OrderStatus.HELD and family_of(leg) in names
