"""The audit keeps a line for every change: written before it, gone with it, read page by page."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.audit import Deed
from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.repositories.audit import MOST_READ, PREFIX, AuditQuery

pytestmark = pytest.mark.unit

EVERYTHING = AuditQuery()


@pytest.fixture
def write(audit):
    """Write a line of the operator's about a subject."""

    def written(subject: str, *, who: str = "operator", what: Deed = Deed.CHANGE_BOT) -> None:
        audit.record(who, what, subject, before={"a": 1}, after={"a": 2})

    return written


def subjects(page) -> list[str]:
    return [line.subject for line in page.lines]


def test_line_when_it_is_read_back_then_it_says_who_what_and_when(audit, write, clock):
    write("swing")
    line = audit.page(EVERYTHING, after=None, limit=10).lines[0]

    assert (line.at, line.who, line.what, line.subject) == (clock(), "operator", "change_bot", "swing")
    assert (line.before, line.after) == ({"a": 1}, {"a": 2})


def test_lines_when_the_clock_stands_still_or_goes_back_then_the_newest_is_still_first(audit, write, clock):
    for number in range(20):
        clock.now -= timedelta(hours=2) if number == 10 else timedelta()
        write(str(number))

    assert subjects(audit.page(EVERYTHING, after=None, limit=50)) == [str(n) for n in range(19, -1, -1)]


def test_lines_when_read_page_by_page_then_each_comes_once(audit, write, clock):
    for number in range(5):
        clock.now += timedelta(days=number)
        write(str(number))
    first = audit.page(EVERYTHING, after=None, limit=2)
    second = audit.page(EVERYTHING, after=first.next, limit=2)
    last = audit.page(EVERYTHING, after=second.next, limit=2)

    assert [*subjects(first), *subjects(second), *subjects(last)] == ["4", "3", "2", "1", "0"]
    assert last.next is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(who="circuit breaker"), ["c"]),
        (AuditQuery(what="cancel_order"), ["b"]),
        (AuditQuery(subject="a"), ["a"]),
        (AuditQuery(who="operator"), ["b", "a"]),
        (AuditQuery(who="operator", subject="c"), []),
    ],
)
def test_lines_when_some_are_wanted_then_only_those_come(audit, write, query, found):
    write("a")
    write("b", what=Deed.CANCEL_ORDER)
    write("c", who="circuit breaker")

    assert subjects(audit.page(query, after=None, limit=10)) == found


def test_lines_when_a_day_is_wanted_then_only_its_own_come(audit, write, clock):
    write("yesterday")
    day, clock.now = clock().date(), clock() + timedelta(days=1)
    write("today")

    assert subjects(audit.page(AuditQuery(day=day), after=None, limit=10)) == ["yesterday"]


def test_lines_when_those_wanted_are_far_behind_then_a_short_page_says_where_to_go_on(audit, write):
    write("wanted", who="command line")
    for _ in range(MOST_READ):
        write("other")
    query = AuditQuery(who="command line")
    first = audit.page(query, after=None, limit=10)

    assert (subjects(first), subjects(audit.page(query, after=first.next, limit=10))) == ([], ["wanted"])


@pytest.mark.parametrize("error", [Conflict, AlreadyExists])
def test_change_when_somebody_else_was_faster_then_its_line_goes_again(audit, store, error):
    with pytest.raises(error), audit.change("operator", Deed.CHANGE_BOT, "x", before={}, after={}):
        raise error("moved")

    assert list(store.list(PREFIX)) == []


def test_change_when_nobody_knows_whether_it_was_written_then_its_line_stays(audit, store):
    with pytest.raises(StoreUnavailable), audit.change("operator", Deed.CHANGE_BOT, "x", before={}, after={}):
        raise StoreUnavailable("no answer")

    assert len(list(store.list(PREFIX))) == 1


def test_change_when_its_line_cannot_be_written_then_it_is_not_made(audit, store):
    def refuse(*_args, **_options):
        raise StoreUnavailable("away")

    store.create, made = refuse, []
    with pytest.raises(StoreUnavailable), audit.change("operator", Deed.CHANGE_BOT, "x", before={}, after={}):
        made.append(True)

    assert made == []


def test_has_when_there_is_no_such_line_then_false(audit, write):
    write("a")
    line = audit.page(EVERYTHING, after=None, limit=1).lines[0]

    assert (audit.has(line.id), audit.has(UUID(int=line.id.int + 1))) == (True, False)
