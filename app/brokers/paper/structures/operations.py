"""What can be done at the simulated options desk; each operation only changes its draft."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.brokers.paper.capabilities import NAME
from app.brokers.paper.records import PaperStructureOrder
from app.brokers.paper.structures.checks import check_structure
from app.brokers.paper.structures.fills import look
from app.brokers.paper.transaction import Transaction
from app.domain.orders import OrderStatus
from app.domain.structures.exchange_switches import Switches
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.errors import BrokerRejected, RequestRefused


def submit_structure(draft: Transaction, order: StructureOrder) -> StructureReceipt:
    """Check a new order and let it meet the market; the same order again is the first, as it stands now."""
    first = draft.structure(order.client_order_id)
    if first is not None:
        if first.order != order:
            raise BrokerRejected("client_order_id must be unique; the first order stands as it is.")
        return structure_receipt(first)
    unit_need = check_structure(draft, order)
    paper = PaperStructureOrder(order, f"{NAME}-{draft.sequence}", draft.at, unit_need=unit_need)
    draft.put_structure(paper)
    look(draft, paper)
    return structure_receipt(_known(draft, order.client_order_id))


def cancel_structure(draft: Transaction, client_order_id: str) -> None:
    """Take an open order back; whole units that have filled stay."""
    order = _known(draft, client_order_id)
    if order.status.is_final:
        raise BrokerRejected(f"The order is {order.status.value} already.")
    draft.put_structure(replace(order, status=OrderStatus.CANCELED))


def look_at(draft: Transaction, client_order_id: str) -> None:
    """Let an order that somebody asks for meet the market."""
    order = _known(draft, client_order_id)
    if not order.status.is_final:
        look(draft, order)


def meet_market(draft: Transaction, moved: Collection[str]) -> None:
    """Let the orders on underlyings or contracts whose prices moved meet the market, oldest first."""
    for order in draft.open_structures():
        structure = order.order.structure
        if structure.underlying in moved or any(leg.instrument.symbol in moved for leg in structure.legs):
            look(draft, order)


def expire_structures(draft: Transaction) -> None:
    """End the day orders of days gone by (UTC), and orders whose contracts have expired."""
    for order in draft.open_structures():
        if order.created_at.date() < draft.at.date():
            draft.put_structure(replace(order, status=OrderStatus.EXPIRED, message="The day ended."))


def set_clock(draft: Transaction, now: datetime | None) -> None:
    """Set the simulated time, which then stands still; None lets it go with the real one again."""
    # Going back would let what is over happen again.
    if now is not None and now < draft.at:
        raise RequestRefused(f"The paper clock only goes forward, and it is {draft.at.isoformat()}.")
    draft.change.clock, draft.change.is_setting = now, True


def set_switches(draft: Transaction, switches: Switches) -> None:
    """Set what the simulated exchange does beside trading."""
    draft.change.switches, draft.change.is_setting = switches, True


def structure_receipt(paper: PaperStructureOrder) -> StructureReceipt:
    """Return what the desk says about an order."""
    return StructureReceipt(
        client_order_id=paper.id,
        broker_order_id=paper.broker_order_id,
        broker=NAME,
        status=paper.status,
        created_at=paper.created_at,
        units=paper.order.units,
        limit=paper.order.limit,
        filled_units=paper.filled_units,
        average_net=paper.average_net,
        legs=paper.legs,
        fees=paper.fees,
        message=paper.message,
        filled_at=paper.filled_at,
    )


def _known(draft: Transaction, client_order_id: str) -> PaperStructureOrder:
    order = draft.structure(client_order_id)
    if order is None:
        raise BrokerRejected("There is no such order.")
    return order
