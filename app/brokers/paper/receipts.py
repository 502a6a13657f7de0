"""Simulated orders as receipts."""

from app.brokers.paper.capabilities import NAME
from app.brokers.paper.records import PaperOrder
from app.domain.orders import Receipt


def receipt_of(paper: PaperOrder) -> Receipt:
    """Return what the broker says about an order."""
    order = paper.order
    return Receipt(
        client_order_id=order.client_order_id,
        broker_order_id=paper.broker_order_id,
        broker=NAME,
        symbol=order.instrument.symbol,
        side=order.side,
        type=order.type,
        status=paper.status,
        created_at=paper.created_at,
        quantity=paper.quantity,
        notional=order.notional,
        limit_price=paper.limit_price,
        stop_price=paper.stop_price,
        filled_quantity=paper.filled,
        average_fill_price=paper.average,
        fees=paper.fees,
        message=paper.message,
        filled_at=paper.filled_at,
    )
