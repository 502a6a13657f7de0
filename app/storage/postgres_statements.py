"""Prepared statements, straight to libpq: what every alert asks a dozen times should cost little here.

psycopg's cursors are for all that anybody may ask. They take five times as long over a row found by its key
as the exchange itself, which is what this does: text goes in, text comes out, numbers are read.
"""

import re
import select
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from app.storage.postgres_errors import WITHOUT_ANSWER

Row = tuple[Any, ...]

PLAIN = (str, int, type(None))
_DONE = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
_LOST = "the connection is lost"
# The server has forgotten a statement, or its tables have changed under it.
_ANEW = {"26000", "0A000"}


def _read_bool(value: bytes) -> bool:
    return value == b"t"


def _read_text(value: bytes) -> str:
    return value.decode()


# By the type's number in PostgreSQL: boolean, whole numbers of three lengths, numbers of two kinds.
_READERS: dict[int, Callable[[bytes], Any]] = {
    16: _read_bool,
    **dict.fromkeys((20, 21, 23), int),
    701: float,
    1700: lambda value: Decimal(value.decode()),
}


class Statements:
    """The prepared statements of one session."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._poll = select.poll()
        self._poll.register(pgconn.socket, select.POLLIN)
        self._names: dict[str, bytes] = {}

    def ask(self, query: str, values: Sequence[Any], patience_seconds: float) -> list[Row]:
        """Return the rows of a statement with `%s` for its values; raise psycopg's errors."""
        try:
            return self._ask(query, values, patience_seconds)
        except psycopg.Error as error:
            if error.sqlstate not in _ANEW or query not in self._names:
                raise
        self._names.pop(query)
        return self._ask(query, values, patience_seconds)

    def _ask(self, query: str, values: Sequence[Any], patience_seconds: float) -> list[Row]:
        ends = time.monotonic() + patience_seconds
        name = self._names.get(query)
        if name is None:
            name = b"gatehouse_%d" % len(self._names)
            while name in self._names.values():
                name += b"_"
            self._pgconn.send_prepare(name, _numbered(query))
            self._result(ends)
            self._names[query] = name
        self._pgconn.send_query_prepared(name, [None if value is None else _text(value) for value in values])
        return _rows(self._result(ends))

    def _result(self, ends: float) -> PGresult:
        pgconn = self._pgconn
        while pgconn.flush():
            self._wait(select.POLLIN | select.POLLOUT, ends)
            pgconn.consume_input()
        found = self._next(ends)
        while self._next(ends) is not None:
            pass
        if found is None:
            raise psycopg.OperationalError(_LOST)
        if found.status not in _DONE:
            raise psycopg.errors.error_from_result(found)
        return found

    def _next(self, ends: float) -> PGresult | None:
        pgconn = self._pgconn
        while pgconn.is_busy():
            self._wait(select.POLLIN, ends)
            pgconn.consume_input()
        return pgconn.get_result()

    def _wait(self, events: int, ends: float) -> None:
        if events != select.POLLIN:
            poll = select.poll()
            poll.register(self._pgconn.socket, events)
        else:
            poll = self._poll
        if not poll.poll(max(0.0, ends - time.monotonic()) * 1000):
            # What comes of it nobody knows: nothing may follow on this session.
            self._pgconn.finish()
            raise psycopg.errors.ConnectionTimeout(WITHOUT_ANSWER)


@cache
def _numbered(query: str) -> bytes:
    """Return a statement as libpq wants it, with `$1` for the first `%s`."""
    parts = re.split(r"%s", query)
    numbered = "".join(f"{part}${place}" for place, part in enumerate(parts[:-1], 1)) + parts[-1]
    return numbered.encode()


def _text(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"t" if value else b"f"
    # libpq would take what is before a NUL for all; no text in PostgreSQL holds one, so nothing is found.
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}").encode()


def _rows(result: PGresult) -> list[Row]:
    readers = [_READERS.get(result.ftype(column), _read_text) for column in range(result.nfields)]
    return [
        tuple(_value(result, row, column, read) for column, read in enumerate(readers))
        for row in range(result.ntuples)
    ]


def _value(result: PGresult, row: int, column: int, read: Callable[[bytes], Any]) -> Any:
    value = result.get_value(row, column)
    return None if value is None else read(value)
