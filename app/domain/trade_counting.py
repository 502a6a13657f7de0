"""Fills into trades: what a bot holds after each, and what it closed."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.money import ONE, ZERO, plain
from app.domain.orders import OrderRole, Side
from app.domain.trades import NOTHING_COUNTED, FilledSoFar, FillUpdate, Trade, counted, trade_id

REMEMBERED_ORDERS = 5
FIRST_TICKETS, LAST_TICKETS = 20, 79


def count_fill(trade: Trade, fill: FillUpdate, multiplier: Decimal) -> tuple[Trade, ClosedTrade | None]:
    """Return the trade after a fill, counting nothing twice, and what it closed where it went flat.

    An exit never takes a trade beyond nothing; an entry may, and then what is left is a trade of its own.
    """
    receipt = fill.receipt
    seen = max(trade.orders.get(receipt.client_order_id, NOTHING_COUNTED), fill.counted)
    new = receipt.filled_quantity - seen.quantity
    if new <= ZERO or receipt.average_fill_price is None:
        return trade, None
    now = counted(receipt)
    # A receipt's average is of all its fills; what is new was paid at a price of its own.
    price, fees = (now.value - seen.value) / new, max(now.fees - seen.fees, ZERO)
    if fill.role is OrderRole.EXIT:
        # What the account held beyond the trade was somebody else's, and is not the trade's to lose.
        new = min(new, max(ZERO, -trade.quantity * receipt.side.sign))
    part = _Part(
        change=receipt.side.sign * new,
        price=price,
        fees=fees,
        multiplier=multiplier,
        at=receipt.filled_at or fill.at or receipt.created_at,
        ticket=str(fill.ticket) if fill.ticket is not None else None,
        opening=(receipt.client_order_id, trade.bot, trade.symbol, format(seen.quantity, "f")),
        orders=_remembered(trade.orders) | {receipt.client_order_id: now},
    )
    after, closed = _moved(trade, part)
    if closed is None and fill.role is OrderRole.EXIT and receipt.status.is_final:
        # What was held is sold: the rest was never there, and would count as a position for ever.
        return end_if_fee(after, fill.kept_fee, part.at)
    return after, closed


def end_if_fee(trade: Trade, kept_fee: Decimal, at: datetime) -> tuple[Trade, ClosedTrade | None]:
    """Return the trade ended where what is left of it is no more than the broker may have kept as a fee."""
    if not trade.is_fee(abs(trade.quantity), kept_fee):
        return trade, None
    return keep_fee(trade, abs(trade.quantity), at)


def keep_fee(trade: Trade, kept: Decimal, at: datetime) -> tuple[Trade, ClosedTrade | None]:
    """Return the trade without units (unsigned) that the broker kept as its fee, at what they had cost."""
    left = trade.quantity - kept.copy_sign(trade.quantity)
    cost = plain(kept * trade.average_price * trade.multiplier)
    after = replace(trade, quantity=left, fees=trade.fees + cost)
    return after, _closed(trade, after, at) if left == ZERO else None


def reduce_trade(
    trade: Trade,
    lost: Decimal,
    at: datetime,
    *,
    price: Decimal | None = None,
    fees: Decimal = ZERO,
    ticket: UUID | None = None,
    order: str | None = None,
) -> tuple[Trade, ClosedTrade | None]:
    """Return the trade without units (unsigned) that left it by no order of its bot, and what it closed.

    They were sold by the operator's `order` at a price, or, without one, left in a way that nobody told.
    """
    orders = trade.orders
    if order is not None:
        # Whoever counts this order once more, after a crash, must see what it took from here already.
        seen = orders.get(order, NOTHING_COUNTED)
        now = FilledSoFar(seen.quantity + lost, price or ZERO, fees=seen.fees + fees)
        orders = _remembered(orders) | {order: now}
    sign = ONE if trade.quantity > ZERO else -ONE
    part = _Part(
        change=-sign * min(lost, abs(trade.quantity)),
        price=price if price is not None else trade.average_price,
        fees=fees,
        multiplier=trade.multiplier,
        at=at,
        ticket=str(ticket) if ticket is not None else None,
        opening=(),
        orders=orders,
        is_priced=price is not None,
    )
    return _moved(trade, part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Units that come (positive) or go at a price.

    `opening` is what names the trade that they may open, `orders` what has been counted once they are.
    """

    change: Decimal
    price: Decimal
    fees: Decimal
    multiplier: Decimal
    at: datetime
    ticket: str | None
    opening: tuple[str, ...]
    orders: dict[str, FilledSoFar]
    is_priced: bool = True

    def split(self, quantity: Decimal) -> tuple["_Part", "_Part"]:
        """Return the first units (unsigned) and the rest; fees go with the units."""
        sign = ONE if self.change > ZERO else -ONE
        fees = plain(self.fees * quantity / abs(self.change))
        first = replace(self, change=sign * quantity, fees=fees)
        return first, replace(self, change=self.change - first.change, fees=self.fees - fees)


def _moved(trade: Trade, part: _Part) -> tuple[Trade, ClosedTrade | None]:
    if part.change == ZERO:
        return replace(trade, orders=part.orders), None
    if trade.quantity * part.change >= ZERO:
        return _entered(trade, part), None
    leaving, rest = part.split(min(abs(part.change), abs(trade.quantity)))
    left = _exited(trade, leaving)
    closed = _closed(trade, left, part.at) if left.quantity == ZERO else None
    return (_entered(left, rest) if rest.change else left), closed


def _entered(trade: Trade, part: _Part) -> Trade:
    if trade.quantity == ZERO:
        # Whatever went before is over: this is a trade of its own, that remembers what has been counted.
        own_id, multiplier = trade_id(*part.opening), part.multiplier
        trade = Trade(trade.bot, trade.broker, trade.symbol, part.at, id=own_id, multiplier=multiplier)
    after = trade.quantity + part.change
    average = plain((trade.quantity * trade.average_price + part.change * part.price) / after)
    return replace(
        trade,
        quantity=after,
        average_price=average,
        orders=part.orders,
        entered=trade.entered.adding(abs(part.change), part.price),
        fees=trade.fees + part.fees,
        tickets=_with_ticket(trade.tickets, part.ticket),
        entered_at=part.at,
    )


def _exited(trade: Trade, part: _Part) -> Trade:
    gone = abs(part.change)
    gain = -part.change * (part.price - trade.average_price) * part.multiplier
    return replace(
        trade,
        quantity=trade.quantity + part.change,
        realized_pnl=trade.realized_pnl + gain if part.is_priced else trade.realized_pnl,
        exited=trade.exited.adding(gone, part.price) if part.is_priced else trade.exited,
        unpriced=trade.unpriced if part.is_priced else trade.unpriced + gone,
        orders=part.orders,
        fees=trade.fees + part.fees,
        tickets=_with_ticket(trade.tickets, part.ticket),
    )


def _closed(before: Trade, left: Trade, at: datetime) -> ClosedTrade:
    return ClosedTrade(
        id=left.id,
        number=left.number,
        bot=left.bot,
        broker=left.broker,
        symbol=left.symbol,
        side=Side.BUY if before.quantity > ZERO else Side.SELL,
        quantity=left.entered.quantity,
        multiplier=left.multiplier,
        entry_price=left.entered.average_price,
        exit_price=left.exited.average_price if not left.unpriced else None,
        realized_pnl=left.realized_pnl,
        fees=left.fees,
        is_priced=not left.unpriced,
        opened_at=left.opened_at,
        closed_at=at,
        tickets=left.tickets,
        counted={name: seen.quantity for name, seen in left.orders.items()},
    )


def _with_ticket(tickets: tuple[str, ...], ticket: str | None) -> tuple[str, ...]:
    """Keep the first tickets and the last: a trade that is added to for ever costs each alert the same."""
    if ticket is None or ticket in tickets:
        return tickets
    return (*tickets[:FIRST_TICKETS], *tickets[FIRST_TICKETS:][-LAST_TICKETS:], ticket)


def _remembered(orders: dict[str, FilledSoFar]) -> dict[str, FilledSoFar]:
    """Keep what may still fill, and the last that are over: a restart may bring their receipts once more."""
    over = [name for name, seen in orders.items() if not seen.is_working]
    forgotten = set(over[:-REMEMBERED_ORDERS])
    return {name: seen for name, seen in orders.items() if name not in forgotten}
