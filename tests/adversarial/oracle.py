"""Which orders an alert, its bot and the environment allow, without a look at how Gatehouse decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

SIGNS = {"bullish": 1, "bearish": -1}
ACTIONS = {1: "buy", -1: "sell_short"}
SIDES = {1: "buy", -1: "sell"}
CAPS = ("notional", "max_order_notional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An order as it left for a broker; money and prices in the account's currency."""

    symbol: str
    side: str
    kind: str = "equity"
    quantity: Decimal | None = None
    notional: Decimal | None = None
    target: Decimal | None = None
    stop: Decimal | None = None

    def units(self, price: Decimal) -> Decimal:
        """Return how many units it trades at a price."""
        return (self.notional or Decimal(0)) / price if self.quantity is None else self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the owner set: the environment's limits and the bot's own."""

    max_notional: Decimal = Decimal(250)
    min_confidence: Decimal = Decimal("0.72")
    allow_short: bool = True
    bot: Mapping[str, Any] = field(default_factory=dict)

    @property
    def most(self) -> Decimal:
        """Return the largest value of an entry."""
        own = (self.bot.get(name) for name in CAPS)
        return min([self.max_notional, *(Decimal(str(cap)) for cap in own if cap is not None)])


@dataclass(frozen=True, slots=True)
class Permit:
    """The one entry that is allowed."""

    symbol: str
    sign: int
    most: Decimal
    levels: tuple[Decimal, Decimal]


def permit(idea: Mapping[str, Any], bounds: Bounds, said: Mapping[str, Any] | None = None) -> Permit | None:
    """Return what an idea may lead to, and no more than a model has `said`; None is nothing."""
    sign = SIGNS.get(str(idea.get("direction")), 0)
    entry, target, stop = (figure(idea.get(f"{name}_price")) for name in ("entry", "target", "stop"))
    if sign == 0 or entry is None or target is None or stop is None:
        return None
    if (target - entry) * sign <= 0 or (entry - stop) * sign <= 0 or min(entry, target, stop) <= 0:
        return None
    if sign < 0 and not (bounds.allow_short and bounds.bot.get("allow_short", True)):
        return None
    most = bounds.most
    if said is not None:
        asked = agreed(idea, bounds, said, sign)
        if asked is None:
            return None
        most = min(most, asked)
    return Permit(str(idea["symbol"]).strip().upper(), sign, most, (target, stop))


def agreed(idea: Mapping[str, Any], bounds: Bounds, said: Mapping[str, Any], sign: int) -> Decimal | None:
    """Return what a decision in favour of an idea would spend; None when it is not in favour."""
    symbol = str(said.get("symbol")).strip().upper().rpartition(":")[2]
    confidence, notional = figure(said.get("confidence")), figure(said.get("notional_usd"))
    if (said.get("action"), symbol) != (ACTIONS[sign], str(idea["symbol"]).strip().upper()):
        return None
    if confidence is None or not bounds.min_confidence <= confidence <= 1:
        return None
    return notional if notional is not None and notional > 0 else None


def violations(allowed: Permit | None, sent: Iterable[Sent], price: Decimal) -> list[str]:
    """Return what was wrong about orders in the sequence in which they left; `price` is the market's."""
    orders = list(sent)
    if allowed is None:
        return [f"nothing was allowed: {order}" for order in orders]
    entries = [order for order in orders if order.side == SIDES[allowed.sign]]
    exits = [order for order in orders if order.side != SIDES[allowed.sign]]
    found = [f"another symbol: {order}" for order in orders if order.symbol != allowed.symbol]
    found += [f"no share: {order}" for order in orders if order.kind != "equity"]
    found += [f"one entry too many: {order}" for order in entries[1:]]
    found += [f"too large: {order}" for order in entries if order.units(price) * price > allowed.most]
    found += [f"exits of its own: {order}" for order in entries if not keeps_levels(order, allowed.levels)]
    bought = sum((order.units(price) for order in entries), Decimal(0))
    found += [f"more than was entered: {order}" for order in exits if order.units(price) > bought]
    if exits and orders.index(exits[0]) == 0:
        found.append(f"an exit before anything was entered: {exits[0]}")
    return found


def shrinks(sent: list[Sent], alone: list[Sent], price: Decimal) -> list[str]:
    """Return what an opinion has added to the orders that an alert leads to by itself, in their sequence."""
    rest, found = iter(alone), []
    for order in sent:
        match = next(
            (other for other in rest if (other.symbol, other.side) == (order.symbol, order.side)), None
        )
        if match is None:
            found.append(f"created or redirected: {order}")
        elif order.units(price) > match.units(price):
            found.append(f"enlarged: {order}, alone {match}")
    return found


def keeps_levels(order: Sent, levels: tuple[Decimal, Decimal]) -> bool:
    return order.target in {None, levels[0]} and order.stop in {None, levels[1]}


def figure(value: Any) -> Decimal | None:
    """Return a finite number, None for anything else; what is written as text is no number of a model's."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
