"""Both sides of many contracts, by few requests."""

from collections.abc import Callable, Iterable
from datetime import datetime

from app.brokers.fyers.mapping import understood
from app.brokers.fyers.market_data import MOST_SYMBOLS
from app.brokers.fyers.receipts import Row, price
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.transport import Transport
from app.domain.instruments import Instrument
from app.domain.structures.net_quotes import LegQuote
from app.errors import BrokerUnavailable


def read_quotes(
    transport: Transport, tickers: Tickers, instruments: Iterable[Instrument], clock: Callable[[], datetime]
) -> dict[str, LegQuote]:
    """Return quotes by our names, fifty a request; what Fyers does not know is left out."""
    named = {tickers.of(instrument): instrument.symbol for instrument in instruments}
    wanted = sorted(ticker for ticker in named if ticker is not None)
    found: dict[str, LegQuote] = {}
    for start in range(0, len(wanted), MOST_SYMBOLS):
        at, query = clock(), {"symbols": ",".join(wanted[start : start + MOST_SYMBOLS])}
        with understood(BrokerUnavailable):
            rows = transport.read("/quotes", query, data=True)["d"]
            found |= {named[row["n"]]: leg_quote(row["v"], at) for row in rows if row["s"] == "ok"}
    return found


def leg_quote(row: Row, at: datetime) -> LegQuote:
    """Return both sides of a row; a zero is nobody, and crossed sides are none."""
    bid, ask = price(row.get("bid")), price(row.get("ask"))
    # Fyers dates the last trade, not the quote: it is as old as our reading of it.
    if bid is not None and ask is not None and bid > ask:
        return LegQuote(None, None, at)
    return LegQuote(bid, ask, at)
