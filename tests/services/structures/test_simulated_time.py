"""The paper clock and its switches: what was due happens at its time, and nobody waits."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.structures.ladder import Rung
from app.domain.structures.trades import TradeState
from tests.brokers.paper.structures.builders import contract

pytestmark = pytest.mark.integration


@pytest.fixture
def set_clock(operator):
    def move(now):
        return operator.post("/api/paper/clock", json={"now": now})

    return move


@pytest.fixture
def price(operator):
    return lambda value: operator.put("/api/paper/prices", json={"AAPL": str(value)})


@pytest.fixture
def closed(services):
    return lambda: services.portfolio.trades.closed.numbered(1)


def test_clock_when_it_is_set_then_it_stands_still_until_null(operator, set_clock, clock):
    answer = set_clock("2025-03-10T15:00:00Z")
    clock.move(minutes=5)

    assert answer.json == {"now": "2025-03-10T15:00:00Z", "is_set": True}
    assert operator.get("/api/paper/clock").json == answer.json
    assert set_clock(None).json == {"now": "2025-03-03T15:05:00Z", "is_set": False}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"now": "2025-03-03T14:00:00Z"}, 409), ({"now": "soon"}, 400), ({}, 400), ({"then": None}, 400)],
)
def test_clock_when_it_would_go_back_or_makes_no_sense_then_refused(operator, body, status):
    assert operator.post("/api/paper/clock", json=body).status_code == status
    assert operator.get("/api/paper/clock").json["is_set"] is False


def test_clock_when_it_is_moved_then_the_audit_tells_by_whom(operator, set_clock):
    set_clock("2025-03-10T15:00:00Z")
    (line,) = [one for one in operator.get("/api/audit").json["audit"] if one["what"] == "set_paper_clock"]

    assert (line["who"], line["after"]) == ("operator", {"now": "2025-03-10T15:00:00Z"})


def test_ladder_when_the_clock_is_moved_then_it_goes_along_to_its_end(open_trade, wing, set_clock, operator):
    open_trade(prices=(Rung(Decimal(-4), 10), Rung(Decimal("-3.9"), 10), Rung(Decimal("-3.8"), 20)))
    wing.ladders.run()
    set_clock("2025-03-03T15:00:15Z")
    (row,) = operator.get("/api/trades").json["trades"]
    set_clock("2025-03-03T15:01:00Z")

    assert (row["ladder"]["step"], row["ladder"]["limit_net"]) == (2, "-3.9")
    (over,) = operator.get("/api/trades?state=closed").json["trades"]
    assert (over["reason"], over["closed_at"]) == ("LADDER_EXHAUSTED", "2025-03-03T15:00:40Z")


def test_ladder_when_the_clock_stands_still_then_real_time_takes_it_on(
    open_trade, wing, set_clock, clock, operator
):
    set_clock("2025-03-10T15:00:00Z")
    open_trade(prices=(Rung(Decimal(-4), 10), Rung(Decimal("-3.9"), 10)))
    wing.ladders.run()
    clock.move(seconds=11)
    wing.ladders.run()

    assert operator.get("/api/trades").json["trades"][0]["ladder"]["step"] == 2


def test_entry_when_the_clock_was_moved_then_it_is_entered_at_its_time(condor, set_clock, operator):
    set_clock("2025-03-04T15:00:00Z")
    condor()
    (row,) = operator.get("/api/trades").json["trades"]

    assert row["entered_at"] == "2025-03-04T15:00:00Z"


def test_target_when_the_clock_brings_it_then_left_at_once_without_waiting(condor, set_clock, tick, closed):
    condor(profit_target_pct="0.4")
    set_clock("2025-03-14T15:00:00Z")
    tick(60)

    assert closed().realized_pnl > 0
    assert closed().closed_at == datetime(2025, 3, 14, 15, tzinfo=UTC)


def test_stop_when_the_price_is_set_twice_then_it_is_left_though_the_clock_stands(
    condor, set_clock, price, wing, operator
):
    condor(stop_loss_pct="1")
    set_clock("2025-03-04T15:00:00Z")
    price(107)
    first = operator.get("/api/trades").json["trades"][0]["state"]
    price(107)
    (row,) = operator.get("/api/trades?state=all").json["trades"]

    assert first == "open"
    assert row["state"] in {"closing", "closed"}


def test_stop_when_legs_are_deep_in_the_money_then_their_wide_quotes_are_good_enough(
    condor, price, set_clock, operator
):
    condor(stop_loss_pct="1", wing_width="10")
    price(125)
    price(125)

    assert operator.get("/api/trades").json["trades"][0]["state"] in {"closing", "closed"}


def test_time_exit_when_the_clock_jumps_over_it_then_it_happens_at_its_time(condor, set_clock, closed, held):
    condor()
    set_clock("2025-03-24T15:00:00Z")

    assert closed().structure.state is TradeState.CLOSED
    assert closed().closed_at.date().isoformat() == "2025-03-21"
    assert (
        datetime(2025, 3, 21, 19, tzinfo=UTC) <= closed().closed_at <= datetime(2025, 3, 21, 20, tzinfo=UTC)
    )
    assert held() == {}


def test_expiry_when_it_is_let_then_the_trade_is_settled_at_once(condor, set_clock, closed, operator):
    condor(let_expire=True)
    set_clock("2025-03-24T15:00:00Z")
    (row,) = operator.get("/api/trades?state=closed").json["trades"]

    assert (row["state"], row["closed_at"]) == ("expired", "2025-03-21T20:00:00Z")
    assert Decimal(row["profit_loss"]) == -Decimal(row["entry_net"]) * 100 - Decimal(row["fees"])


def test_switches_when_thrown_then_they_act_and_what_is_left_out_stays(operator, condor, tick, price):
    condor(let_expire=True)
    price(109)
    short = contract("C105").symbol
    first = operator.post("/api/paper/switches", json={"early_assignment": [short]}).json
    second = operator.post("/api/paper/switches", json={"close_short_legs_at_expiry": True}).json

    assert first == {"early_assignment": [short], "close_short_legs_at_expiry": False}
    assert second == operator.get("/api/paper/switches").json == first | {"close_short_legs_at_expiry": True}
    tick(120)
    assert operator.get("/api/positions?fresh=true").json["positions"][0]["quantity"] == "-100"


@pytest.mark.parametrize(
    "body", [{"early_assignment": "AAPL"}, {"close_short_legs_at_expiry": "y"}, {"x": 1}]
)
def test_switches_when_they_make_no_sense_then_400(operator, body):
    assert operator.post("/api/paper/switches", json=body).status_code == 400


def test_chain_when_it_is_shown_then_it_has_its_shape(operator):
    chain = operator.get("/api/options/chain?underlying=aapl&expiry=2025-03-21").json
    call = next(one for one in chain["contracts"] if (one["strike"], one["type"]) == ("105", "call"))

    assert (chain["underlying"], chain["price"], chain["expiry"]) == ("AAPL", "100", "2025-03-21")
    assert chain["expiry"] in chain["expiries"]
    assert call["symbol"] == "AAPL250321C00105000"
    assert Decimal(call["bid"]) <= Decimal(call["ask"])
    assert 0 < Decimal(call["delta"]) < 1
    assert isinstance(call["open_interest"], int)


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("underlying=AAPL&expiry=2025-03-20", 409, "2025-03-21"),
        ("underlying=MSFT", 404, "price"),
        ("underlying=AAPL&broker=fyers", 404, "fyers"),
        ("", 400, "underlying"),
    ],
)
def test_chain_when_there_is_none_then_it_says_what_to_do(operator, query, status, told):
    answer = operator.get(f"/api/options/chain?{query}")

    assert answer.status_code == status
    assert told in answer.json["error"]["message"]


def test_command_line_when_the_clock_and_chain_are_asked_for_then_they_are_shown(run):
    assert "standing still" in run("paper", "clock", "2025-03-10T15:00:00Z").output
    assert "going with the real time" in run("paper", "clock", "real").output
    assert "AAPL250321C00105000" in run("options", "chain", "AAPL", "2025-03-21").output
    assert "true" in run("paper", "switches", "--close-shorts").output


def test_reset_when_structures_are_held_then_they_end_without_a_gain(condor, run, operator, set_clock):
    condor()
    set_clock("2025-03-04T15:00:00Z")
    told = run("paper", "reset", "--yes").output
    (row,) = operator.get("/api/trades").json["trades"]

    assert "1 trades" in told
    assert (row["state"], row["units"], row["profit_loss"]) == ("closed", "1", None)
    assert operator.get("/api/paper/clock").json["is_set"] is False
