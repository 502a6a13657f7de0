"""How a protected position stands: one look at the broker joined with what the books say."""

from collections.abc import Iterable
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.capabilities import Capabilities
from app.domain.exit_levels import Levels, better, exit_levels, reached, smallest_move
from app.domain.exit_plan import ExitPlan, Holding, Step, next_step
from app.domain.instruments import Instrument
from app.domain.money import ZERO, round_down
from app.domain.orders import OrderStatus, OrderType, Receipt, Side, bot_of_order, units_on
from app.domain.symbols import parse_symbol
from app.domain.trades import Trade, bots_share
from app.repositories.open_orders import OPERATOR


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """A broker's working orders and positions; the orders were read first."""

    working: dict[str, list[Receipt]]
    positions: dict[str, Position]

    @property
    def orders(self) -> list[Receipt]:
        """All working orders."""
        return [receipt for receipts in self.working.values() for receipt in receipts]


@dataclass(frozen=True, slots=True)
class PositionStatus:
    """A protected position, the levels that its exits should have, and what they need next.

    `has_moved` says that the best price is worth writing down, for a stop that follows it; `is_due` that the
    price has reached an exit.
    """

    instrument: Instrument
    holding: Holding
    levels: Levels
    best: Decimal
    has_moved: bool
    is_due: bool
    step: Step | None


def look(broker: Broker) -> AccountSnapshot:
    """Ask the broker for everything in two calls; raise BrokerUnavailable."""
    # Orders before positions: an exit that fills in between then counts twice, and too little is closed until
    # the next look. The other way round its units would seem free, and be sold again.
    orders = broker.open_orders()
    return by_symbol(orders, broker.positions())


def by_symbol(orders: Iterable[Receipt], positions: Iterable[Position]) -> AccountSnapshot:
    """Arrange what a broker has answered."""
    working: dict[str, list[Receipt]] = {}
    for receipt in orders:
        working.setdefault(receipt.symbol, []).append(receipt)
    return AccountSnapshot(working, {position.symbol: position for position in positions})


def status_of(
    exit_plan: ExitPlan, trade: Trade | None, snapshot: AccountSnapshot, capabilities: Capabilities
) -> PositionStatus:
    """Say how a position stands and what its exits need next."""
    position = snapshot.positions.get(exit_plan.symbol)
    instrument = _instrument(exit_plan, position)
    working = snapshot.working.get(exit_plan.symbol, [])
    holding = _holding(exit_plan.bot, trade, position, working, capabilities, instrument)
    terms, before = exit_plan.terms, exit_plan.best
    basis = exit_plan.alert_price
    if terms.by_fill and trade is not None and holding.share:
        # A stop of 2 % means 2 % of what was really paid; the alert's price was a guess at it.
        basis = trade.average_price
    # It never moves back: a trailing stop that followed the price both ways would protect nothing.
    best = better(before if before is not None else basis, holding.price, holding.side)
    levels = exit_levels(terms, instrument, holding.side, basis, best)
    # A stop that trails moves in steps, since each move is one of two hundred requests a minute.
    smallest = smallest_move(terms, instrument, holding.side, basis)
    nearest = smallest_move(terms, instrument, holding.side, basis, levels.stop)
    follows = terms.follows_market and holding.share != ZERO
    return PositionStatus(
        instrument,
        holding,
        levels,
        best,
        is_due=reached(levels, holding.side, holding.price) is not None,
        has_moved=follows and abs(best - (before or basis)) >= smallest,
        step=next_step(holding, levels, nearest, lone_stop=exit_plan.lone_stop, paired=capabilities.oco),
    )


def _instrument(exit_plan: ExitPlan, position: Position | None) -> Instrument:
    if position is not None and position.instrument is not None:
        return position.instrument
    return parse_symbol(exit_plan.symbol)


def _holding(
    bot: str,
    trade: Trade | None,
    position: Position | None,
    working: list[Receipt],
    capabilities: Capabilities,
    instrument: Instrument,
) -> Holding:
    owners = {receipt.client_order_id: bot_of_order(receipt.client_order_id) for receipt in working}
    own = [item for item in working if owners[item.client_order_id] == bot]
    share = _share(trade, position)
    side = Side.BUY if share >= ZERO else Side.SELL
    # What the operator closes is everybody's.
    closing = [item for item in working if owners[item.client_order_id] in {bot, OPERATOR}]
    leaving = [item for item in closing if item.side is not side and item.type is OrderType.MARKET]
    resting = [item for item in own if item not in leaving]
    legs = tuple(item for item in resting if item.is_protective)
    waiting = tuple(item for item in resting if not item.is_protective)
    entries = [item for item in waiting if item.side is side]
    # Units that a working close will sell get no exit as well: both could fill, and open the other side.
    by_hand = [item for item in working if owners[item.client_order_id] is None]
    account = abs(position.quantity) - _remaining(leaving) if position is not None else ZERO
    to_close, to_protect = _beside(by_hand, account, side.opposite, capabilities)
    held = min(max(abs(share) - _remaining(leaving), ZERO), to_close)
    # Where orders may not oppose each other, one that rests reserves its units, and the broker refuses a
    # second order for them (Alpaca: held_for_orders).
    taken = ZERO if capabilities.opposing_orders else _remaining(set(waiting) - set(entries))
    return Holding(
        share=share,
        held=held,
        price=position.market_price if position is not None else None,
        restable=_restable(min(max(held - taken, ZERO), to_protect), instrument, capabilities),
        legs=legs,
        waiting=waiting,
        opposing=_opposing(bot, side, working, capabilities, instrument),
        is_flat=trade is None or trade.quantity == ZERO,
        is_filling=_is_filling(legs, entries, capabilities),
    )


def _share(trade: Trade | None, position: Position | None) -> Decimal:
    if trade is None or position is None:
        return ZERO
    # Always as if shared: what the account holds beyond the bot's own trade may be the owner's or another
    # bot's, and gets no exit of this one.
    return bots_share(trade.quantity, position.quantity, shared=True)


def _beside(
    by_hand: list[Receipt], account: Decimal, exit_side: Side, capabilities: Capabilities
) -> tuple[Decimal, Decimal]:
    """Return how many of the account's units can be closed, and protected, beside what was placed by hand.

    A limit or a stop placed by hand may never fill: it holds back no stop of ours, only the units that the
    broker keeps for it.
    """
    at_market = [item for item in by_hand if item.type is OrderType.MARKET]
    kept = at_market if capabilities.opposing_orders else by_hand
    to_close, to_protect = (max(account - units_on(orders, exit_side), ZERO) for orders in (at_market, kept))
    return to_close, to_protect


def _opposing(
    bot: str, side: Side, working: list[Receipt], capabilities: Capabilities, instrument: Instrument
) -> tuple[Receipt, ...]:
    if instrument.asset_class not in capabilities.one_sided:
        return ()
    entries = (item for item in working if item.side is side and not item.is_protective)
    # An order that names no bot is the owner's own: it may be in the way, but it is not ours to cancel.
    return tuple(item for item in entries if bot_of_order(item.client_order_id) not in {bot, None})


def _is_filling(legs: Iterable[Receipt], entries: list[Receipt], capabilities: Capabilities) -> bool:
    if not entries:
        return False
    # Beside a resting entry some brokers take no exit at all; elsewhere the bracket's legs, held back until
    # its entry is complete, must not get a second pair beside them.
    return not capabilities.opposing_orders or any(leg.status is OrderStatus.HELD for leg in legs)


def _restable(held: Decimal, instrument: Instrument, capabilities: Capabilities) -> Decimal:
    if instrument.asset_class not in capabilities.held_exits:
        return ZERO
    # Never rounded up: an exit for more than is held would open the other side. The rest is watched.
    return round_down(instrument.in_one_order(held), capabilities.held_exit_increment)


def _remaining(orders: Iterable[Receipt]) -> Decimal:
    return sum(((item.quantity or ZERO) - item.filled_quantity for item in orders), ZERO)
