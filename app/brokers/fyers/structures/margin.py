"""What an order would tie up, asked before it is sent where Fyers answers that."""

from collections.abc import Mapping
from decimal import Decimal

from app.brokers.fyers.mapping import account_of, understood
from app.brokers.fyers.structures.payload import margin_payload
from app.brokers.fyers.transport import Transport
from app.domain.refusals import money
from app.domain.structures.orders import StructureOrder
from app.errors import BrokerUnavailable

SPAN = "/span_margin"


def shortage(
    transport: Transport,
    order: StructureOrder,
    *,
    tickers: Mapping[str, str],
    limits: Mapping[str, Decimal],
    product: str,
) -> str | None:
    """Return why the account cannot bear an entry; None where it can, or where nobody says.

    The calculator nets the legs of one order against each other, as Fyers' own check is said to.
    """
    body = margin_payload(order, tickers=tickers, limits=limits, product=product)
    try:
        answer = transport.ask(SPAN, body)
        with understood(BrokerUnavailable):
            needed = Decimal(str(answer["data"]["total"]))
            available = account_of(transport.read("/funds")["fund_limit"], ()).buying_power
    except BrokerUnavailable:
        # It is undocumented and may be gone tomorrow; Fyers refuses itself what is too much.
        return None
    if needed <= available:
        return None
    currency = order.structure.currency
    return f"The order ties up {money(needed, currency)}, and {money(available, currency)} are free."
