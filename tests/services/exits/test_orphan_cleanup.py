"""Exits that outlived their position."""

from dataclasses import replace

import pytest

from app.domain.audit import Actor
from app.domain.orders import OrderStatus
from app.errors import BrokerRejected, OutcomeUnknown
from app.repositories.cleanup_runs import KEY
from tests.builders import ScriptedBroker, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit


class Watched(ScriptedBroker):
    """Counts the looks at its positions, and lets something happen after each."""

    def __init__(self):
        super().__init__()
        self.looks = 0
        self.after_look = lambda: None

    def positions(self):
        found = super().positions()
        self.looks += 1
        self.after_look()
        return found


@pytest.fixture
def scripted():
    return Watched()


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"paper": scripted}, dry_run=False)


@pytest.fixture
def leave(client, scripted, store):
    """Buy, put protective orders at the broker, and let the position go, which the books know of."""

    def left(*suffixes: str, status: OrderStatus = OrderStatus.ACCEPTED) -> list[str]:
        client.post("/webhook", json=strategy_alert())
        order = scripted.submitted[-1]
        legs = [replace(order, client_order_id=order.client_order_id + suffix) for suffix in suffixes]
        names = [scripted.take(leg, status).client_order_id for leg in legs]
        scripted.held.clear()
        end_books(store)
        return names

    return left


@pytest.fixture
def cleanup(services):
    return services.portfolio.cleanup


def end_books(store) -> None:
    for document in list(store.list("trades/")):
        store.delete(document)


@pytest.fixture
def bare(client, scripted):
    """Let the broker's list forget a position that the books know of; return its stop's name."""
    client.post("/webhook", json=strategy_alert())
    order = scripted.submitted[-1]
    scripted.held.clear()
    leg = replace(order, client_order_id=f"{order.client_order_id}-sl")
    return scripted.take(leg, OrderStatus.ACCEPTED).client_order_id


def test_cleanup_when_the_books_know_a_position_then_one_empty_answer_undresses_nothing(
    bare, cleanup, scripted, clock
):
    first = cleanup.run()
    scripted.held["AAPL"] = 20
    clock.move(seconds=11)
    cleanup.run()
    scripted.held.clear()

    assert (first.canceled, cleanup.run().canceled) == ((), ())
    assert statuses(scripted, [bare]) == [OrderStatus.ACCEPTED]


def test_cleanup_when_looks_that_are_apart_find_no_position_then_its_stop_goes(bare, cleanup, clock):
    cleanup.run()
    clock.move(seconds=5)
    soon = cleanup.run().canceled
    clock.move(seconds=6)

    assert (soon, cleanup.run().canceled) == ((), (bare,))


def statuses(scripted, names) -> list[OrderStatus]:
    return [scripted.taken[name].status for name in names]


def test_cleanup_when_both_legs_are_orphans_then_both_are_canceled(leave, cleanup, scripted, clock):
    names = leave("-sl", "-tp")
    run = cleanup.run()

    assert (run.at, run.checked, run.canceled, run.failed) == (clock(), 2, tuple(names), ())
    assert set(statuses(scripted, names)) == {OrderStatus.CANCELED}


def test_cleanup_when_the_market_is_closed_then_it_works(leave, cleanup, scripted):
    names = leave("-sl")
    scripted.is_open = False

    assert cleanup.run().canceled == tuple(names)


def test_cleanup_when_the_position_is_held_then_nothing_is_canceled(leave, cleanup, scripted):
    names = leave("-sl")
    scripted.held["AAPL"] = 20
    run = cleanup.run()

    assert (run.checked, run.canceled) == (1, ())
    assert statuses(scripted, names) == [OrderStatus.ACCEPTED]


def test_cleanup_when_the_position_comes_between_the_two_looks_then_its_leg_stays(leave, cleanup, scripted):
    names = leave("-sl")
    scripted.looks, scripted.after_look = 0, lambda: scripted.held.update(AAPL=20)

    assert (cleanup.run().canceled, scripted.looks) == ((), 2)
    assert statuses(scripted, names) == [OrderStatus.ACCEPTED]


def test_cleanup_when_the_broker_takes_both_back_at_once_then_neither_failed(leave, cleanup, scripted):
    names = leave("-sl", "-tp")

    def take_back_the_mate():
        mate = scripted.taken[names[1]]
        scripted.taken[names[1]] = replace(mate, status=OrderStatus.CANCELED)

    scripted.before_cancel = take_back_the_mate
    run = cleanup.run()

    assert (run.canceled, run.failed) == (tuple(names), ())


@pytest.mark.parametrize("failure", [BrokerRejected("not now"), OutcomeUnknown("no answer")])
def test_cleanup_when_an_order_cannot_be_canceled_then_it_failed_and_is_tried_again(
    leave, cleanup, scripted, failure
):
    names = leave("-sl")
    scripted.cancel_failures = [failure]
    first, again = cleanup.run(), cleanup.run()

    assert [(item.client_order_id, item.message) for item in first.failed] == [(names[0], failure.message)]
    assert (first.canceled, again.canceled) == ((), tuple(names))


def test_cleanup_when_the_leg_fills_first_then_nothing_failed(leave, cleanup, scripted):
    names = leave("-sl")
    leg = scripted.taken[names[0]]
    scripted.before_cancel = lambda: scripted.taken.update(
        {names[0]: replace(leg, status=OrderStatus.FILLED)}
    )
    run = cleanup.run()

    assert (run.canceled, run.failed) == ((), ())


def test_cleanup_when_one_broker_is_silent_then_the_other_is_cleaned(make_app, clock, store):
    silent, other = ScriptedBroker("alpaca"), ScriptedBroker("paper")
    app = make_app(brokers={"alpaca": silent, "paper": other}, dry_run=False)
    client_of(app, x_bot_secret="the-default-bots-secret").post("/webhook", json=strategy_alert())
    order = other.submitted[0]
    other.take(replace(order, client_order_id=f"{order.client_order_id}-sl"), OrderStatus.ACCEPTED)
    other.held.clear()
    end_books(store)
    silent.is_reachable = False
    run = services_of(app).portfolio.cleanup.run()

    assert (len(run.canceled), [item.broker for item in run.failed]) == (1, ["alpaca"])


def test_last_when_a_run_did_something_then_another_process_knows_it(leave, cleanup, make_app, scripted):
    leave("-sl")
    run = cleanup.run()
    other = services_of(make_app(brokers={"paper": scripted}))

    assert other.portfolio.cleanup.last() == run


def test_last_when_a_run_found_nothing_then_it_is_known_but_not_written(cleanup, store):
    run = cleanup.run()

    assert (cleanup.last(), store.get(KEY)) == (run, None)


def test_last_when_runs_follow_each_other_then_it_is_the_later_one(leave, cleanup, clock):
    leave("-sl")
    cleanup.run()
    clock.move(seconds=30)

    assert cleanup.run() == cleanup.last()


def test_cleanup_when_nothing_protects_then_the_positions_are_not_asked_for(cleanup, scripted):
    cleanup.run()

    assert scripted.looks == 0


def test_cleanup_when_its_time_comes_then_the_clock_does_it(leave, services, scripted):
    names = leave("-tp")

    assert services.supervisor.tick(everything=True)["cleanup"] == 1
    assert statuses(scripted, names) == [OrderStatus.CANCELED]


def test_cleanup_when_it_is_a_dry_run_then_an_outside_account_is_left_alone(leave, make_app, scripted):
    names = leave("-sl", "-tp")
    dry = services_of(make_app(brokers={"paper": scripted}, dry_run=True))
    run = dry.portfolio.cleanup.run()

    assert (run.checked, run.would_cancel, run.canceled) == (2, tuple(names), ())
    assert statuses(scripted, names) == [OrderStatus.ACCEPTED] * 2


def test_cleanup_when_the_clock_makes_it_in_a_dry_run_then_an_outside_account_is_not_even_asked(
    leave, make_app, scripted
):
    leave("-sl")
    dry = services_of(make_app(brokers={"paper": scripted}, dry_run=True))
    looks = scripted.looks

    assert dry.portfolio.cleanup.run(by=Actor.CLOCK).checked == 0
    assert scripted.looks == looks
