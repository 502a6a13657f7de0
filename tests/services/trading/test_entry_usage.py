from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.limits import Limits
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.open_orders import OpenOrders
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.trading.entry_usage import Entry, EntryUsage
from tests.builders import fresh_ticket_id

pytestmark = pytest.mark.unit

LIMITS = Limits(daily_order_cap=5, cooldown_seconds=60)


@pytest.fixture
def make_book(store, clock):
    """Build what another process would count with."""

    def made(**options) -> EntryUsage:
        return EntryUsage(Ledger(store, clock), OpenOrders(store), Trades(store, clock), clock, **options)

    return made


@pytest.fixture
def book(make_book):
    return make_book()


@pytest.fixture
def enter(book, clock):
    """Reserve an entry; return its ticket's id."""

    def reserved(symbol: str = "AAPL", bot: str = "one", limits: Limits = LIMITS):
        ticket = fresh_ticket_id(clock())
        book.reserve(ticket, Entry(bot, symbol, Decimal(100), clock()), limits)
        return ticket

    return reserved


@pytest.fixture
def write(store, clock):
    """Write the ticket of an entry into the ledger."""

    def written(ticket, status: TicketStatus = TicketStatus.FILLED, **entry) -> None:
        done = Ticket(ticket, "one", "strategy", clock(), {}, status)
        done.entry = {"symbol": "AAPL", "notional": "100"} | entry
        store.apply([Ledger(store, clock).writing(done)])

    return written


def test_usage_when_entries_are_reserved_then_they_count_at_once(book, enter):
    enter()
    enter("MSFT")
    enter(bot="two")
    usage = book.of("one", "AAPL", LIMITS)

    assert (usage.orders_today, usage.notional_today) == (2, Decimal(200))


def test_usage_when_an_entry_is_released_then_it_does_not_count(book, enter):
    book.release(enter())

    assert book.of("one", "AAPL", LIMITS).orders_today == 0


def test_usage_when_an_entry_grew_then_its_growth_is_no_entry_of_its_own(book, make_book, store, clock):
    ticket = Ticket(fresh_ticket_id(clock()), "one", "strategy", clock(), {}, TicketStatus.ORDERED)
    ticket.entry = {"symbol": "AAPL", "notional": "100", "is_new": False}
    book.reserve(ticket.id, Entry("one", "AAPL", Decimal(100), clock(), is_new=False), LIMITS)
    store.apply([Ledger(store, clock).writing(ticket)])

    for usage in (book.of("one", "AAPL", LIMITS), make_book().of("one", "AAPL", LIMITS)):
        assert (usage.orders_today, usage.notional_today, usage.last_entry_at) == (0, 100, None)


def test_usage_when_a_day_is_over_then_the_count_begins_anew(book, enter, clock):
    enter()
    clock.move(days=1)
    usage = book.of("one", "AAPL", LIMITS)

    assert (usage.orders_today, usage.notional_today) == (0, 0)
    assert usage.last_entry_at is not None


def test_usage_when_another_process_entered_then_its_tickets_count(make_book, write, clock):
    write(fresh_ticket_id(clock()))

    assert make_book().of("one", "AAPL", LIMITS).orders_today == 1


@pytest.mark.parametrize("status", [TicketStatus.REJECTED, TicketStatus.FAILED])
def test_usage_when_an_entry_was_not_placed_then_its_ticket_does_not_count(make_book, write, clock, status):
    write(fresh_ticket_id(clock()), status)

    assert make_book().of("one", "AAPL", LIMITS).orders_today == 0


def test_usage_when_a_person_let_it_go_days_after_it_came_then_a_new_process_counts_it_today(
    make_book, write, clock
):
    came = fresh_ticket_id(clock())
    clock.move(days=3)
    write(came, at=clock().isoformat())

    assert make_book(longest_wait=timedelta(days=4)).of("one", "AAPL", LIMITS).orders_today == 1


def test_usage_when_its_own_ticket_is_read_back_then_it_counts_once(book, enter, write):
    write(enter())

    assert book.of("one", "AAPL", LIMITS).orders_today == 1


def test_usage_when_an_entry_in_doubt_was_not_placed_then_it_counts_no_more(book, enter, write):
    write(enter(), TicketStatus.FAILED)

    assert book.of("one", "AAPL", LIMITS).orders_today == 0


def test_usage_when_nothing_is_limited_then_nothing_is_counted(book, enter):
    enter(limits=Limits())

    assert book.of("one", "AAPL", Limits()).orders_today == 0


@pytest.mark.parametrize(
    ("bot", "role", "count"), [("one", "entry", 1), ("one", "exit", 0), ("one-two", "entry", 0)]
)
def test_positions_when_an_order_waits_then_only_the_bots_own_entry_counts(book, store, bot, role, count):
    store.create(f"orders/{bot}-1", {"bot": bot, "role": role, "symbol": "AAPL"})
    usage = book.of("one", "AAPL", Limits(max_open_positions=1))

    assert (usage.open_positions, usage.holds_symbol) == (count, bool(count))


def test_ledger_when_it_was_read_a_moment_ago_then_it_is_read_again_only_later(make_book, clock, write):
    book = make_book(refresh_seconds=60)
    before = book.of("one", "AAPL", LIMITS).orders_today
    write(fresh_ticket_id(clock()))

    assert (before, book.of("one", "AAPL", LIMITS).orders_today) == (0, 0)
