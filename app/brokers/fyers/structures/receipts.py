"""The rows of an order of several legs as one receipt: Fyers' book has one row a leg, under one tag."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from math import gcd

from app.brokers.fyers.capabilities import NAME
from app.brokers.fyers.receipts import Row, moment, price, side_of, status_of
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import legs_in, tagged
from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderStatus
from app.domain.structures.legs import lot_of
from app.domain.structures.orders import LegFill, StructureReceipt


@dataclass(frozen=True, slots=True)
class _LegRow:
    """One row, counted in lots; `ratio` is signed."""

    symbol: str
    sign: int
    lot: Decimal
    lots: int
    filled: Decimal
    limit: Decimal
    traded: Decimal
    status: OrderStatus
    message: str


def structure_receipt(rows: Sequence[Row], client_order_id: str, tickers: Tickers) -> StructureReceipt:
    """Return what the book says of an order; raise KeyError or ValueError for rows that are none."""
    legs = [_leg(row, tickers) for row in rows]
    units = reduce(gcd, (leg.lots for leg in legs))
    limit = sum((leg.limit * leg.sign * (leg.lots // units) for leg in legs), ZERO)
    receipt = StructureReceipt(
        client_order_id=client_order_id,
        broker_order_id=str(rows[0]["id"]),
        broker=NAME,
        status=OrderStatus.PENDING,
        created_at=moment(rows[0]["orderDateTime"]),
        units=units,
        limit=limit,
    )
    # Rows appear one by one: what the missing ones came to nobody knows yet.
    return receipt if len(rows) < legs_in(tagged(rows[0]["orderTag"])) else _counted(receipt, legs)


def _counted(receipt: StructureReceipt, legs: list[_LegRow]) -> StructureReceipt:
    filled = min(int(leg.filled / leg.lot) // (leg.lots // receipt.units) for leg in legs)
    net = sum((leg.traded * leg.sign * (leg.lots // receipt.units) for leg in legs), ZERO)
    return StructureReceipt(
        client_order_id=receipt.client_order_id,
        broker_order_id=receipt.broker_order_id,
        broker=receipt.broker,
        status=_status(legs, filled),
        created_at=receipt.created_at,
        units=receipt.units,
        limit=receipt.limit,
        filled_units=filled,
        average_net=net if filled else None,
        legs=tuple(LegFill(leg.symbol, leg.sign * leg.filled, leg.traded) for leg in legs if leg.filled),
        message=next((leg.message for leg in legs if leg.message), None),
    )


def _status(legs: list[_LegRow], filled: int) -> OrderStatus:
    statuses = {leg.status for leg in legs}
    if not all(status.is_final for status in statuses):
        return OrderStatus.PARTIALLY_FILLED if filled else OrderStatus.ACCEPTED
    if statuses == {OrderStatus.FILLED}:
        return OrderStatus.FILLED
    # Where nothing has traded a refusal is one; else the rest of it is simply gone.
    nothing = not any(leg.filled for leg in legs)
    return OrderStatus.REJECTED if nothing and OrderStatus.REJECTED in statuses else OrderStatus.CANCELED


def _leg(row: Row, tickers: Tickers) -> _LegRow:
    instrument = tickers.instrument(row["symbol"])
    lot, filled = lot_of(instrument), Decimal(row["filledQty"])
    return _LegRow(
        symbol=instrument.symbol,
        sign=side_of(row).sign,
        lot=lot,
        lots=int(Decimal(row["qty"]) / lot),
        filled=filled,
        limit=price(row.get("limitPrice")) or ZERO,
        traded=(price(row.get("tradedPrice")) or ZERO) if filled else ZERO,
        status=status_of(row),
        message=row.get("message") or "",
    )
