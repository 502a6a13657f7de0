"""Every listed contract in columns: small in memory, quick to load, found by a bisection."""

import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from app.dataclass import dataclass
from app.domain.contracts.listed import EXCHANGE, ContractKind, ListedContract, Terms

# The form of `pack`; an index in another form is read from its file again.
FORM = 1
_SCALE = 1000
_SIDES = (ContractKind.CALL, ContractKind.PUT)
_FUTURE = -1
# From the end of an OCC name: eight digits of strike, the kind, six digits of expiry.
_STRIKE_AT, _KIND_AT, _EXPIRY_AT = -8, -9, -15


class IndexUnreadable(ValueError):
    """Packed bytes that are damaged or of another form."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Contracts by underlying, expiry and key: a series is (underlying, expiry, number of contracts)."""

    series: Sequence[tuple[str, date, int]]
    terms: Sequence[Terms]
    keys: Sequence[int]
    term_places: Sequence[int]
    tickers: list[str]


def key_of(kind: ContractKind, strike: Decimal | None) -> int | None:
    """Return a contract's place among those of one expiry; None for a strike finer than a thousandth."""
    if kind is ContractKind.FUTURE or strike is None:
        return _FUTURE
    scaled = strike * _SCALE
    if scaled != int(scaled):
        return None
    return 2 * int(scaled) + _SIDES.index(kind)


class ContractIndex:
    """All contracts of one file, found by their terms, their ticker or their canonical name."""

    def __init__(self, columns: Columns) -> None:
        self._terms = columns.terms
        self._keys = array("q", columns.keys)
        self._term_places = array("I", columns.term_places)
        self._tickers = columns.tickers
        self._places = dict(zip(columns.tickers, range(len(columns.tickers)), strict=True))
        self._series = [(underlying, expiry) for underlying, expiry, _ in columns.series]
        ends = list(accumulate(count for _, _, count in columns.series))
        self._starts = [0, *ends[:-1]]
        self._slices = dict(zip(self._series, zip(self._starts, ends, strict=True), strict=True))
        self._option_days: dict[str, list[date]] = {}
        for (underlying, expiry), (_, end) in self._slices.items():
            days = self._option_days.setdefault(underlying, [])
            if self._keys[end - 1] != _FUTURE:
                days.append(expiry)

    def __len__(self) -> int:
        return len(self._tickers)

    def __iter__(self) -> Iterator[ListedContract]:
        return map(self._contract, range(len(self)))

    @property
    def underlyings(self) -> list[str]:
        """Every underlying, by name."""
        return list(self._option_days)

    @property
    def last_expiry(self) -> date | None:
        """The day on which nothing of this is left."""
        return max((expiry for _, expiry in self._series), default=None)

    def find(
        self, underlying: str, expiry: date, strike: Decimal | None, kind: ContractKind
    ) -> ListedContract | None:
        """Return the contract with exactly these terms."""
        key, (start, end) = key_of(kind, strike), self._slices.get((underlying, expiry), (0, 0))
        if key is None:
            return None
        place = bisect_left(self._keys, key, start, end)
        return self._contract(place) if place < end and self._keys[place] == key else None

    def find_ticker(self, ticker: str) -> ListedContract | None:
        """Return the contract that the exchange calls so: `NSE:NIFTY2672129450CE`."""
        place = self._places.get(ticker)
        return None if place is None else self._contract(place)

    def find_canonical(self, symbol: str) -> ListedContract | None:
        """Return the contract of an instrument's name: `NIFTY260721C29450000`, `NIFTY26JULFUT`."""
        future = self.find_ticker(EXCHANGE + symbol)
        if future is not None:
            return future
        kind = {"C": ContractKind.CALL, "P": ContractKind.PUT}.get(symbol[_KIND_AT:_STRIKE_AT])
        days, digits = symbol[_EXPIRY_AT:_KIND_AT], symbol[_STRIKE_AT:]
        if kind is None or not (days + digits).isdecimal():
            return None
        try:
            expiry = date(2000 + int(days[:2]), int(days[2:4]), int(days[4:]))
        except ValueError:
            return None
        return self.find(symbol[:_EXPIRY_AT], expiry, Decimal(digits) / _SCALE, kind)

    def expiries(self, underlying: str) -> list[date]:
        """Return the days on which options of an underlying expire, nearest first."""
        return list(self._option_days.get(underlying, ()))

    def is_monthly(self, underlying: str, expiry: date) -> bool:
        """True for the last expiry of its month."""
        days = self._option_days.get(underlying, [])
        following = days[bisect_right(days, expiry) :][:1]
        later = any((day.year, day.month) == (expiry.year, expiry.month) for day in following)
        return expiry in days and not later

    def strikes(self, underlying: str, expiry: date, kind: ContractKind) -> list[Decimal]:
        """Return the strikes at which calls, or puts, of an expiry are listed, lowest first."""
        side = _SIDES.index(kind)
        keys = self._keys[slice(*self._slices.get((underlying, expiry), (0, 0)))]
        return [_strike(key) for key in keys if key != _FUTURE and key % 2 == side]

    def futures(self, underlying: str) -> list[ListedContract]:
        """Return the futures on an underlying, nearest first."""
        days = (expiry for name, expiry in self._series if name == underlying)
        found = (self.find(underlying, day, None, ContractKind.FUTURE) for day in days)
        return [contract for contract in found if contract is not None]

    def pack(self) -> bytes:
        """Return the index in few bytes."""
        ends = [*self._starts[1:], len(self)]
        counts = [end - start for start, end in zip(self._starts, ends, strict=True)]
        content = {
            "form": FORM,
            "series": [[*_plain(each), count] for each, count in zip(self._series, counts, strict=True)],
            "terms": [[None if term is None else str(term) for term in terms] for terms in self._terms],
            "keys": self._keys.tolist(),
            "term_places": self._term_places.tolist(),
            "tickers": "\n".join(self._tickers),
        }
        return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)

    @classmethod
    def unpack(cls, packed: bytes) -> "ContractIndex":
        """Rebuild what `pack` returned; raise IndexUnreadable for anything else."""
        try:
            content: dict[str, Any] = json.loads(zlib.decompress(packed))
            if content["form"] != FORM:
                raise IndexUnreadable(f"form {content['form']}, not {FORM}")
            return cls(_columns(content))
        except (zlib.error, KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise IndexUnreadable(f"The packed contracts cannot be read: {error}") from error

    def _contract(self, place: int) -> ListedContract:
        underlying, expiry = self._series[bisect_right(self._starts, place) - 1]
        key = self._keys[place]
        future = key == _FUTURE
        return ListedContract(
            self._tickers[place],
            underlying,
            expiry,
            None if future else _strike(key),
            ContractKind.FUTURE if future else _SIDES[key % 2],
            *self._terms[self._term_places[place]],
        )


def _strike(key: int) -> Decimal:
    return Decimal(key // 2) / _SCALE


def _plain(series: tuple[str, date]) -> tuple[str, str]:
    return series[0], series[1].isoformat()


def _terms(lot: str, tick: str, freeze: str | None) -> Terms:
    return Terms(Decimal(lot), Decimal(tick), None if freeze is None else Decimal(freeze))


def _columns(content: dict[str, Any]) -> Columns:
    return Columns(
        series=[(name, date.fromisoformat(day), count) for name, day, count in content["series"]],
        terms=[_terms(*each) for each in content["terms"]],
        keys=content["keys"],
        term_places=content["term_places"],
        tickers=content["tickers"].split("\n"),
    )
