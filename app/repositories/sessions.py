"""The dashboard's sessions and the links that begin one: digests in one record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.dataclass import dataclass
from app.domain.sessions import MOST_CODES, MOST_SESSIONS, Session, SessionEnd, StartCode
from app.errors import NotAuthenticated
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/sessions"


@dataclass(frozen=True, slots=True)
class SessionBook:
    """Whoever is signed in, the oldest first, and the links that have not been used."""

    sessions: tuple[Session, ...] = ()
    codes: tuple[StartCode, ...] = ()


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A session that a change has ended, and why."""

    session: Session
    why: SessionEnd


class StoredSessions:
    """`state/sessions`; with every change go those whose time is over, and the change tells which."""

    def __init__(self, store: Store) -> None:
        self._record = StoredRecord(store, KEY, SessionBook)

    def read(self) -> tuple[Session, ...]:
        """Return every session that has not been ended; some may be over by now."""
        return (self._record.read() or SessionBook()).sessions

    def put(self, session: Session, now: datetime) -> list[EndedSession]:
        """Write a session that begins, or later times of one that is there."""

        def step(book: SessionBook) -> SessionBook:
            known = {each.id: each for each in book.sessions}
            known[session.id] = session.later_of(known.get(session.id))
            return replace(book, sessions=tuple(known.values()))

        return self._change(step, now)

    def remember(self, session: Session, now: datetime) -> list[EndedSession]:
        """Write later times of a session unless somebody has ended it."""

        def step(book: SessionBook) -> SessionBook:
            kept = tuple(session.later_of(each) if each.id == session.id else each for each in book.sessions)
            return replace(book, sessions=kept)

        return self._change(step, now)

    def end(self, wanted: Callable[[Session], bool], why: SessionEnd, now: datetime) -> list[EndedSession]:
        """End sessions for a reason of somebody's own."""
        ended: list[EndedSession] = []

        def step(book: SessionBook) -> SessionBook:
            ended[:] = [EndedSession(each, each.end_at(now) or why) for each in book.sessions if wanted(each)]
            return replace(book, sessions=tuple(each for each in book.sessions if not wanted(each)))

        others = self._change(step, now)
        return ended + others

    def add_code(self, code: StartCode, now: datetime) -> None:
        """Keep a link that signs in once."""
        self._change(lambda book: replace(book, codes=(*book.codes, code)), now)

    def use_code(self, digest: str, now: datetime) -> None:
        """Use a link up; raise NotAuthenticated where it is none, used already or too old."""

        def step(book: SessionBook) -> SessionBook:
            kept = tuple(code for code in book.codes if code.digest != digest)
            if not any(code.digest == digest and now < code.expires_at for code in book.codes):
                raise NotAuthenticated("The link has been used or is too old.", is_guess=True)
            return replace(book, codes=kept)

        self._change(step, now)

    def _change(self, step: Callable[[SessionBook], SessionBook], now: datetime) -> list[EndedSession]:
        ended: list[EndedSession] = []

        def swept(known: SessionBook | None) -> SessionBook:
            book = step(known or SessionBook())
            codes = [code for code in book.codes if now < code.expires_at][-MOST_CODES:]
            over = [
                EndedSession(each, why) for each in book.sessions if (why := each.end_at(now)) is not None
            ]
            current = [each for each in book.sessions if each.end_at(now) is None]
            displaced = current[:-MOST_SESSIONS]
            ended[:] = over + [EndedSession(each, SessionEnd.DISPLACED) for each in displaced]
            return SessionBook(tuple(current[-MOST_SESSIONS:]), tuple(codes))

        self._record.change(swept)
        return ended
