from uuid import UUID

import pytest

from app.domain.orders import Order, OrderRole, Side, client_order_id
from app.domain.symbols import parse_symbol
from app.repositories.inbox import Arrival, Inbox
from tests.builders import fresh_ticket_id, strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def order(services):
    return services.intake.recovery.order


@pytest.fixture
def left(store, clock):
    """Claim alerts of some bots, as a process does that is dead now."""

    def claimed(*bots: str):
        inbox = Inbox(store, clock, "gone", ttl_seconds=300)
        tickets = sorted(fresh_ticket_id(clock()) for _ in bots)
        return [
            inbox.claim(Arrival(ticket, bot, "strategy", str(ticket), strategy_alert(), clock()))
            for ticket, bot in zip(tickets, bots, strict=True)
        ]

    return claimed


@pytest.fixture
def asked(scripted, monkeypatch):
    """Hear of what the broker is asked."""
    find, names = scripted.find, []
    monkeypatch.setattr(scripted, "find", lambda name: names.append(name) or find(name))
    return names


def none_waits(entry, error):
    raise AssertionError(entry, error)


def entry_of(ticket: UUID) -> Order:
    name = client_order_id("default", ticket, OrderRole.ENTRY)
    return Order(name, parse_symbol("AAPL"), Side.BUY, OrderRole.ENTRY, quantity=1)


def test_turn_when_it_comes_again_then_the_broker_is_not_asked_again(order, left, asked):
    entries = left(*["default"] * 20)
    first = list(order.in_turn(entries, none_waits))
    once = len(asked)

    assert list(order.in_turn(entries, none_waits)) == first == entries
    assert len(asked) == once == 20 * len(OrderRole)


def test_turn_when_the_broker_has_a_later_one_already_then_that_comes_first(order, left, scripted):
    earlier, later = left("default", "default")
    scripted.take(entry_of(later.ticket))

    assert list(order.in_turn([earlier, later], none_waits)) == [later, earlier]


def test_turn_when_the_broker_is_away_then_it_is_asked_once_and_the_bot_waits(order, left, scripted, asked):
    scripted.is_reachable = False
    waiting = []
    entries = left(*["default"] * 20)

    assert list(order.in_turn(entries, lambda entry, _: waiting.append(entry))) == []
    assert (waiting, len(asked)) == (entries[:1], 1)


def test_bots_when_one_had_to_wait_then_it_comes_last(order, left):
    one, other = left("one", "other")

    assert order.by_bot([other, one], set()) == [[one], [other]]
    assert order.by_bot([other, one], {one.key}) == [[other], [one]]
