"""What the simulated Alpaca holds, under our names."""

from collections.abc import Iterator
from decimal import Decimal

from app.brokers.alpaca.legs import own_id
from app.brokers.alpaca.receipts import status_of
from app.brokers.alpaca.symbols import canonical_symbol
from tests.reliability.truth import Placed, Row, Truth

STOPS = frozenset({"stop", "stop_limit", "trailing_stop"})


def alpaca_truth(rows: list[Row], positions: list[Row]) -> Truth:
    """Return what rows of orders and positions say."""
    by_id = {row["id"]: row for row in rows}
    held = {canonical_symbol(row["symbol"], row["asset_class"]): row for row in positions}
    return Truth(
        [_placed(row, by_id) for row in rows if row["replaces"] is None],
        {symbol: Decimal(row["qty"]) for symbol, row in held.items()},
        {symbol: Decimal(row["current_price"]) for symbol, row in held.items()},
    )


def _placed(first: Row, by_id: dict[str, Row]) -> Placed:
    """Return an order with what all of its forms, each of which replaced another, have filled."""
    forms = list(_forms(first, by_id))
    last, filled = forms[-1], sum((Decimal(row["filled_qty"]) for row in forms), Decimal(0))
    return Placed(
        _name(first, by_id),
        canonical_symbol(last["symbol"], last["asset_class"]),
        1 if last["side"] == "buy" else -1,
        status_of(last["status"], filled),
        filled,
        Decimal(last["qty"] or 0) - Decimal(last["filled_qty"]),
        last["type"] in STOPS and bool(last["live"]),
        first,
        last,
    )


def _forms(row: Row, by_id: dict[str, Row]) -> Iterator[Row]:
    yield row
    while row["replaced_by"] is not None:
        row = by_id[row["replaced_by"]]
        yield row


def _name(first: Row, by_id: dict[str, Row]) -> str:
    if first["parent"] is None:
        name = own_id(first)
        return name + "-tp" if first["order_class"] == "oco" and not name.endswith("-tp") else name
    parent = by_id[first["parent"]]
    while parent["replaces"] is not None:
        parent = by_id[parent["replaces"]]
    suffix = "-tp" if first["type"] == "limit" else "-sl"
    return own_id(parent).removesuffix("-tp") + suffix
