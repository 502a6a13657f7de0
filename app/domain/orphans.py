"""Protective orders that protect nothing any more."""

from collections.abc import Collection, Sequence

from app.domain.orders import OrderStatus, Receipt, family_name


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
