"""Prices as CSV: `symbol,price` or `time,symbol,price`, one move a row, heading optional."""

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from app.errors import InvalidRequest

_WIDTHS = (2, 3)


def read_price_rows(text: str) -> Iterator[tuple[str, Decimal]]:
    """Yield symbol and price of every row, in their order; raise InvalidRequest at a bad one."""
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if any(cells) and not (number == 1 and cells[-1].lower() == "price"):
            yield _read_row(number, cells)


def _read_row(number: int, cells: list[str]) -> tuple[str, Decimal]:
    try:
        price = Decimal(cells[-1])
    except InvalidOperation:
        price = Decimal(0)
    if len(cells) not in _WIDTHS or not cells[-2] or not price.is_finite() or price <= 0:
        raise InvalidRequest(f"Line {number} is not a symbol and a positive price.")
    return cells[-2], price
