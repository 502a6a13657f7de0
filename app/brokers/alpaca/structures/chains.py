"""Chains: what is listed beside what is quoted, with our own delta where Alpaca gives none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote as quoted

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row, decimal, moment
from app.brokers.alpaca.structures.contracts import NEW_YORK, AlpacaContract, ContractBook
from app.brokers.alpaca.structures.quotes import leg_quote
from app.brokers.alpaca.transport import Transport
from app.dataclass import dataclass
from app.domain.implied_volatility import implied_volatility
from app.domain.instruments import OptionContract
from app.domain.options_pricing import option_delta, years_to_expiry
from app.domain.structures.chain import Chain, ChainContract
from app.domain.structures.net_quotes import LegQuote
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
                join = _Join(price, at, is_over=self._contracts.is_over(expiry))
                listed = self._contracts.of(underlying, expiry)
                contracts.extend(join.contract(one, snapshots) for one in listed)
        return Chain(underlying, price, tuple(contracts), oldest)

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


@dataclass(slots=True)
class _Join:
    """One day's contracts with their snapshots: what all of them share is worked out once.

    `near` are the volatilities found last, of calls and of puts: those of the next strikes lie beside them.
    """

    price: Decimal
    at: datetime
    is_over: bool
    years: float | None = None
    near: dict[str, Decimal] = field(default_factory=dict)
    of_today: dict[str, bool] = field(default_factory=dict)

    def contract(self, listed: AlpacaContract, snapshots: Snapshots) -> ChainContract:
        """Join a contract with its snapshot; every part of that may be missing, and so may the whole."""
        row = snapshots.get(listed.instrument.symbol) or {}
        greeks, quote = row.get("greeks") or {}, leg_quote(row.get("latestQuote"))
        delta, volatility = decimal(greeks.get("delta")), decimal(row.get("impliedVolatility"))
        is_computed = False
        if delta is None and listed.instrument.option is not None and quote.is_two_sided:
            delta, volatility, is_computed = self._computed(listed.instrument.option, quote, volatility)
        return ChainContract(
            instrument=listed.instrument,
            quote=quote,
            delta=delta,
            implied_volatility=volatility,
            is_computed=is_computed,
            open_interest=listed.open_interest,
            volume=self._volume(row.get("dailyBar")),
            is_tradable=listed.is_tradable and not self.is_over,
            is_standard=listed.is_standard,
        )

    def _computed(
        self, terms: OptionContract, quote: LegQuote, volatility: Decimal | None
    ) -> tuple[Decimal | None, Decimal | None, bool]:
        """Return the delta and volatility that a contract's own mid implies, and whether there are any."""
        if self.years is None:
            self.years = years_to_expiry(terms, self.at)
        years = self.years
        if volatility is None and quote.bid is not None and quote.ask is not None:
            mid = (quote.bid + quote.ask) / 2
            volatility = implied_volatility(
                terms, self.price, mid, years=years, rate=RATE, near=self.near.get(terms.kind)
            )
        if volatility is None or not years:
            return None, volatility, False
        self.near[terms.kind] = volatility
        delta = option_delta(terms, self.price, years=years, volatility=volatility, rate=RATE)
        return Decimal(f"{delta:.4f}"), volatility.quantize(_STEP), True

    def _volume(self, bar: Row | None) -> int | None:
        """Return what was traded today; the last bar may be of another day, and then it was nothing yet."""
        if bar is None:
            return None
        said = bar["t"]
        if said not in self.of_today:
            day = moment(said).astimezone(NEW_YORK).date()
            self.of_today[said] = day == self.at.astimezone(NEW_YORK).date()
        return int(bar["v"]) if self.of_today[said] else 0
