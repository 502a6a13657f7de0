"""Chains: what is listed beside what is quoted, with our own delta where Alpaca gives none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote as quoted

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row, decimal, moment
from app.brokers.alpaca.structures.contracts import NEW_YORK, AlpacaContract, ContractBook
from app.brokers.alpaca.structures.quotes import leg_quote
from app.brokers.alpaca.transport import Transport
from app.domain.implied_volatility import implied_volatility
from app.domain.options_pricing import value_option, years_to_expiry
from app.domain.structures.chain import Chain, ChainContract
from app.errors import BrokerUnavailable

PAGE = 1000
_PAGES = 20
# Long enough for the gates of one entry and for bots that a bar wakes together.
_AGE = timedelta(seconds=3)
# What a year's money costs: at the terms that bots trade it moves a delta by a hundredth at most.
RATE = Decimal("0.04")
_STEP = Decimal("0.0001")
Snapshots = dict[str, Row]


class ChainReader:
    """Reads chains: one call a day of expiry, repeated after seconds; raises BrokerUnavailable."""

    def __init__(
        self, transport: Transport, contracts: ContractBook, clock: Callable[[], datetime], feed: str
    ) -> None:
        self._transport = transport
        self._contracts = contracts
        self._clock = clock
        self._feed = feed
        self._seen: dict[tuple[str, date], tuple[datetime, Snapshots]] = {}

    def read(self, underlying: str, expiries: Sequence[date], price: Decimal) -> Chain:
        """Return the contracts of these days; the chain is as old as its oldest quotes."""
        contracts: list[ChainContract] = []
        oldest = self._clock()
        for expiry in expiries:
            at, snapshots = self._snapshots(underlying, expiry)
            oldest = min(oldest, at)
            with understood(BrokerUnavailable):
                listed = self._contracts.of(underlying, expiry)
                contracts.extend(self._joined(one, snapshots, price, at) for one in listed)
        return Chain(underlying, price, tuple(contracts), oldest)

    def _joined(
        self, listed: AlpacaContract, snapshots: Snapshots, price: Decimal, at: datetime
    ) -> ChainContract:
        # Every part of a snapshot may be missing, and so may the whole.
        row = snapshots.get(listed.instrument.symbol) or {}
        greeks = row.get("greeks") or {}
        terms = listed.instrument.option
        is_over = terms is None or self._contracts.is_over(terms.expiry)
        contract = ChainContract(
            instrument=listed.instrument,
            quote=leg_quote(row.get("latestQuote")),
            delta=decimal(greeks.get("delta")),
            implied_volatility=decimal(row.get("impliedVolatility")),
            open_interest=listed.open_interest,
            volume=_volume(row.get("dailyBar"), at),
            is_tradable=listed.is_tradable and not is_over,
            is_standard=listed.is_standard,
        )
        return contract if contract.delta is not None else _computed(contract, price, at)

    def _snapshots(self, underlying: str, expiry: date) -> tuple[datetime, Snapshots]:
        now = self._clock()
        known = self._seen.get((underlying, expiry))
        # A clock that was set back must not make old quotes look new.
        if known is not None and abs(now - known[0]) < _AGE:
            return known
        self._seen = {key: seen for key, seen in self._seen.items() if abs(now - seen[0]) < _AGE}
        with understood(BrokerUnavailable):
            found = {symbol: row for page in self._pages(underlying, expiry) for symbol, row in page.items()}
        self._seen[underlying, expiry] = (now, found)
        return now, found

    def _pages(self, underlying: str, expiry: date) -> Iterator[Snapshots]:
        path = f"/options/snapshots/{quoted(underlying, safe='')}"
        query = {"feed": self._feed, "expiration_date": expiry.isoformat(), "limit": str(PAGE)}
        for _ in range(_PAGES):
            answer = self._transport.read(path, query, data_version="v1beta1")
            yield answer["snapshots"]
            token = answer.get("next_page_token")
            if not token:
                return
            query = {**query, "page_token": token}
        raise BrokerUnavailable("Alpaca shows more snapshots than can be read.")


def _computed(contract: ChainContract, price: Decimal, at: datetime) -> ChainContract:
    """Return a contract with the delta that its own mid implies, where it has a mid."""
    mid, years = contract.mid, years_to_expiry(contract.terms, at)
    volatility = contract.implied_volatility
    if volatility is None and mid is not None:
        volatility = implied_volatility(contract.terms, price, mid, years=years, rate=RATE)
    if volatility is None or not years:
        return contract
    model = value_option(contract.terms, price, years=years, volatility=volatility, rate=RATE)
    return ChainContract(
        instrument=contract.instrument,
        quote=contract.quote,
        delta=model.delta.quantize(_STEP),
        implied_volatility=volatility.quantize(_STEP),
        is_computed=True,
        open_interest=contract.open_interest,
        volume=contract.volume,
        is_tradable=contract.is_tradable,
        is_standard=contract.is_standard,
    )


def _volume(bar: Row | None, at: datetime) -> int | None:
    """Return what was traded today; the last bar may be of another day, and then it was nothing yet."""
    if bar is None:
        return None
    is_of_today = moment(bar["t"]).astimezone(NEW_YORK).date() == at.astimezone(NEW_YORK).date()
    return int(bar["v"]) if is_of_today else 0
