"""Where no price is known a refusal names the field in which an alert of that very dialect says one."""

import copy
from typing import Any

import pytest

from app.schemas import meanings
from app.schemas.alerts import entry_named
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN

pytestmark = pytest.mark.integration

ALL = DIALECTS | FOREIGN
PRICED = sorted(name for name, entry in ALL.items() if entry.dialect.price_field is not None)
# Their own examples are limits, or mean a contract: the price is another thing there.
SAID = sorted({*FOREIGN, "strategy"} & {*PRICED})


@pytest.fixture
def preview(operator):
    """Preview an alert of a dialect."""
    return lambda name, alert: operator.post(f"/api/preview?dialect={name}", json=alert).json


def said(name: str, price: str | None) -> dict[str, Any]:
    """Return the example of a dialect, for a share without a price, with a price of its own or none."""
    entry = entry_named(name)
    alert = copy.deepcopy(entry.sample)
    # The example is of some day in the past.
    alert.pop("max_lag", None)
    *way, last = entry.dialect.price_field.split(".")
    place = alert
    for part in way:
        place = place[part]
    if price is None:
        place.pop(last, None)
    else:
        place[last] = price
    return alert


@pytest.mark.parametrize("name", sorted(ALL))
def test_dialect_when_it_reads_a_price_then_it_is_named_by_that_field(name):
    entry = entry_named(name)

    assert entry.dialect.price_field == entry.reading.fields.get(meanings.REFERENCE)


@pytest.mark.parametrize("name", SAID)
def test_alert_when_no_price_is_known_then_the_field_that_is_named_helps(preview, name):
    refused, priced = preview(name, said(name, None)), preview(name, said(name, "190"))

    assert refused["reason"] == "PRICE_UNKNOWN"
    assert f"send {entry_named(name).dialect.price_field} with the alert or set a price" in refused["message"]
    assert priced["reason"] != "PRICE_UNKNOWN"


def test_line_when_no_price_is_known_then_no_field_is_named(preview):
    refused = preview("text", {"text": "buy AAPL 10"})

    assert (refused["reason"], "send" in refused["message"]) == ("PRICE_UNKNOWN", False)
    assert "flask paper prices" in refused["message"]
