"""The simulated account, started anew: what it held ends in every record that tells of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.audit import Actor, Deed
from app.domain.json_codec import to_json
from app.domain.orders import OrderStatus
from app.domain.reasons import Reason
from app.domain.ticket_terms import is_working, placed_by
from app.domain.tickets import followed_reason, followed_status
from app.errors import InvalidRequest
from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.broker_snapshots import BrokerSnapshots
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import LEGS, OpenOrders
from app.repositories.structure_trades import StructureTrades
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.portfolio.circuit_breaker import EquityGuard
from app.services.runtime.leases import Leases
from app.services.runtime.supervisor import LEASE
from app.storage.base import Document

TICKETS_AT_ONCE = 50
MOMENT = timedelta(microseconds=1)
SERVING = "Gatehouse is serving on this store: stop it, then try again."
TOLD = "The paper account was started anew."


class SimulatedAccount(Protocol):
    """A broker whose account can be started anew."""

    @property
    def name(self) -> str:
        """The broker's name."""

    def reset(self) -> None:
        """Forget every order, position and price."""

    def account(self) -> Account:
        """Return equity, cash and buying power."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How much of each there is at the simulated broker."""

    orders: int
    trades: int
    exit_plans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReset:
    """Ends what the simulated broker has, while no process serves; cut short, it is done again."""

    runtime: Runtime
    ledger: Ledger
    open_orders: OpenOrders
    exits: ExitPlans
    trades: Trades
    structures: StructureTrades
    kept: BrokerSnapshots
    beginnings: AccountBeginnings
    breaker: EquityGuard
    leases: Leases

    def preview(self) -> Ended:
        """Return what a reset would end."""
        name = self._simulated().name
        tickets = (document.value for document in self._with_open_orders())
        orders = sum(_waits(order, name) for ticket in tickets for order in placed_by(ticket))
        plans = [item for item in self.exits.every() if item.position.broker == name]
        trades = len(self.trades.at(name)) + len(self.structures.at(name))
        return Ended(orders, trades, len(plans))

    def run(self, *, by: str = Actor.OPERATOR) -> Account:
        """Start the account anew and return it; raise InvalidRequest while another process serves."""
        simulated = self._simulated()
        with self._leading():
            ends = to_json(self.preview())
            self.runtime.audit.record(by, Deed.RESET_PAPER_ACCOUNT, simulated.name, before=ends)
            # What bots believe ends before the account does: cut short, nobody waits for what is gone.
            self._end_orders(simulated.name)
            self._end_positions(simulated.name)
            self._lead()
            simulated.reset()
            self.kept.forget(simulated.name)
            # After what was ended a moment ago: the old account's losses are not the new one's.
            self.beginnings.begin(simulated.name, self.runtime.clock() + MOMENT)
            # Last, since its base is what the new account is worth.
            self._arm_anew(simulated.name, by)
        self.runtime.journal.activity(f"operator: started the account at {simulated.name} anew")
        return simulated.account()

    def _simulated(self) -> SimulatedAccount:
        for broker in self.runtime.registry.all():
            if broker.capabilities.simulated:
                return broker  # type: ignore[return-value]  # simulated brokers offer it
        raise InvalidRequest("No simulated broker is configured.")

    @contextmanager
    def _leading(self) -> Iterator[None]:
        # Held, not only looked at: a service that starts meanwhile must not work with half an account.
        self._lead()
        try:
            yield
        finally:
            self.leases.release(LEASE)

    def _lead(self) -> None:
        if not self.leases.hold(LEASE):
            raise InvalidRequest(SERVING)

    def _with_open_orders(self) -> Iterator[Document]:
        before: str | None = ""
        while before is not None:
            page = self.ledger.with_orders("open", before=before, limit=TICKETS_AT_ONCE)
            yield from page.documents
            before = page.before

    def _end_orders(self, broker: str) -> None:
        # By the tickets, not by the open orders: a ticket may wait for one that nobody remembers any more.
        for document in self._with_open_orders():
            if any(_waits(order, broker) for order in placed_by(document.value)):
                self._lead()
                ended = _without_orders(document.value, broker)
                self.runtime.store.apply([self.ledger.rewriting(document, ended)])
        self.runtime.store.apply([order.ending() for order in self.open_orders.at(broker)])

    def _end_positions(self, broker: str) -> None:
        for known in self.exits.every():
            if known.position.broker == broker:
                self.exits.forget(known)
        for symbol in sorted({trade.symbol for trade in self.trades.at(broker)}):
            self._lead()
            self.runtime.store.apply(self.trades.forgetting(broker, symbol))
        for changes in self.structures.forgetting(broker, self.runtime.clock()):
            self._lead()
            self.runtime.store.apply(changes)

    def _arm_anew(self, broker: str, by: str) -> None:
        self.breaker.stored.move_former()
        known = self.breaker.stored.all().get(broker)
        # One that nobody has armed takes its base from the new account by itself.
        if known is not None:
            self.breaker.stored.write(known.at_new_account())
            self.breaker.edit({"broker": broker}, by=by)


def _waits(order: dict[str, Any], broker: str) -> bool:
    return order["broker"] == broker and is_working(order)


def _without_orders(ticket: dict[str, Any], broker: str) -> dict[str, Any]:
    """Return a ticket whose orders at a broker have ended; it stands as the last one that is no leg does."""
    own = {order["client_order_id"] for order in placed_by(ticket) if _waits(order, broker)}
    orders = [
        order | {"status": OrderStatus.CANCELED.value} if order["client_order_id"] in own else order
        for order in ticket["orders"]
    ]
    ended = ticket | {"orders": orders}
    placed = [order for order in orders if not order["client_order_id"].endswith(LEGS)]
    if not placed or placed[-1]["client_order_id"] not in own:
        return ended
    reason = followed_reason(placed) or Reason.ORDER_CANCELED
    message = f"{reason.meaning} {TOLD}"
    return ended | {"status": followed_status(placed).value, "reason": reason.value, "message": message}
