from decimal import Decimal

import pytest

from app.domain.contracts.freeze_quantities import read_freezes

TWIN = (
    b'{"NSE:A": {"symTicker": "NSE:A", "isin": "", "qtyFreeze": "1800", "tickSize": 0.05},\n'
    b'"NSE:M&M": {"qtyFreeze":900.0,"symTicker":"NSE:M&M"},"NSE:B":{"symTicker":"NSE:B","qtyFreeze":null},'
    b'"NSE:C":{"symTicker":"NSE:C","qtyFreeze":"0"},"NSE:D":{"symTicker":"NSE:D","qtyFreeze":"12.5"},'
    b'"NSE:E":{"qtyFreeze":"7"}}'
)
pytestmark = pytest.mark.unit


@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_freezes_when_read_in_pieces_then_every_whole_number_counts(size):
    pieces = (TWIN[start : start + size] for start in range(0, len(TWIN), size))

    assert read_freezes(pieces) == {"NSE:A": Decimal(1800), "NSE:M&M": Decimal(900)}


@pytest.mark.parametrize("content", [b"", b"<html>{}</html>", b"[1,2]", b"{" + b"x" * (2 << 20)])
def test_freezes_when_something_else_then_none(content):
    assert read_freezes([content, TWIN] if len(content) > 99 else [content]) == {}
