"""Freeze quantities from the JSON twin of the exchange's file, which is too large to be held at once."""

import re
from collections.abc import Iterable
from decimal import Decimal

# Its entries are flat objects; one of this size is something else.
LONGEST_ENTRY = 1 << 20
_ENTRY = re.compile(rb"\{[^{}]*\}")
_TICKER = re.compile(rb'"symTicker"\s*:\s*"([^"\\]+)"')
_FREEZE = re.compile(rb'"qtyFreeze"\s*:\s*"?(\d{1,12})(?:\.0*)?["\s,}]')


def read_freezes(chunks: Iterable[bytes]) -> dict[str, Decimal]:
    """Return the freeze quantities by ticker, where one is given."""
    found: dict[str, Decimal] = {}
    # Few quantities stand for all contracts: each is kept once.
    quantities: dict[bytes, Decimal] = {}
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = 0
        for entry in _ENTRY.finditer(rest):
            end = entry.end()
            ticker, freeze = _TICKER.search(entry[0]), _FREEZE.search(entry[0])
            if ticker is not None and freeze is not None and int(freeze[1]):
                quantity = quantities.setdefault(freeze[1], Decimal(int(freeze[1])))
                found[ticker[1].decode("utf-8", "replace")] = quantity
        rest = rest[end:]
        if len(rest) > LONGEST_ENTRY:
            break
    return found
