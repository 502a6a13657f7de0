"""What the operator sees and does beside the alerts: orders, positions, prices."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import dropwhile, islice
from typing import Any, Protocol
from uuid import UUID

from app.brokers.base import Broker
from app.domain.accounts import Position
from app.domain.money import ZERO, text
from app.domain.orders import Order, OrderRole, OrderStatus, Receipt, Side, client_order_id
from app.domain.reasons import Reason
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import Ticket, TicketStatus, new_ticket_id, order_record, shown
from app.errors import BrokerRejected, InvalidRequest, NotFound
from app.services.clock import Clock
from app.services.following import OrderFollower
from app.services.journal import Journal
from app.services.ledger import Ledger
from app.services.locks import Locks
from app.services.records import OPERATOR, is_working, reminder
from app.services.routing import BrokerDesk, BrokerNotConfigured
from app.services.trades import TradeBook
from app.storage.base import Delete, Store

NO_TICKET = UUID(int=0)


class SimulatedMarket(Protocol):
    """A broker whose market can be moved by hand."""

    def set_prices(self, prices: Mapping[str, Decimal | None]) -> list[Receipt]:
        """Pin prices (None unpins) and let waiting orders trigger."""

    def prices(self) -> dict[str, Decimal]:
        """Return every known price."""


class Operator:
    """The operator acts in every trading state; what is sent is a ticket like any other."""

    def __init__(
        self,
        *,
        store: Store,
        desk: BrokerDesk,
        ledger: Ledger,
        follower: OrderFollower,
        trades: TradeBook,
        locks: Locks,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store = store
        self._desk = desk
        self._ledger = ledger
        self._follower = follower
        self._trades = trades
        self._locks = locks
        self._journal = journal
        self._clock = clock

    def positions(self) -> list[dict[str, Any]]:
        """Return every broker's positions."""
        brokers = self._desk.all()
        return [_position_view(broker, item) for broker in brokers for item in broker.positions()]

    def orders(self, *, status: str, after: str | None, limit: int) -> list[dict[str, Any]]:
        """Return orders newest first, starting behind the client order id `after`."""
        self._follower.follow()
        wanted = (order for order in self._every_order() if status in {"all", _state(order)})
        return list(islice(_behind(wanted, after), limit))

    def orphans(self) -> list[str]:
        """Return the protective orders whose symbol has no position."""
        names: list[str] = []
        for broker in self._desk.all():
            held = {position.symbol for position in broker.positions()}
            working = [receipt for receipt in broker.open_orders() if receipt.status is not OrderStatus.HELD]
            loose = (item for item in working if item.is_protective and item.symbol not in held)
            names += [receipt.client_order_id for receipt in loose]
        return names

    def cancel(self, name: str) -> None:
        """Cancel a working order by its client order id; raise NotFound or BrokerRejected."""
        for broker in self._desk.all():
            receipt = broker.find(name)
            if receipt is not None:
                broker.cancel(receipt)
                self._journal.activity(f"operator: canceled {name} at {broker.name}")
                self._follower.follow()
                return
        raise NotFound(f"There is no order {name}.")

    def close_position(self, broker_name: str, symbol: str) -> dict[str, Any]:
        """Close a whole position at the market; return the ticket."""
        try:
            broker = self._desk.get(broker_name)
        except BrokerNotConfigured as error:
            raise NotFound(f"There is no broker {broker_name} here.") from error
        with self._locks.hold(f"{broker_name}:{symbol}"):
            held = next((item for item in broker.positions() if item.symbol == symbol), None)
            if held is None:
                raise NotFound(f"There is no position in {symbol} at {broker_name}.")
            ticket = self._close(broker, held)
        self._follower.follow()
        return self._ledger.find(ticket.id) or shown(ticket.to_json(self._clock()))

    def set_prices(self, prices: dict[str, Decimal | None]) -> dict[str, Any]:
        """Move the simulated market; return all prices and the orders that this changed."""
        market = self._simulated_market()
        known = {_canonical(symbol): price for symbol, price in prices.items()}
        changed = market.set_prices(known)
        self._follower.follow()
        return {"prices": self.prices(), "changed": [receipt.client_order_id for receipt in changed]}

    def prices(self) -> dict[str, str]:
        """Return the simulated market's prices."""
        return {symbol: format(price, "f") for symbol, price in self._simulated_market().prices().items()}

    def _simulated_market(self) -> SimulatedMarket:
        for broker in self._desk.all():
            if broker.capabilities.simulated:
                return broker  # type: ignore[return-value]  # simulated brokers offer both
        raise InvalidRequest("No simulated broker is configured.")

    def _close(self, broker: Broker, held: Position) -> Ticket:
        instrument = held.instrument or parse_symbol(held.symbol)
        ticket = Ticket(
            new_ticket_id(), OPERATOR, OPERATOR, self._clock(), {"close": held.symbol, "broker": broker.name}
        )
        order = Order(
            client_order_id=client_order_id(OPERATOR, ticket.id, OrderRole.EXIT),
            instrument=instrument,
            side=Side.SELL if held.quantity > ZERO else Side.BUY,
            role=OrderRole.EXIT,
            quantity=abs(held.quantity),
        )
        self._write_ahead(broker, ticket, order)
        try:
            broker.submit(order)
        except BrokerRejected as error:
            self._write_rejection(ticket, order, error)
            raise
        self._store.apply(self._trades.forgetting(broker.name, held.symbol))
        self._journal.activity(f"operator: closed {held.quantity:f} {held.symbol} at {broker.name}")
        return ticket

    def _write_ahead(self, broker: Broker, ticket: Ticket, order: Order) -> None:
        """Write the ticket before the order is sent; what became of it is then found by following."""
        unsent = Receipt(
            client_order_id=order.client_order_id,
            broker_order_id="",
            broker=broker.name,
            symbol=order.instrument.symbol,
            side=order.side,
            type=order.type,
            status=OrderStatus.UNKNOWN,
            created_at=self._clock(),
            quantity=order.quantity,
        )
        record = order_record(unsent, bot=OPERATOR, ticket=ticket.id, role=order.role.value)
        ticket.orders.append(record)
        ticket.end(TicketStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN)
        multiplier, at = order.instrument.multiplier, self._clock()
        kept = reminder(order.client_order_id, record, multiplier=multiplier, at=at)
        self._store.apply([kept, self._ledger.writing(ticket)])

    def _write_rejection(self, ticket: Ticket, order: Order, error: BrokerRejected) -> None:
        written = self._ledger.document(ticket.id)
        kept = self._store.get(f"orders/{order.client_order_id}")
        if written is None:
            return
        ticket.orders[0]["status"] = OrderStatus.REJECTED.value
        ticket.end(TicketStatus.REJECTED, Reason.BROKER_REJECTED, error.message)
        over = [Delete(kept)] if kept is not None else []
        self._store.apply([self._ledger.rewriting(written, ticket.to_json(self._clock())), *over])

    def _every_order(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for ticket in self._ledger.newest_first():
            for order in reversed(ticket["orders"]):
                seen.add(order["client_order_id"])
                yield order
        for broker in self._desk.all():
            strangers = (item for item in broker.open_orders() if item.client_order_id not in seen)
            yield from (_stranger(item) for item in strangers)


def _position_view(broker: Broker, position: Position) -> dict[str, Any]:
    return {
        "broker": broker.name,
        "symbol": position.symbol,
        "quantity": text(position.quantity),
        "average_price": text(position.average_price),
        "market_price": text(position.market_price),
        "unrealized_pnl": text(position.unrealized_pnl),
    }


def _stranger(receipt: Receipt) -> dict[str, Any]:
    """Show an order that no ticket knows: a leg of a bracket, or somebody else's."""
    view = order_record(receipt, bot="", ticket=NO_TICKET, role="")
    return view | {"bot": None, "ticket": None, "role": None}


def _state(order: dict[str, Any]) -> str:
    return "open" if is_working(order) else "closed"


def _behind(orders: Iterator[dict[str, Any]], after: str | None) -> Iterator[dict[str, Any]]:
    if after is None:
        return orders
    skipped = dropwhile(lambda order: order["client_order_id"] != after, orders)
    return islice(skipped, 1, None)


def _canonical(symbol: str) -> str:
    try:
        return parse_symbol(symbol).symbol
    except SymbolRefused as error:
        raise InvalidRequest(error.message) from error
