"""Sessions with PostgreSQL, lent for a turn.

A session is opened when there is none to lend, by a thread of its own, so that nobody waits longer than the
timeout however many hosts are tried. What is lost is thrown away, and the next turn opens another: nothing
has to be started anew when a server comes back, or when another one takes its place.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus

from app.errors import SettingsError, StoreUnavailable
from app.storage.postgres_errors import (
    ALL_LENT,
    FULL,
    WITHOUT_CONNECTION,
    asks_again,
    loses_session,
    reason_for,
)
from app.storage.postgres_session import DatabaseSession, complete_address, connected, translated
from app.storage.postgres_statements import Row

_PAUSE_SECONDS = 0.05
# What the function that writes raises when a version has moved.
_OVERWRITTEN = "GH409"

_logger = logging.getLogger(__name__)


class Overwritten(Exception):
    """A document that was to be replaced is not the one that was read."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Connections:
    """Up to `size` sessions of this process, each lent to one thread at a time."""

    def __init__(self, url: str, *, timeout_seconds: float, size: int) -> None:
        self._conninfo = complete_address(url, timeout_seconds)
        self.timeout_seconds = timeout_seconds
        self.size = size
        self._idle: list[DatabaseSession] = []
        self._inherited: list[DatabaseSession] = []
        self._start_afresh()
        _every.add(self)

    @contextmanager
    def turn(self, *, patience_seconds: float | None = None) -> Iterator[DatabaseSession]:
        """Lend a session in autocommit; raise StoreUnavailable for what goes wrong with it.

        A thread that holds one gets the same again, so that whoever waits for a lock never keeps its holder
        from reading and writing; if that one is lost meanwhile, it gets another for this turn.
        """
        patience = self.timeout_seconds if patience_seconds is None else patience_seconds
        held: DatabaseSession | None = getattr(self._mine, "session", None)
        session = held if held is not None and not held.closed else self._take(patience)
        before, session.patience_seconds = session.patience_seconds, patience
        self._mine.session = session
        try:
            yield session
        except psycopg.Error as error:
            if loses_session(error):
                self._lose(session)
            raise StoreUnavailable(reason_for(error)) from error
        finally:
            self._mine.session = held
            session.patience_seconds = before
            if session is not held:
                self._give_back(session)

    @contextmanager
    def beside(self, *, patience_seconds: float | None = None) -> Iterator[DatabaseSession]:
        """Open a session for one long piece of work, which keeps none of the others from anybody."""
        try:
            with connected(self._conninfo, self.timeout_seconds) as session:
                if patience_seconds is not None:
                    session.patience_seconds = patience_seconds
                yield session
        except psycopg.Error as error:
            raise StoreUnavailable(reason_for(error)) from error

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of one statement, asked again on a new session where the first was lost.

        So whether a write that was lost sight of was made is decided by making it again: it must be written
        so that the second time changes nothing. Raise StoreUnavailable when no server answers in time.
        """
        ends = time.monotonic() + self.timeout_seconds
        rows = self._answer(query, values, ends)
        while rows is None:
            rows = self._answer_again(query, values, ends)
        return rows

    def _answer(self, query: str, values: Sequence[Any], ends: float) -> list[Row] | None:
        """Return the rows, or None where it is worth asking again."""
        patience = max(0.0, ends - time.monotonic())
        held: DatabaseSession | None = getattr(self._mine, "session", None)
        session = held if held is not None and not held.closed else self._take(patience)
        try:
            return session.ask(query, values, patience)
        except psycopg.Error as error:
            if error.sqlstate == _OVERWRITTEN:
                raise Overwritten(error.diag.message_detail or "") from None
            if loses_session(error):
                self._lose(session)
            if not asks_again(error) or time.monotonic() >= ends:
                raise StoreUnavailable(reason_for(error)) from error
            return None
        finally:
            if session is not held:
                self._give_back(session)

    def _answer_again(self, query: str, values: Sequence[Any], ends: float) -> list[Row] | None:
        """Ask again, and again until the time is over: a server may be on its way back, or another one up."""
        try:
            return self._answer(query, values, ends)
        except StoreUnavailable:
            if time.monotonic() + _PAUSE_SECONDS >= ends:
                raise
        time.sleep(_PAUSE_SECONDS)
        return None

    def open(self) -> DatabaseSession:
        """Open a session for who keeps it, beside those that are lent; raise StoreUnavailable."""
        with translated():
            return connected(self._conninfo, self.timeout_seconds)

    def close(self) -> None:
        """Close every session that is not lent, and the others when they come back; safe to call twice."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._open -= len(idle)
            self._era += 1
        for session in idle:
            session.close()

    def _start_afresh(self) -> None:
        """Begin without sessions: at first, and in a forked child, which must not touch its parent's."""
        self._inherited += self._idle
        self._idle = []
        self._changed = threading.Condition()
        self._mine = threading.local()
        self._era = self._open = self._opening = self._waiting = self._failures = 0
        self._failure = WITHOUT_CONNECTION

    def _take(self, patience_seconds: float) -> DatabaseSession:
        ends = time.monotonic() + patience_seconds
        with self._changed:
            failures = self._failures
            self._waiting += 1
            try:
                while True:
                    if (session := self._last_alive()) is not None:
                        return session
                    has_failed = self._failures > failures
                    if has_failed and not self._opening and not self._is_one_to_come:
                        raise StoreUnavailable(self._failure)
                    if not has_failed and self._open < self.size and self._opening < self._waiting:
                        self._open_another()
                    if not self._changed.wait(ends - time.monotonic()) and time.monotonic() >= ends:
                        raise StoreUnavailable(self._why_none(has_failed=has_failed))
            finally:
                self._waiting -= 1

    @property
    def _is_one_to_come(self) -> bool:
        """Tell whether a full server leaves us those that we have: one of them is soon given back."""
        return self._failure == FULL and self._open > 0

    def _why_none(self, *, has_failed: bool) -> str:
        if has_failed:
            return self._failure
        return WITHOUT_CONNECTION if self._opening else ALL_LENT

    def _last_alive(self) -> DatabaseSession | None:
        while self._idle:
            session = self._idle.pop()
            if session.is_alive:
                return session
            self._open -= 1
            session.close()
        return None

    def _open_another(self) -> None:
        thread = threading.Thread(target=self._open_one, args=(self._changed, self._era), daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # For want of a thread; what counts as being opened would keep another from being opened for ever.
            raise StoreUnavailable(WITHOUT_CONNECTION) from error
        # Whoever comes here holds what the thread wants for telling that it is done.
        self._open += 1
        self._opening += 1

    def _open_one(self, changed: threading.Condition, era: int) -> None:
        session, failure = None, ""
        try:
            session = connected(self._conninfo, self.timeout_seconds)
            session.era = era
        except psycopg.Error as error:
            failure = reason_for(error)
        except Exception:
            # Such as no file descriptor: it counts as being opened until that is said.
            failure = WITHOUT_CONNECTION
            _logger.exception("A session with the database could not be opened")
        with changed:
            self._opening -= 1
            if session is None:
                self._open -= 1
                self._failures += 1
                self._failure = failure
            else:
                self._keep(session)
            changed.notify_all()

    def _keep(self, session: DatabaseSession) -> None:
        # What was broken off in the middle would be the next one's trouble: a transaction, a lock, an answer.
        is_idle = not session.closed and session.pgconn.transaction_status == TransactionStatus.IDLE
        if session.era == self._era and is_idle:
            self._idle.append(session)
        else:
            self._open -= 1
            session.close()

    def _give_back(self, session: DatabaseSession) -> None:
        with self._changed:
            self._keep(session)
            self._changed.notify()

    def _lose(self, session: DatabaseSession) -> None:
        """Throw away a lost session and those that wait: the server has gone, or is no primary now."""
        session.close()
        with self._changed:
            idle, self._idle = self._idle, []
            self._open -= len(idle)
        for other in idle:
            other.close()


@contextmanager
def refused(sentences: Mapping[str, str]) -> Iterator[None]:
    """Raise SettingsError with a sentence of ours for what the server refuses with one of these states."""
    try:
        yield
    except psycopg.Error as error:
        sentence = sentences.get(error.sqlstate or "")
        if sentence is None:
            raise
        raise SettingsError(sentence) from error


_every: "WeakSet[Connections]" = WeakSet()


def _after_fork() -> None:
    for connections in tuple(_every):
        connections._start_afresh()  # noqa: SLF001  # of this file


os.register_at_fork(after_in_child=_after_fork)
