from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.domain.orders import placed_order_id
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.inbox import Arrival, Inbox
from app.repositories.ticket_query import TicketQuery
from app.repositories.tickets import Ledger, ticket_key

pytestmark = pytest.mark.unit

DAYS = ["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-04"]


def ticket_id(day: str, number: int) -> UUID:
    """Make a UUIDv7 of noon of a day."""
    milliseconds = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0b10 << 62) | number)


@pytest.fixture
def ledger(store, clock):
    clock.now = datetime(2026, 3, 5, tzinfo=UTC)
    return Ledger(store, clock)


@pytest.fixture
def written(ledger, store, clock):
    """Four tickets on three days, oldest first."""
    tickets = [
        Ticket(ticket_id(day, number), "default", "strategy", clock(), {}, TicketStatus.FILLED)
        for number, day in enumerate(DAYS)
    ]
    store.apply([ledger.writing(ticket) for ticket in tickets])
    return [str(ticket.id) for ticket in tickets]


def ids(tickets) -> list[str]:
    return [ticket["id"] for ticket in tickets]


def test_key_when_a_ticket_is_filed_then_it_is_under_its_day():
    name = ticket_id("2026-03-01", 1)

    assert ticket_key(name) == f"tickets/2026-03-01/{name}"


def test_list_when_days_have_no_tickets_then_they_are_passed_over(ledger, written):
    assert ids(ledger.newest_first()) == written[::-1]


def test_list_when_it_continues_then_it_begins_behind_the_given_one(ledger, written):
    assert ids(ledger.newest_first(before=UUID(written[2]))) == [written[1], written[0]]


def test_list_when_a_day_is_asked_for_then_only_that(ledger, written):
    day = datetime(2026, 3, 1, tzinfo=UTC).date()

    assert ids(ledger.newest_first(day=day)) == [written[1], written[0]]
    assert ids(ledger.newest_first(day=day, before=UUID(written[1]))) == [written[0]]


def test_list_when_there_is_nothing_then_it_is_empty(ledger):
    assert ids(ledger.newest_first()) == []


def test_list_when_an_alert_is_in_the_inbox_then_it_is_shown_as_received(ledger, store, clock, written):
    waiting = ticket_id("2026-03-05", 9)
    inbox = Inbox(store, clock, "one", ttl_seconds=300)
    inbox.claim(Arrival(waiting, "default", "strategy", "0" * 64, {}, clock()))

    assert next(ledger.newest_first())["status"] == "received"
    assert ledger.find(waiting)["id"] == str(waiting)


def test_find_when_there_is_no_such_ticket_then_none(ledger, written):
    assert ledger.find(ticket_id("2026-03-01", 77)) is None


def test_writing_when_it_is_applied_twice_then_the_first_ticket_stays(ledger, store, clock, written):
    again = Ticket(UUID(written[0]), "default", "strategy", clock(), {}, TicketStatus.FAILED)
    store.apply([ledger.writing(again)])

    assert ledger.find(UUID(written[0]))["status"] == "filled"


def test_rewriting_when_a_ticket_changes_then_its_time_is_told(ledger, store, clock, written):
    document = ledger.document(UUID(written[0]))
    clock.move(minutes=1)
    store.apply([ledger.rewriting(document, document.value | {"status": "canceled"})])
    ticket = ledger.find(UUID(written[0]))

    assert (ticket["status"], ticket["updated_at"]) == ("canceled", "2026-03-05T00:01:00Z")


def test_find_when_a_ticket_is_finished_between_two_looks_then_it_is_there(ledger, store, clock, monkeypatch):
    ticket = Ticket(ticket_id("2026-03-05", 1), "default", "strategy", clock(), {}, TicketStatus.FILLED)
    finishing = [ledger.writing(ticket)]
    monkeypatch.setattr(ledger, "unfinished", lambda: store.apply(finishing) or [])

    assert ledger.find(ticket.id)["status"] == "filled"


class TestPages:
    def test_page_when_an_older_alert_still_waits_then_it_stands_where_it_arrived(
        self, ledger, store, clock, written
    ):
        waiting = ticket_id("2026-03-01", 9)
        Inbox(store, clock, "one", ttl_seconds=300).claim(
            Arrival(waiting, "default", "strategy", "0" * 64, {}, clock())
        )
        pages, before = [], None
        while len(pages) < 9:
            page = ledger.page(limit=2, before=before)
            pages.append(ids(page.tickets))
            if page.next is None:
                break
            before = UUID(page.next)

        assert pages == [[written[3], written[2]], [str(waiting), written[1]], [written[0]]]

    def test_page_when_it_is_full_to_the_last_then_nothing_follows(self, ledger, written):
        assert ledger.page(limit=4).next is None
        assert ledger.page(limit=3).next == written[1]

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"bot": "default"}, 4),
            ({"bot": "other"}, 0),
            ({"status": "filled"}, 4),
            ({"status": "received"}, 1),
        ],
    )
    def test_page_when_filtered_then_what_waits_is_filtered_too(
        self, ledger, store, clock, written, asked, expected
    ):
        inbox = Inbox(store, clock, "one", ttl_seconds=300)
        inbox.claim(Arrival(ticket_id("2026-03-05", 9), "third", "strategy", "0" * 64, {}, clock()))

        assert len(ledger.page(TicketQuery(**asked), limit=9).tickets) == expected

    def test_of_order_when_a_ticket_placed_it_then_that_ticket(self, ledger, store, clock):
        tickets = [Ticket(ticket_id("2026-03-01", n), "b", "strategy", clock(), {}) for n in (1, 2)]
        for ticket in tickets:
            name = placed_order_id("b", ticket.id, 1)
            ticket.orders.append({"client_order_id": name, "ticket": str(ticket.id), "status": "filled"})
        store.apply([ledger.writing(ticket) for ticket in tickets])

        assert ledger.of_order(tickets[1].orders[0]["client_order_id"]).value["id"] == str(tickets[1].id)
        assert ledger.of_order("somebody-elses") is None
