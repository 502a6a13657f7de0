"""Sessions over one store: what several processes make of them, and what is bounded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.domain.sessions import MOST_SESSIONS, Role, SessionEnd
from app.errors import NotAuthenticated
from app.repositories.audit import AuditQuery
from app.repositories.sessions import StoredSessions
from app.services.observability.journal import Journal
from app.services.sessions.service import AUDITED_A_MINUTE, Sessions

pytestmark = pytest.mark.unit

TOKENS = {Role.OPERATOR: "the-operators", Role.VIEWER: "the-viewers"}
HOME = {"address": "127.0.0.1", "by": "token"}


@pytest.fixture
def process(store, clock, audit):
    """Make what one process knows."""

    def make(**tokens) -> Sessions:
        return Sessions(
            StoredSessions(store), tokens=TOKENS | tokens, clock=clock, audit=audit, journal=Journal(None)
        )

    return make


@pytest.fixture
def sessions(process):
    return process()


@pytest.fixture
def ended(audit):
    """Why sessions ended, the latest first."""
    return lambda: [
        line.after["why"] for line in audit.page(AuditQuery(what="end_session"), after=None, limit=100).lines
    ]


def is_known(sessions: Sessions, cookie: str) -> bool:
    return sessions.find(cookie, is_action=False) is not None


def test_token_when_compared_then_it_is_whose_it_is(sessions):
    told = [
        sessions.role_of(token) for token in ("the-operators", "the-viewers", "the-operator", "", "\udc80")
    ]

    assert told == [Role.OPERATOR, Role.VIEWER, None, None, None]


def test_session_when_begun_elsewhere_then_it_is_known_at_once(process):
    one, other = process(), process()
    assert not is_known(other, "a guess")
    cookie, _ = one.begin(Role.OPERATOR, **HOME)

    assert is_known(other, cookie)


def test_session_when_used_in_one_process_then_it_is_not_idle_in_another(process, clock):
    one, other = process(), process()
    cookie, _ = one.begin(Role.VIEWER, **HOME)
    for _ in range(3):
        clock.move(minutes=30)
        assert one.find(cookie, is_action=True) is not None

    assert is_known(other, cookie)


def test_session_when_it_was_ended_then_no_later_action_brings_it_back(process, clock, store):
    one, other = process(), process()
    cookie, session = one.begin(Role.OPERATOR, **HOME)
    assert is_known(other, cookie)
    one.end(session)
    clock.move(minutes=2)
    other.token_given(session)

    assert StoredSessions(store).read() == ()


def test_session_when_nobody_comes_back_then_its_end_is_told_when_another_begins(sessions, clock, ended):
    sessions.begin(Role.OPERATOR, **HOME)
    clock.move(hours=2)
    sessions.begin(Role.OPERATOR, **HOME)

    assert ended() == [SessionEnd.IDLE.value]


def test_sessions_when_there_are_too_many_then_the_oldest_ends(sessions, clock, ended):
    cookies = []
    for _ in range(MOST_SESSIONS + 1):
        cookies.append(sessions.begin(Role.OPERATOR, **HOME)[0])
        clock.move(seconds=6)

    assert [is_known(sessions, cookie) for cookie in (cookies[0], cookies[1], cookies[-1])] == [
        False,
        True,
        True,
    ]
    assert ended() == [SessionEnd.DISPLACED.value]


def test_token_when_only_the_viewers_changes_then_the_operators_sessions_stay(process, sessions):
    operator, viewer = (sessions.begin(role, **HOME)[0] for role in (Role.OPERATOR, Role.VIEWER))
    later = process(**{Role.VIEWER: "another"})

    assert (is_known(later, operator), is_known(later, viewer)) == (True, False)


def test_link_when_two_use_it_at_once_then_one_is_let_in(process):
    code, _ = process().new_code()

    def use(sessions: Sessions) -> bool:
        try:
            sessions.begin_by_code(code, address="127.0.0.1")
        except NotAuthenticated:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, [process() for _ in range(4)])) == 1


def test_link_when_another_is_made_then_both_sign_in(sessions, clock):
    codes = [sessions.new_code()[0] for _ in range(2)]
    clock.now += timedelta(minutes=14)

    assert [sessions.begin_by_code(code, address="::1")[1].role for code in codes] == [Role.OPERATOR] * 2


def test_failures_when_there_are_many_then_the_audit_has_the_first_of_each_minute(sessions, audit, clock):
    clock.now = clock.now.replace(second=0)
    for _ in range(AUDITED_A_MINUTE + 5):
        sessions.refused(**HOME)
    clock.move(minutes=1)
    sessions.refused(**HOME)
    lines = audit.page(AuditQuery(what="refuse_session"), after=None, limit=100).lines

    assert len(lines) == AUDITED_A_MINUTE + 1
    assert {line.who for line in lines} == {"visitor"}
