"""One exit of several trades: its ticket is done when all of them are out, and says how many are."""

from datetime import UTC, datetime

import pytest

from tests.builders import ACCOUNT_SECRET
from tests.option_bots import FAST_CONDOR

pytestmark = pytest.mark.integration


@pytest.fixture
def trades(wing):
    return lambda: [stored.trade for stored in wing.trades.every()]


@pytest.fixture
def leave(configure, enter, tick, trades, anonymous, ticket_by_id, desk):
    """Ask to be out of three condors while nothing is quoted; return what reads the ticket of that."""
    configure(**FAST_CONDOR | {"let_expire": True})
    for _ in range(3):
        enter()
    tick(40)
    assert [trade.units for trade in trades()] == [1, 1, 1]
    quotes, desk.quotes = desk.quotes, lambda _: {}
    answer = anonymous.post(f"/webhook/{ACCOUNT_SECRET}/exit", json={"bot": 1, "close": "all"})
    desk.quotes = quotes
    assert answer.json["units_closed"] == 3
    return lambda: ticket_by_id(answer.json["id"])


@pytest.fixture
def get_out(wing, clock):
    """Climb one trade's ladder alone until it is out."""

    def go(trade):
        for _ in range(60):
            clock.move(seconds=1)
            if wing.ladders.step(trade.bot, trade.id) is None:
                return

    return go


def test_ticket_when_some_trades_are_out_then_it_says_how_many_are_left(leave, trades, get_out):
    told = []
    for trade in trades():
        get_out(trade)
        told.append((leave()["status"], leave()["message"], len(leave()["orders"])))

    assert told == [
        ("partially_filled", "1 of 3 trades are out, 2 to go.", 1),
        ("partially_filled", "2 of 3 trades are out, 1 to go.", 2),
        ("filled", None, 3),
    ]


def test_ticket_when_the_last_trade_expires_then_the_exit_of_the_others_is_done(
    leave, trades, get_out, clock, tick, desk
):
    for trade in trades()[:2]:
        get_out(trade)
    desk.quotes = lambda _: {}
    clock.now = datetime(2025, 3, 21, 20, 0, 1, tzinfo=UTC)
    tick(3)

    assert (trades(), leave()["status"]) == ([], "filled")


def test_ticket_when_all_trades_expire_then_nothing_was_left_for_it(leave, trades, clock, tick, desk):
    desk.quotes = lambda _: {}
    clock.now = datetime(2025, 3, 21, 20, 0, 1, tzinfo=UTC)
    tick(3)

    assert (trades(), leave()["status"], leave()["reason"]) == ([], "canceled", "POSITION_NONE")
