"""Sessions of the dashboard: begun by a token or a link, looked up in memory, ended by anybody who may."""

import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from app.clock import Clock
from app.domain.audit import Actor, Deed
from app.domain.json_codec import timestamp
from app.domain.sessions import Role, Session, SessionEnd, code_digest, session_id
from app.errors import Conflict, StoreUnavailable
from app.repositories.audit import AuditLog
from app.repositories.sessions import EndedSession, StoredSessions
from app.services.observability.journal import Journal
from app.services.sessions.links import new_code

COOKIE_BYTES = 32
# How long another process may still count a session that was ended here.
LOOK = timedelta(seconds=5)
# How far the stored time of a session's last action may lie behind: what a restart may forget of it.
REMEMBER = timedelta(minutes=1)
# Strangers must not fill the audit: it has so many wrong tokens a minute, the refusals have them all.
AUDITED_A_MINUTE = 20
SUBJECT = "sign-in"


class Sessions:
    """Who is signed in; safe to use by many threads.

    A request reads no store: each process looks every five seconds at what others have begun and ended, and
    at once where it does not know a cookie; without `looks_at_once` not even then, for where one process
    serves all and a read is slow.
    """

    def __init__(
        self,
        stored: StoredSessions,
        *,
        tokens: Mapping[Role, str],
        clock: Clock,
        audit: AuditLog,
        journal: Journal,
        looks_at_once: bool = True,
    ) -> None:
        self._stored = stored
        self._tokens = tokens
        self._clock = clock
        self._audit = audit
        self._journal = journal
        self._looks_at_once = looks_at_once
        self._known: dict[str, Session] = {}
        self._written: dict[str, Session] = {}
        self._looked_at: datetime | None = None
        self._lock = threading.Lock()
        self._failures = _FewAMinute()

    def role_of(self, token: str) -> Role | None:
        """Return whose token it is, compared in constant time."""
        presented = token.encode("utf-8", "surrogatepass")
        # Each is compared, so that the time does not tell which of them it is.
        fits = {role: hmac.compare_digest(presented, known.encode()) for role, known in self._tokens.items()}
        return next((role for role, is_theirs in fits.items() if is_theirs), None)

    def begin(self, role: Role, *, address: str, by: str) -> tuple[str, Session]:
        """Begin a session; return its cookie, which is stored nowhere, and the session."""
        cookie, now = secrets.token_urlsafe(COOKIE_BYTES), self._clock()
        session = Session(session_id(self._tokens[role], cookie), role, now, now, now)
        told = {"role": role.value, "address": address, "by": by}
        with self._audit.change(role, Deed.BEGIN_SESSION, session.name, before=None, after=told):
            ended = self._stored.put(session, now)
        with self._lock:
            self._known[session.id] = self._written[session.id] = session
        self._journal.activity(f"{role.value} signed in from {address} by {by} ({session.name})")
        self._tell(ended, Actor.CLOCK)
        return cookie, session

    def begin_by_code(self, code: str, *, address: str) -> tuple[str, Session]:
        """Begin the operator's session by a link's code, which is used up; raise NotAuthenticated."""
        self._stored.use_code(code_digest(code), self._clock())
        return self.begin(Role.OPERATOR, address=address, by="link")

    def new_code(self) -> tuple[str, datetime]:
        """Make the code of a link that signs in once; return it and until when it does."""
        return new_code(self._stored, self._clock())

    def find(self, cookie: str, *, is_action: bool) -> Session | None:
        """Return the session of a cookie, None where there is none or it is over; note a person's action."""
        names = [session_id(token, cookie) for token in self._tokens.values()]
        session = self._look_up(names)
        if session is None:
            return None
        now = self._clock()
        why = session.end_at(now)
        if why is not None:
            self._end(lambda each: each.id == session.id, why, Actor.CLOCK)
            return None
        if is_action:
            self._keep(replace(session, acted_at=now), now)
        return session

    def token_given(self, session: Session) -> None:
        """Note that the token of a session was given again just now."""
        now = self._clock()
        self._keep(replace(session, acted_at=now, token_at=now), now, at_once=True)

    def end(self, session: Session) -> None:
        """End one session."""
        self._end(lambda each: each.id == session.id, SessionEnd.SIGNED_OUT, session.role)

    def end_all(self, *, by: str) -> int:
        """End every session of anybody; return how many there were."""
        return self._end(lambda _: True, SessionEnd.EVERYWHERE, by)

    def refused(self, *, address: str, by: str) -> None:
        """Write into the audit that somebody could not sign in."""
        if self._failures.take(self._clock()):
            told = {"address": address, "by": by}
            self._audit.record(Actor.VISITOR, Deed.REFUSE_SESSION, SUBJECT, before=None, after=told)

    def _look_up(self, names: list[str]) -> Session | None:
        now = self._clock()
        with self._lock:
            is_stale = self._looked_at is None or not timedelta() <= now - self._looked_at < LOOK
            is_unknown = self._looks_at_once and not any(name in self._known for name in names)
            if is_stale or is_unknown:
                stored = self._stored.read()
                self._written = {each.id: each for each in stored}
                self._known = {each.id: each.later_of(self._known.get(each.id)) for each in stored}
                self._looked_at = now
            return next((self._known[name] for name in names if name in self._known), None)

    def _keep(self, session: Session, now: datetime, *, at_once: bool = False) -> None:
        with self._lock:
            if session.id not in self._known:
                return
            self._known[session.id] = session = session.later_of(self._known[session.id])
            written = self._written.get(session.id)
            is_due = at_once or written is None or now - written.acted_at >= REMEMBER
            if is_due:
                self._written[session.id] = session
        if is_due:
            # Whether this is written or not: the request that is being served is none of the clock's.
            with suppress(Conflict, StoreUnavailable):
                self._tell(self._stored.remember(session, now), Actor.CLOCK)

    def _end(self, wanted: Callable[[Session], bool], why: SessionEnd, by: str) -> int:
        ended = self._stored.end(wanted, why, self._clock())
        with self._lock:
            for each in ended:
                self._known.pop(each.session.id, None)
        self._tell(ended, by)
        return len(ended)

    def _tell(self, ended: list[EndedSession], by: str) -> None:
        for each in ended:
            session = each.session
            before = {"role": session.role.value, "began_at": timestamp(session.began_at)}
            after = {"why": each.why.value}
            self._audit.record(by, Deed.END_SESSION, session.name, before=before, after=after)
            self._journal.activity(f"{session.name} of the {session.role.value} is over: {each.why.value}")


class _FewAMinute:
    """Lets a few through each minute."""

    def __init__(self) -> None:
        self._began: datetime | None = None
        self._count = 0

    def take(self, now: datetime) -> bool:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._began:
            self._began, self._count = minute, 0
        self._count += 1
        return self._count <= AUDITED_A_MINUTE
