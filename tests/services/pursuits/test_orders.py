"""What becomes of an exit whose process dies behind its order: the next one finds it done, or in doubt."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderRole, OrderStatus, client_order_id
from app.errors import OutcomeUnknown
from app.repositories.inbox import Arrival, Inbox
from tests.builders import ENTER_LONG, EXIT_LONG, ScriptedBroker, fresh_ticket_id, strategy_alert

pytestmark = pytest.mark.unit

POSITION = "/api/positions/paper/AAPL"


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def elsewhere() -> ScriptedBroker:
    return ScriptedBroker("alpaca")


@pytest.fixture
def app(make_app, scripted, elsewhere):
    return make_app(brokers={"paper": scripted, "alpaca": elsewhere}, dry_run=False)


@pytest.fixture
def buy(post, configure, clock):
    """Buy ten shares, a second after whatever was done before: ids of one microsecond are in no order."""
    configure(use_strategy_contracts=True)

    def order(*, stands: str = "filled", **words) -> None:
        clock.move(seconds=1)
        assert post(**ENTER_LONG, **words).json["status"] == stands

    return order


@pytest.fixture
def die(scripted):
    """Do what dies behind its order, which the broker fills all the same."""

    def killed(act) -> None:
        scripted.failures = [Killed()]
        with pytest.raises(Killed):
            act()
        scripted.take(scripted.submitted[-1])

    return killed


@pytest.fixture
def killed_close(buy, operator, clock, die) -> None:
    """Close what was bought, by a process that dies behind it."""
    buy()
    clock.move(seconds=1)
    die(lambda: operator.delete(POSITION))
    clock.move(seconds=1)


@pytest.fixture
def tick(services, clock):
    def go_by(seconds: int = 2) -> None:
        clock.move(seconds=seconds)
        services.supervisor.tick(everything=True)

    return go_by


@pytest.fixture
def outcome(operator):
    """Return how the tickets of a dialect stand, the oldest first, and why."""

    def read(dialect: str) -> list[tuple[str, str | None]]:
        rows = operator.get("/api/tickets").json["tickets"]
        return [(row["status"], row["reason"]) for row in reversed(rows) if row["dialect"] == dialect]

    return read


FILLED = ("filled", None)


@pytest.mark.usefixtures("killed_close")
class TestKilledClose:
    def test_when_another_close_comes_before_it_is_taken_up_then_each_stands_as_its_order(
        self, buy, operator, scripted, clock, tick, outcome
    ):
        buy(strategy_order_comment="again")
        clock.move(seconds=1)
        operator.delete(POSITION)
        tick()

        assert (scripted.held["AAPL"], outcome("operator")) == (0, [FILLED, FILLED])

    @pytest.mark.parametrize("is_written", [True, False])
    def test_when_something_is_bought_after_it_then_that_is_kept(
        self, buy, scripted, tick, outcome, is_written
    ):
        if is_written:
            buy(strategy_order_comment="again")
        else:
            # By hand, or by a process that has not come to write it down.
            scripted.held["AAPL"] = Decimal(10)
        tick()

        assert (scripted.held["AAPL"], outcome("operator")) == (10, [FILLED])

    def test_when_its_order_filled_in_part_then_the_rest_is_closed_and_not_what_was_bought_since(
        self, buy, scripted, tick, outcome
    ):
        name = scripted.submitted[-1].client_order_id
        part = {"status": OrderStatus.CANCELED, "filled_quantity": Decimal(4)}
        scripted.taken[name] = replace(scripted.taken[name], **part)
        scripted.held["AAPL"] = Decimal(6)
        buy(strategy_order_comment="again", stands="received")
        tick()
        tick()

        assert (scripted.held["AAPL"], outcome("operator")) == (10, [FILLED])

    def test_when_nobody_takes_it_up_in_time_then_it_was_done_all_the_same(self, tick, outcome):
        tick(seconds=3600)

        assert outcome("operator") == [FILLED]

    def test_when_the_operator_ends_what_was_done_then_it_is_told_that_it_is_over(
        self, operator, services, outcome
    ):
        services.portfolio.tracker.follow()
        (ticket,) = [row["ticket"] for row in services.portfolio.pursuits.rows()]
        answer = operator.post(f"/api/tickets/{ticket}/end")

        assert answer.json["error"]["code"] == "PURSUIT_OVER"
        assert (outcome("operator"), services.portfolio.pursuits.rows()) == ([FILLED], [])


def test_exit_when_killed_behind_its_order_and_overtaken_then_it_stands_as_its_order(
    buy, post, scripted, clock, die, tick, outcome
):
    buy()
    clock.move(seconds=1)
    scripted.is_reachable = False
    post(**EXIT_LONG)
    scripted.is_reachable = True
    die(tick)
    scripted.is_reachable = False
    clock.move(seconds=1)
    post(**EXIT_LONG, n=2)
    tick()
    between = outcome("strategy")
    scripted.is_reachable = True
    tick()
    tick()

    assert between[1][0] == "pursuing"
    assert outcome("strategy")[:2] == [FILLED, FILLED]


def test_close_when_a_later_one_leaves_another_broker_then_it_goes_on(
    buy, operator, scripted, elsewhere, clock, tick, outcome
):
    buy()
    elsewhere.held["AAPL"] = Decimal(10)
    scripted.is_reachable = False
    clock.move(seconds=1)
    operator.delete(POSITION)
    clock.move(seconds=1)
    operator.delete("/api/positions/alpaca/AAPL")
    scripted.is_reachable = True
    tick()

    assert (scripted.held["AAPL"], elsewhere.held["AAPL"]) == (0, 0)
    assert outcome("operator") == [FILLED, FILLED]


class TestWaitsForItsEntry:
    """An interrupted entry is in no book, and the exit of what it bought fills before it is."""

    @pytest.fixture
    def left_entry(self, buy, store, clock, scripted):
        """Let a process die after it has bought ten shares of Apple."""
        clock.move(seconds=1)
        ticket, alert = fresh_ticket_id(clock()), strategy_alert(**ENTER_LONG)
        arrival = Arrival(ticket, "default", "strategy", "left", alert, clock(), instrument="AAPL")
        Inbox(store, clock, "dead", ttl_seconds=300).claim(arrival)
        buy(symbol="MSFT")
        sent = scripted.submitted.pop()
        name = client_order_id("default", ticket, OrderRole.ENTRY)
        apple = replace(sent.instrument, symbol="AAPL")
        scripted.take(replace(sent, client_order_id=name, instrument=apple))
        clock.move(seconds=1)

    def test_when_the_broker_shows_it_then_it_is_not_told_as_in_doubt_nor_sent_again(
        self, left_entry, post, services, scripted, clock, tick, ticket_of
    ):
        scripted.is_reachable = False
        exit_ = post(**EXIT_LONG)
        scripted.is_reachable, scripted.failures = True, [OutcomeUnknown("no answer")]
        clock.move(seconds=2)
        services.portfolio.pursuits.run()
        scripted.take(scripted.submitted[-1])
        clock.move(seconds=2)
        services.portfolio.pursuits.run()
        between = ticket_of(exit_)
        for _ in range(12):
            tick()

        assert (between["status"], "is at the broker, and is counted" in between["message"]) == (
            "pursuing",
            True,
        )
        assert (len(scripted.submitted), scripted.held["AAPL"]) == (1, 0)
        assert ticket_of(exit_)["status"] == "filled"
