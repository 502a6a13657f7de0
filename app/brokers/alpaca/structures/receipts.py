"""Alpaca's orders of several legs, and plain ones for one contract, as a structure's receipts."""

from collections.abc import Sequence
from decimal import Decimal

from app.brokers.alpaca.capabilities import NAME
from app.brokers.alpaca.receipts import Row, decimal, moment, status_of
from app.brokers.alpaca.structures.payload import MLEG
from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderStatus, Side
from app.domain.structures.orders import LegFill, StructureReceipt


@dataclass(frozen=True, slots=True)
class _Filled:
    """What one order filled: units, the sum of their signed net prices, and each leg."""

    units: int
    value: Decimal
    legs: tuple[LegFill, ...]


def structure_receipt(rows: Sequence[Row], client_order_id: str) -> StructureReceipt:
    """Return an order with what replaced it by hand as one receipt; raise KeyError or ValueError for none.

    `rows` are the order and its replacements in turn, legs nested; the last one decides on everything but
    what has filled.
    """
    last, parts = rows[-1], [_filled(row) for row in rows]
    units = sum(part.units for part in parts)
    status = status_of(last["status"], Decimal(units))
    return StructureReceipt(
        client_order_id=client_order_id,
        broker_order_id=str(last["id"]),
        broker=NAME,
        status=status,
        created_at=moment(rows[0].get("created_at") or rows[0]["submitted_at"]),
        # What replaced a partly filled order is for the rest of it.
        units=int(Decimal(last["qty"])) + sum(part.units for part in parts[:-1]),
        limit=_signed_limit(last),
        filled_units=units,
        average_net=sum((part.value for part in parts), ZERO) / units if units else None,
        legs=tuple(fill for part in parts for fill in part.legs),
        message="Alpaca refused it after it was taken." if status is OrderStatus.REJECTED else None,
        filled_at=moment(last["filled_at"]) if last.get("filled_at") else None,
    )


def is_of_legs(row: Row) -> bool:
    """Tell whether an order is one of several legs."""
    return row.get("order_class") == MLEG


def traded(row: Row) -> dict[str, int]:
    """Return what one unit of an order trades, signed and by contract; legs must be nested in it."""
    if not is_of_legs(row):
        return {row["symbol"]: Side(row["side"]).sign}
    return {leg["symbol"]: int(_ratio(leg, row)) * Side(leg["side"]).sign for leg in row["legs"]}


def _signed_limit(row: Row) -> Decimal:
    limit = decimal(row.get("limit_price")) or ZERO
    # A plain order has no sign of its own: what is sold is received.
    return limit if is_of_legs(row) else Side(row["side"]).sign * limit


def _filled(row: Row) -> _Filled:
    filled, average = decimal(row["filled_qty"]) or ZERO, decimal(row.get("filled_avg_price"))
    units = int(filled)
    if units != filled:
        raise ValueError("Units fill whole, and these did not.")
    if not units:
        return _Filled(0, ZERO, ())
    if not is_of_legs(row):
        return _of_one(row, units, average)
    legs = tuple(_leg_fill(leg) for leg in row.get("legs") or () if decimal(leg["filled_qty"]))
    value = _by_legs(row, units, legs)
    if value is None:
        if average is None:
            raise ValueError("Units have filled at no price.")
        value = average * units
    return _Filled(units, value, legs)


def _of_one(row: Row, units: int, average: Decimal | None) -> _Filled:
    if average is None:
        raise ValueError("Contracts have filled at no price.")
    signed = Side(row["side"]).sign * units
    return _Filled(units, signed * average, (LegFill(row["symbol"], Decimal(signed), average),))


def _by_legs(row: Row, units: int, legs: Sequence[LegFill]) -> Decimal | None:
    """Return what units cost by their legs' prices, which is what moved the cash; None: not all are told."""
    if not legs:
        return None
    whole = {symbol: Decimal(ratio * units) for symbol, ratio in traded(row).items()}
    # A leg may be told later than its parent.
    if {fill.symbol: fill.quantity for fill in legs} != whole:
        return None
    return sum((fill.quantity * fill.price for fill in legs), ZERO)


def _leg_fill(leg: Row) -> LegFill:
    average = decimal(leg.get("filled_avg_price"))
    if average is None:
        raise ValueError("A leg has filled at no price.")
    return LegFill(leg["symbol"], Side(leg["side"]).sign * Decimal(leg["filled_qty"]), average)


def _ratio(leg: Row, parent: Row) -> Decimal:
    ratio = decimal(leg.get("ratio_qty"))
    return Decimal(leg["qty"]) / Decimal(parent["qty"]) if ratio is None else ratio
