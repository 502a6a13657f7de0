"""Ladders that a crash or an expiry cuts off: what they filled is counted once, and every ticket ends."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.structures.trades import ExitCause
from tests.builders import EXIT_LONG, strategy_alert

pytestmark = pytest.mark.integration
PUT = {
    "underlying": "AAPL",
    "structure": "cash_secured_put",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.02",
    "ladder_give_pct": "1",
    "let_expire": True,
}
AFTER_CLOSE = datetime(2025, 3, 21, 20, 0, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def tick(services, clock):
    def go(seconds):
        for left in reversed(range(seconds)):
            services.supervisor.tick(everything=left == 0)
            clock.move(seconds=1)

    return go


@pytest.fixture
def trades(wing):
    return lambda: [stored.trade for stored in wing.trades.every()]


def test_exit_when_its_entry_is_ended_before_it_filled_then_its_ticket_ends_too(
    configure, enter, client, tick, trades, ticket_by_id
):
    configure(**PUT | {"ladder_give_pct": "0", "ladder": "patient"})
    entry = enter()
    assert trades()[0].units == 0
    answer = client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    tick(5)

    assert (trades(), answer.json["status"]) == ([], "ordered")
    told = ticket_by_id(answer.json["ticket"])
    assert (told["status"], told["reason"]) == ("canceled", "POSITION_NONE")
    assert ticket_by_id(entry.id)["status"] == "canceled"


@pytest.fixture
def sold_put(configure, enter, tick, trades):
    configure(**PUT)
    enter()
    tick(30)
    (trade,) = trades()
    assert trade.units == 1
    return trade


@pytest.fixture
def left_uncounted(sold_put, wing, desk, broker, monkeypatch):
    """Let an exit fill at the desk after the process has died that sent it; return its trade."""
    submit = desk.submit

    def killed(order):
        submit(order)
        raise Killed

    wing.exits.begin(sold_put, sold_put.tickets[0], ExitCause.OPERATOR)
    monkeypatch.setattr(desk, "submit", killed)
    with pytest.raises(Killed):
        wing.ladders.step(sold_put.bot, sold_put.id)
    monkeypatch.setattr(desk, "submit", submit)
    broker.set_prices({"AAPL": Decimal(130)})
    work = wing.trades.find(sold_put.bot, sold_put.id).trade.work
    assert (desk.find(work.client_order_id).filled_units, work.counted.units) == (1, 0)
    return sold_put


def test_expiry_when_an_exit_had_filled_uncounted_then_it_is_counted_and_no_share_is_booked(
    left_uncounted, tick, trades, broker, clock, held, services
):
    broker.set_prices({"AAPL": Decimal(89)})
    clock.now = AFTER_CLOSE
    services.portfolio.snapshots.run()
    # The settlement comes before the ladder: what it does not count it would book as shares.
    services.structures.settling.run()
    tick(40)

    closed = services.portfolio.trades.closed.numbered(left_uncounted.number)
    assert (trades(), closed.structure.state) == ([], "closed")
    assert (held(), services.structures.settling.shares.at("paper")) == ({}, [])


def test_expiry_when_an_exit_had_not_filled_then_its_ticket_ends_and_shares_come(
    sold_put, client, tick, broker, clock, held, desk, ticket_by_id
):
    broker.set_prices({"AAPL": Decimal(89)})
    quotes, desk.quotes = desk.quotes, lambda _: {}
    answer = client.post("/webhook", json=strategy_alert(**EXIT_LONG))
    desk.quotes = quotes
    clock.now = AFTER_CLOSE
    tick(40)

    assert held() == {"AAPL": 100}
    assert ticket_by_id(answer.json["ticket"])["status"] == "canceled"
