"""The exchange's file of contracts: whether it can be believed, and what it lists."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import BytesIO, TextIOWrapper

from app.domain.contracts.index import Columns, ContractIndex, key_of
from app.domain.contracts.listed import EXCHANGE, IST, ContractKind, Terms

COLUMN_COUNTS = frozenset({18, 21})
FEWEST_ROWS = 10_000
# A few odd rows must not keep everything else out; more of them mean that the format has changed.
MOST_UNREADABLE = 0.01
HIGHEST_STRIKE = 10**9
_LOT, _TICK, _EXPIRY, _TICKER, _UNDERLYING, _STRIKE, _KIND = 3, 4, 8, 9, 13, 15, 16
_KINDS = {"CE": ContractKind.CALL, "PE": ContractKind.PUT, "XX": ContractKind.FUTURE}

_Row = tuple[str, date, int, int, str]


class MasterRefused(Exception):
    """A file that is not the list of contracts; the sentence says what is wrong with it."""


def read_master(
    content: bytes, freezes: Mapping[str, Decimal] | None = None, *, fewest_rows: int = FEWEST_ROWS
) -> ContractIndex:
    """Return the contracts of a file of 21 columns (18 in older ones) without a header.

    `freezes` are freeze quantities by ticker. Raise MasterRefused.
    """
    _refuse_other_things(content)
    reader = _Reader(freezes or {})
    try:
        # Decoded as it is read: the whole text would take more room than the index.
        for row in csv.reader(TextIOWrapper(BytesIO(content), "utf-8-sig", newline="")):
            reader.take(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise MasterRefused(f"The file is not CSV in UTF-8: {error}.") from error
    reader.finish(fewest_rows)
    return ContractIndex(reader.columns())


def _refuse_other_things(content: bytes) -> None:
    start = content[:64].lstrip()
    if not start:
        raise MasterRefused("The file is empty.")
    if start.startswith(b"<"):
        raise MasterRefused("The file is a web page, not CSV.")


class _Reader:
    def __init__(self, freezes: Mapping[str, Decimal]) -> None:
        self._freezes = freezes
        self._rows: list[_Row] = []
        self._terms: dict[tuple[str, str, Decimal | None], int] = {}
        self._count = 0
        self._width = 0
        self._last_width = 0
        self._unreadable: list[str] = []

    def take(self, row: list[str]) -> None:
        self._count += 1
        self._last_width = len(row)
        if self._count == 1:
            self._width = len(row)
            _check_width(len(row))
        if len(row) != self._width:
            self._note(f"it has {len(row)} columns, not {self._width}")
            return
        try:
            self._rows.append(self._read(row))
        except (ValueError, KeyError, InvalidOperation, OSError, OverflowError) as error:
            self._note(repr(error))

    def finish(self, fewest_rows: int) -> None:
        """Refuse what is too short, cut off or mostly unreadable."""
        if self._count < fewest_rows:
            raise MasterRefused(f"The file has {self._count} rows; at least {fewest_rows} are expected.")
        if self._last_width != self._width:
            raise MasterRefused(f"The file ends within row {self._count}.")
        if len(self._unreadable) > self._count * MOST_UNREADABLE:
            first = self._unreadable[0]
            raise MasterRefused(f"{len(self._unreadable)} rows cannot be read; the first is {first}.")
        if not self._rows:
            raise MasterRefused("The file lists no contract.")

    def columns(self) -> Columns:
        """Return what was read, in the order in which it is searched."""
        self._rows.sort()
        counts: dict[tuple[str, date], int] = {}
        for underlying, expiry, *_ in self._rows:
            counts[underlying, expiry] = counts.get((underlying, expiry), 0) + 1
        return Columns(
            series=[(underlying, expiry, count) for (underlying, expiry), count in counts.items()],
            terms=[Terms(Decimal(lot), Decimal(tick), freeze) for lot, tick, freeze in self._terms],
            keys=[row[2] for row in self._rows],
            term_places=[row[3] for row in self._rows],
            tickers=[row[4] for row in self._rows],
        )

    def _read(self, row: list[str]) -> _Row:
        ticker, underlying = row[_TICKER], row[_UNDERLYING]
        if not underlying or not ticker.startswith(EXCHANGE):
            raise ValueError(ticker)
        terms = row[_LOT], row[_TICK], self._freezes.get(ticker)
        place = self._terms.get(terms)
        if place is None:
            _check_terms(row[_LOT], row[_TICK])
            place = self._terms[terms] = len(self._terms)
        return underlying, _day(row[_EXPIRY]), _key(row[_STRIKE], row[_KIND]), place, ticker

    def _note(self, what: str) -> None:
        self._unreadable.append(f"row {self._count}: {what}")


def _check_width(columns: int) -> None:
    if columns not in COLUMN_COUNTS:
        known = " or ".join(map(str, sorted(COLUMN_COUNTS)))
        raise MasterRefused(f"The file has {columns} columns, not {known}.")


def _check_terms(*texts: str) -> None:
    for text in texts:
        if not (Decimal(text).is_finite() and Decimal(text) > 0):
            raise ValueError(text)


# A file has tens of expiries and hundreds of strikes, each of them many times.
@lru_cache(maxsize=8192)
def _day(epoch: str) -> date:
    # The hour of the epoch differs between rows of one day.
    return datetime.fromtimestamp(int(epoch), IST).date()


@lru_cache(maxsize=8192)
def _key(strike: str, kind: str) -> int:
    number, wanted = Decimal(strike), _KINDS[kind]
    key = key_of(wanted, number)
    if key is None or (wanted is not ContractKind.FUTURE and not 0 < number < HIGHEST_STRIKE):
        raise ValueError(strike)
    return key
