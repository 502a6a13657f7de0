"""Exits that outlived their position, at an account that behaves like Alpaca's."""

import pytest

from app.domain.audit import Actor
from tests.brokers.builders import bracket, buy, limit

pytestmark = pytest.mark.integration


@pytest.fixture
def cleanup(services):
    return services.portfolio.cleanup


def working(alpaca) -> set[str]:
    return {receipt.client_order_id for receipt in alpaca.open_orders()}


@pytest.mark.parametrize("session", ["open", "close"])
def test_cleanup_when_the_position_is_gone_then_both_legs_are_canceled(alpaca, cleanup, fake, session):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90)))
    getattr(fake.clock, session)()
    before = cleanup.run()
    fake.exchange.account.holdings.clear()
    run = cleanup.run()

    assert (before.canceled, run.failed, working(alpaca)) == ((), (), set())
    assert set(run.canceled) == {"bot-x-tp", "bot-x-sl"}


def test_cleanup_when_one_list_lacks_what_was_bought_by_hand_then_the_clock_looks_again(
    alpaca, cleanup, fake, clock
):
    alpaca.submit(buy(client_order_id="by-hand", **bracket(110, 90)))
    with fake.exchange.lock:
        held = dict(fake.exchange.account.holdings)
        fake.exchange.account.holdings.clear()
    late = cleanup.run(by=Actor.CLOCK)
    fake.exchange.account.holdings.update(held)
    clock.move(seconds=11)
    cleanup.run(by=Actor.CLOCK)
    kept = working(alpaca)
    fake.exchange.account.holdings.clear()
    for _ in range(2):
        cleanup.run(by=Actor.CLOCK)
        clock.move(seconds=11)

    assert (set(late.waiting), kept) == (kept, {"by-hand-tp", "by-hand-sl"})
    assert working(alpaca) == set()


def test_cleanup_when_a_bracket_waits_for_its_entry_then_its_legs_stay(alpaca, cleanup):
    alpaca.submit(buy(client_order_id="bot-x", **bracket(110, 90), **limit(95)))

    assert cleanup.run().canceled == ()
    assert working(alpaca) >= {"bot-x"}


def test_cleanup_when_nothing_is_orphaned_then_few_calls_are_made(alpaca, cleanup, fake):
    for number in range(5):
        alpaca.submit(buy(client_order_id=f"bot-{number}", **limit(90 + number)))
    alpaca.submit(buy(client_order_id="bot-x", **limit(95)))
    calls = len(fake.requests)
    cleanup.run()

    assert len(fake.requests) - calls <= 2
