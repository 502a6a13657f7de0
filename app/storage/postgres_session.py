"""One session with PostgreSQL: what it is told at its beginning, and how long its answers are waited for."""

import math
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.errors import SettingsError, StoreUnavailable
from app.storage.postgres_errors import MALFORMED, WITHOUT_ANSWER, reason_for
from app.storage.postgres_statements import PLAIN, Row, Statements

# How soon a peer that is gone without a word is found out, beside the time that a statement may take.
_KEEPALIVES = {"keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}
# psycopg waits in whole seconds for a connection, and at least so many.
_LEAST_CONNECT_SECONDS = 2
_WAIT_INTERVAL = 0.1
# The server gives up a machine that is gone without a word later than that one gives up the server: what is
# locked for it is free soon, but not before it knows.
# A server that ends idle sessions would end locks that are held; one that ends long transactions, backups.
# A server that does not wait for its disk is told to; any stronger promise of its own is kept.
_SETTINGS = """
SELECT
    set_config('statement_timeout', '{milliseconds}', false),
    set_config('lock_timeout', '{milliseconds}', false),
    set_config('idle_in_transaction_session_timeout', '60000', false),
    set_config('idle_session_timeout', '0', false),
    CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
        THEN set_config('transaction_timeout', '0', false) END,
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('jit', 'off', false),
    set_config('tcp_keepalives_idle', '9', false),
    set_config('tcp_keepalives_interval', '2', false),
    set_config('tcp_keepalives_count', '4', false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""


# What a session raises; `translated` makes of it what everybody knows.
DatabaseError = psycopg.Error


@contextmanager
def translated() -> Iterator[None]:
    """Raise StoreUnavailable for whatever goes wrong with a session that is not lent."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreUnavailable(reason_for(error)) from error


class DatabaseSession(psycopg.Connection[Row]):
    """One session with the server; no answer is waited for longer than `patience_seconds`."""

    patience_seconds: float = 5
    era = 0
    _statements: Statements | None = None

    def ask(self, query: str, values: Sequence[Any], patience_seconds: float) -> list[Row]:
        """Return the rows of one statement; raise psycopg's errors."""
        if all(isinstance(value, PLAIN) for value in values):
            if self._statements is None:
                self._statements = Statements(self.pgconn)
            return self._statements.ask(query, values, patience_seconds)
        before, self.patience_seconds = self.patience_seconds, patience_seconds
        try:
            cursor = self.execute(query, values)
            return cursor.fetchall() if cursor.description is not None else []
        finally:
            self.patience_seconds = before

    def wait(self, gen: Any, interval: float = _WAIT_INTERVAL, timeout: float | None = None) -> Any:
        """Wait for the server; a session that says nothing in time is given up."""
        try:
            return super().wait(gen, interval, self.patience_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as error:  # noqa: SLF001  # raised by nothing else
            self.pgconn.finish()
            raise psycopg.errors.ConnectionTimeout(WITHOUT_ANSWER) from error

    @property
    def is_alive(self) -> bool:
        """Tell without asking the server whether the session still stands, as far as is known here.

        An idle server says nothing: what can be read is its farewell, or a notice that comes before one.
        """
        if self.closed:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
        if not poll.poll(0):
            return True
        with suppress(psycopg.Error):
            self.pgconn.consume_input()
        return not self.closed and not poll.poll(0)


def complete_address(url: str, timeout_seconds: float) -> str:
    """Return what libpq is told: the URL, and what it leaves open."""
    try:
        said = conninfo_to_dict(url)
    except psycopg.Error:
        # libpq's own sentence repeats what it could not read, the password with it.
        raise SettingsError(MALFORMED) from None
    ours: dict[str, Any] = _KEEPALIVES | {
        "application_name": "gatehouse",
        "target_session_attrs": "read-write",
        "connect_timeout": str(max(_LEAST_CONNECT_SECONDS, math.ceil(timeout_seconds))),
        "tcp_user_timeout": str(round(timeout_seconds * 1000)),
    }
    return make_conninfo("", **(ours | {name: value for name, value in said.items() if value is not None}))


def connected(conninfo: str, timeout_seconds: float) -> DatabaseSession:
    """Begin a session; raise psycopg's errors."""
    session = DatabaseSession.connect(conninfo, autocommit=True, prepare_threshold=0)
    session.patience_seconds = timeout_seconds
    try:
        session.execute(_SETTINGS.format(milliseconds=max(1, round(timeout_seconds * 1000))), prepare=False)
    except BaseException:
        session.close()
        raise
    return session
