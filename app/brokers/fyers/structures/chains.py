"""Chains: what the exchange lists beside what Fyers quotes, with our own delta where it gives none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.brokers.fyers.mapping import understood
from app.brokers.fyers.receipts import INDIA, Row, price
from app.brokers.fyers.structures.quotes import leg_quote
from app.brokers.fyers.symbols import spot_ticker
from app.brokers.fyers.transport import Transport
from app.brokers.parts import ListedContracts
from app.domain.implied_volatility import implied_volatility
from app.domain.instruments import Instrument, OptionContract
from app.domain.options_pricing import value_option
from app.domain.structures.chain import Chain, ChainContract
from app.errors import BrokerUnavailable

# What Fyers gives on each side of the money at most.
STRIKES = 50
CLOSE = time(15, 30)
# Long enough for the gates of one entry and for bots that a bar wakes together.
_AGE = timedelta(seconds=3)
# What a year's money costs in India: at the terms that bots trade it moves a delta by little.
RATE = Decimal("0.065")
_YEAR_SECONDS, _HUNDRED, _STEP = 365 * 86_400, 100, Decimal("0.0001")
Rows = dict[str, Row]


class ChainReader:
    """Reads chains: one call a day of expiry, repeated after seconds; raises BrokerUnavailable.

    What is listed beyond the strikes that Fyers gives has no quote, so that nothing near it passes for it.
    """

    def __init__(
        self, transport: Transport, contracts: ListedContracts, clock: Callable[[], datetime]
    ) -> None:
        self._transport, self._contracts, self._clock = transport, contracts, clock
        self._seen: dict[tuple[str, date], tuple[datetime, Rows, Decimal | None]] = {}
        # By which number Fyers knows a day of expiry.
        self._numbers: dict[tuple[str, date], str] = {}

    def read(self, underlying: str, expiries: Sequence[date]) -> Chain | None:
        """Return the contracts of these days, as old as the oldest quotes; None: there is no price."""
        contracts: list[ChainContract] = []
        oldest, last = self._clock(), None
        for expiry in expiries:
            listed = self._contracts.options(underlying, expiry)
            at, rows, last = self._rows(underlying, expiry, listed)
            if last is None:
                return None
            oldest = min(oldest, at)
            with understood(BrokerUnavailable):
                contracts += [
                    _joined(one, rows.get(ticker) or {}, last, at) for ticker, one in listed.items()
                ]
        return None if last is None else Chain(underlying, last, tuple(contracts), oldest)

    def _rows(
        self, underlying: str, expiry: date, listed: dict[str, Instrument]
    ) -> tuple[datetime, Rows, Decimal | None]:
        now = self._clock()
        known = self._seen.get((underlying, expiry))
        # A clock that was set back must not make old quotes look new.
        if known is not None and abs(now - known[0]) < _AGE:
            return known
        self._seen = {key: seen for key, seen in self._seen.items() if abs(now - seen[0]) < _AGE}
        rows, last = self._ask(underlying, self._numbers.get((underlying, expiry), ""))
        if not rows.keys() & listed.keys() and (underlying, expiry) in self._numbers:
            # The first answer is about the nearest day, and tells the numbers of the others.
            rows, last = self._ask(underlying, self._numbers[underlying, expiry])
        self._seen[underlying, expiry] = found = (now, rows, last)
        return found

    def _ask(self, underlying: str, number: str) -> tuple[Rows, Decimal | None]:
        query = {"symbol": spot_ticker(underlying), "strikecount": str(STRIKES), "greeks": "1"}
        data = self._transport.read("/options-chain-v3", query | {"timestamp": number}, data=True)["data"]
        with understood(BrokerUnavailable):
            for each in data["expiryData"]:
                self._numbers[underlying, _day(each["date"])] = str(each["expiry"])
            # The first element is the underlying itself.
            first, *options = data["optionsChain"]
            return {row["symbol"]: row for row in options}, price(first["ltp"])


def is_over(expiry: date, at: datetime) -> bool:
    """Tell whether contracts of a day can no longer be traded."""
    return at >= datetime.combine(expiry, CLOSE, INDIA)


def _joined(listed: Instrument, row: Row, spot: Decimal, at: datetime) -> ChainContract:
    terms, greeks = listed.option, row.get("greeks") or {}
    # Zeros are what Fyers sends where it has counted nothing.
    delta, volatility = price(greeks.get("delta")), price(greeks.get("iv"))
    contract = ChainContract(
        instrument=listed,
        quote=leg_quote(row, at),
        delta=delta,
        implied_volatility=None if volatility is None else volatility / _HUNDRED,
        open_interest=_count(row.get("oi")),
        volume=_count(row.get("volume")),
        is_tradable=terms is not None and not is_over(terms.expiry, at),
    )
    return contract if delta is not None or terms is None else _computed(contract, terms, spot, at)


def _computed(contract: ChainContract, terms: OptionContract, spot: Decimal, at: datetime) -> ChainContract:
    """Fill in the greeks by Black-Scholes, where the quote lets a volatility be told."""
    years = (datetime.combine(terms.expiry, CLOSE, INDIA) - at).total_seconds() / _YEAR_SECONDS
    mid = contract.mid
    volatility = None if mid is None else implied_volatility(terms, spot, mid, years=years, rate=RATE)
    if volatility is None:
        return contract
    worth = value_option(terms, spot, years=years, volatility=volatility, rate=RATE)
    delta = worth.delta.quantize(_STEP)
    return replace(contract, delta=delta, implied_volatility=volatility, is_computed=True)


def _count(value: object) -> int | None:
    return None if value is None else int(str(value))


def _day(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), int(month), int(day))
