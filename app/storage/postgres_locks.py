"""Advisory locks: one session of each process holds its locks, and with them its life.

Whoever finds a name free has it after one question to the server, and gives it back without waiting for an
answer. Whoever has to wait does so in a session of his own, in the order of arrival. What a session holds
goes with it: a lock of a process that was killed is free as soon as the server has seen its connection end.
"""

import logging
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from app.errors import StoreUnavailable
from app.storage.postgres_connection import Connections
from app.storage.postgres_lives import Living, begin_life, read_living
from app.storage.postgres_session import DatabaseError, DatabaseSession, translated

# The first of the two numbers by which an advisory lock is known; postgres_schema.py has the one before.
BOTS, SYMBOLS = 0x67617466, 0x67617467
# Nobody waits for ever for who holds a name; a broker is waited for ten seconds.
LONGEST_WAIT_SECONDS = 60
_LOOK_SECONDS, _RETRY_SECONDS = 0.25, 0.1
# A machine that stood still for so long may have been given up by the server, and cannot know that yet.
STANDSTILL_SECONDS = 10.0
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL | getattr(select, "POLLRDHUP", 0)

_TAKE = "SELECT pg_try_advisory_lock(%s::int, %s::int)"
_WAIT = """
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{seconds}s'; SELECT pg_advisory_lock({of}, {slot})
"""
_UNLOCK = "SELECT pg_advisory_unlock(%s::int, %s::int)"
_PREPARE_UNLOCK = "PREPARE gatehouse_unlock (int, int) AS SELECT pg_advisory_unlock($1, $2)"

IsHeld = Callable[[], bool]

_logger = logging.getLogger(__name__)


class AdvisoryLocks:
    """The locks of one process, which lives under a number of 48 bits that is its own."""

    def __init__(self, connections: Connections, life: int) -> None:
        self._connections = connections
        self._life = life
        self._changed = threading.Condition()
        self._session: DatabaseSession | None = None
        self._owes_answer = False
        self._settled_since = float("-inf")
        self._beat = _now()
        # Of each kind by itself: who holds a bot may wait for a symbol, who holds a symbol waits for nothing.
        waiting = max(connections.size // 3, 1)
        self._may_wait = {of: threading.BoundedSemaphore(waiting) for of in (BOTS, SYMBOLS)}
        self._closing = threading.Event()
        self._begin()
        self._keeper = threading.Thread(target=self._keep, name="database locks", daemon=True)
        self._keeper.start()

    @contextmanager
    def hold(self, of: int, slot: int) -> Iterator[IsHeld]:
        """Wait for a lock and hold it; what is yielded tells, without asking, whether it still is.

        No other thread of this process may want the same. Raise StoreUnavailable.
        """
        session = self._try(of, slot)
        if session is None:
            with self._held_by_itself(of, slot) as is_held:
                yield is_held
            return
        try:
            yield lambda: self._is_held(session)
        finally:
            self._give_back(session, of, slot)

    def living(self) -> Living:
        """Return who lives; raise StoreUnavailable."""
        with self._changed:
            since = self._settled_since
        return read_living(self._connections, session_seconds=time.monotonic() - since)

    def session(self) -> object:
        """Return what this process lives by: another one once it is lost, or while there is none."""
        session = self._session
        return session if session is not None and self._is_held(session) else object()

    def close(self) -> None:
        """Stop living, and give up every lock."""
        self._closing.set()
        with self._changed:
            session, self._session = self._session, None
            self._changed.notify_all()
        if session is not None:
            session.close()
        if self._keeper is not threading.current_thread():
            self._keeper.join(1)

    def _begin(self) -> None:
        session = self._connections.open()
        try:
            with translated():
                begin_life(session, self._life)
                session.execute(_PREPARE_UNLOCK, prepare=False)
        except BaseException:
            session.close()
            raise
        with self._changed:
            if self._closing.is_set():
                session.close()
                return
            self._session, self._owes_answer = session, False
            self._changed.notify_all()

    def _keep(self) -> None:
        """Notice the end of the session at once, and begin another as soon as that can be done."""
        while not self._closing.is_set():
            session = self._session
            if session is None:
                self._begin_again()
                self._beat = _now()
            elif self._is_gone_for_good(session):
                with self._changed:
                    self._drop(session)

    def _begin_again(self) -> None:
        try:
            self._begin()
            self._settled_since = time.monotonic()
        except StoreUnavailable:
            self._closing.wait(_RETRY_SECONDS)
        except Exception:
            # Such as no file descriptor: without this thread nothing would ever be locked again.
            _logger.exception("The session of the locks could not be opened")
            self._closing.wait(_RETRY_SECONDS)

    def _is_gone_for_good(self, session: DatabaseSession) -> bool:
        if _is_gone(session, _LOOK_SECONDS):
            return True
        now = _now()
        if _are_far_apart(self._beat, now):
            return True
        # Of the moment that was compared: a standstill that begins here is seen by the next look.
        self._beat = now
        return False

    def _try(self, of: int, slot: int) -> DatabaseSession | None:
        """Return the session that has the lock now; None where somebody else has it."""
        ends = time.monotonic() + self._connections.timeout_seconds
        while True:
            with self._changed:
                session = self._present(ends)
                try:
                    return session if self._takes(session, of, slot) else None
                except StoreUnavailable:
                    # What it may have locked it has lost: another one is asked.
                    if time.monotonic() >= ends:
                        raise

    def _takes(self, session: DatabaseSession, of: int, slot: int) -> bool:
        with self._dropped_on_trouble(session):
            self._settle(session)
            ((taken,),) = session.ask(_TAKE, (of, slot), self._connections.timeout_seconds)
            return bool(taken)

    def _give_back(self, session: DatabaseSession, of: int, slot: int) -> None:
        with self._changed, suppress(StoreUnavailable):
            if session is not self._session:
                return
            with self._dropped_on_trouble(session):
                self._settle(session)
                session.pgconn.send_query_prepared(b"gatehouse_unlock", [b"%d" % of, b"%d" % slot])
                session.pgconn.flush()
                # It is read by the next who asks: nobody waits for it.
                self._owes_answer = True

    @contextmanager
    def _held_by_itself(self, of: int, slot: int) -> Iterator[IsHeld]:
        with self._room_to_wait(of), self._connections.turn(patience_seconds=LONGEST_WAIT_SECONDS) as session:
            session.execute(_WAIT.format(seconds=LONGEST_WAIT_SECONDS, of=of, slot=slot), prepare=False)
            life = self.session()
            try:
                yield lambda: session.is_alive and self.session() is life
            finally:
                try:
                    session.execute(_UNLOCK, (of, slot))
                except DatabaseError:
                    # The lock goes with its session, whatever became of that.
                    session.close()

    @contextmanager
    def _room_to_wait(self, of: int) -> Iterator[None]:
        """Leave sessions to those who need to wait for nobody: they hold what others wait for."""
        if not self._may_wait[of].acquire(timeout=LONGEST_WAIT_SECONDS):
            raise StoreUnavailable("Too many wait for what others have locked.")
        try:
            yield
        finally:
            self._may_wait[of].release()

    def _present(self, ends: float) -> DatabaseSession:
        """Return the session, waiting a little after one was lost; raise StoreUnavailable."""
        self._changed.wait_for(
            lambda: self._session is not None or self._closing.is_set(), ends - time.monotonic()
        )
        if self._session is None:
            raise StoreUnavailable("The database cannot be reached, so nothing is locked there.")
        return self._session

    def _is_held(self, session: DatabaseSession) -> bool:
        return session is self._session and not self._stood_still() and not _is_gone(session)

    def _stood_still(self) -> bool:
        """Tell whether this process, or its machine, has not run for a while; some clocks stand with it."""
        return _are_far_apart(self._beat, _now())

    def _settle(self, session: DatabaseSession) -> None:
        """Read the answer to what was given back last; it came long ago, as a rule."""
        if not self._owes_answer:
            return
        ends = time.monotonic() + self._connections.timeout_seconds
        while True:
            while session.pgconn.is_busy():
                if not _readable(session, max(0.0, ends - time.monotonic())):
                    raise StoreUnavailable("The database does not answer in time.")
                session.pgconn.consume_input()
            if session.pgconn.get_result() is None:
                break
        self._owes_answer = False

    @contextmanager
    def _dropped_on_trouble(self, session: DatabaseSession) -> Iterator[None]:
        try:
            with translated():
                yield
        except BaseException:
            self._drop(session)
            raise

    def _drop(self, session: DatabaseSession) -> None:
        """Let go of a session that is lost, or of which nobody knows what it holds."""
        if session is self._session:
            self._session = None
        session.close()


def _are_far_apart(then: tuple[float, float], now: tuple[float, float]) -> bool:
    return any(later - earlier > STANDSTILL_SECONDS for earlier, later in zip(then, now, strict=True))


def _now() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _is_gone(session: DatabaseSession, seconds: float = 0) -> bool:
    """Tell whether the other end has hung up; wait for it, if told to."""
    return _polled(session, _GONE, seconds)


def _readable(session: DatabaseSession, seconds: float) -> bool:
    return _polled(session, select.POLLIN, seconds)


def _polled(session: DatabaseSession, events: int, seconds: float) -> bool:
    try:
        poll = select.poll()
        poll.register(session.pgconn.socket, events)
    except DatabaseError:
        return True
    return bool(poll.poll(seconds * 1000))
