"""What Alpaca's account activities tell, the next day, of contracts that expired or were exercised."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.transport import Transport
from app.domain.structures.fates import ContractEvent, ContractFate
from app.errors import BrokerUnavailable

FATES = {"OPEXP": ContractFate.EXPIRED, "OPEXC": ContractFate.EXERCISED, "OPASN": ContractFate.ASSIGNED}
PAGE = 100
_PAGES = 50


def read_history(transport: Transport, since: date) -> list[ContractEvent]:
    """Return what happened to contracts from a day on, oldest first; raise BrokerUnavailable."""
    with understood(BrokerUnavailable):
        events = [_event(row) for row in _rows(transport, since)]
    return [event for event in events if event.day >= since]


def _rows(transport: Transport, since: date) -> Iterator[Row]:
    query = {
        "activity_types": ",".join(FATES),
        # From midnight on: an activity is made after its day, never before it.
        "after": f"{since.isoformat()}T00:00:00Z",
        "direction": "asc",
        "page_size": str(PAGE),
    }
    for _ in range(_PAGES):
        rows: list[Row] = transport.read("/account/activities", query)
        yield from rows
        if len(rows) < PAGE:
            return
        query = {**query, "page_token": str(rows[-1]["id"])}
    raise BrokerUnavailable("Alpaca tells of more activities than can be read.")


def _event(row: Row) -> ContractEvent:
    return ContractEvent(
        symbol=str(row["symbol"]),
        fate=FATES[row["activity_type"]],
        quantity=abs(Decimal(row["qty"])),
        day=date.fromisoformat(row["date"][:10]),
    )
