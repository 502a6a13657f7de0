"""What is bid and asked for contracts and shares, a hundred names a call."""

from collections.abc import Iterator, Sequence

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row, decimal, moment
from app.brokers.alpaca.symbols import order_symbol
from app.brokers.alpaca.transport import Transport
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.domain.structures.net_quotes import LegQuote
from app.errors import BrokerUnavailable

MOST_NAMES = 100
_PATHS = {
    AssetClass.OPTION: ("v1beta1", "/options/quotes/latest"),
    AssetClass.EQUITY: ("v2", "/stocks/quotes/latest"),
}


def read_quotes(transport: Transport, instruments: Sequence[Instrument], feed: str) -> dict[str, LegQuote]:
    """Return the latest quotes by our names, of all that have one; raise BrokerUnavailable."""
    found: dict[str, LegQuote] = {}
    for asset_class, (version, path) in _PATHS.items():
        names = {order_symbol(one): one.symbol for one in instruments if one.asset_class is asset_class}
        for start in range(0, len(names), MOST_NAMES):
            some = list(names)[start : start + MOST_NAMES]
            query = {"symbols": ",".join(some)} | _feed(asset_class, feed)
            with understood(BrokerUnavailable):
                answer = transport.read(path, query, data_version=version)["quotes"]
                found.update(_named(answer, names))
    return found


def leg_quote(row: Row | None) -> LegQuote:
    """Read a quote; a side on which nobody offers comes as 0, which is no price."""
    if row is None:
        return LegQuote(None, None)
    bid, ask = decimal(row.get("bp")), decimal(row.get("ap"))
    return LegQuote(
        bid=bid if bid is not None and bid > ZERO else None,
        ask=ask if ask is not None and ask > ZERO else None,
        at=moment(row["t"]),
    )


def _named(answer: dict[str, Row | None], names: dict[str, str]) -> Iterator[tuple[str, LegQuote]]:
    for symbol, row in answer.items():
        if symbol in names and row is not None:
            yield names[symbol], leg_quote(row)


def _feed(asset_class: AssetClass, feed: str) -> dict[str, str]:
    return {"feed": feed} if asset_class is AssetClass.OPTION else {}
