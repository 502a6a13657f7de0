"""Structures that the operator or the circuit breaker leaves: all legs by one ladder, never one alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.structures.trades import ExitCause
from app.errors import NotFound
from app.services.portfolio.closers import BY_OPERATOR
from tests.brokers.paper.structures.builders import structure
from tests.builders import strategy_alert
from tests.services.structures.conftest import CONDOR

pytestmark = pytest.mark.integration
SHORT_CALL = CONDOR.legs[2].instrument.symbol


@pytest.fixture
def opened(open_trade, wing, clock):
    """Hold two condors, entered by a ladder."""
    open_trade()
    for _ in range(40):
        wing.ladders.run()
        clock.move(seconds=1)
    trade = wing.trades.find("default", "t").trade
    assert trade.units == 2
    return trade


@pytest.fixture
def no_bare_leg(broker):
    """Note, whenever something is booked, what is held that one unit of the condor does not explain."""
    seen = []

    def look():
        held = {position.symbol: position.quantity for position in broker.positions()}
        units = {held.get(leg.instrument.symbol, Decimal(0)) / leg.ratio for leg in CONDOR.legs}
        seen.append(len(units) == 1)
        return all(seen)

    return look


@pytest.fixture
def trade(operator):
    return lambda number=1: operator.get(f"/api/trades/{number}").json


def test_close_when_asked_then_a_ticket_of_its_own_tells_of_it(opened, operator, tick, trade, held, audit):
    answer = operator.post("/api/trades/1/close")

    assert (answer.status_code, answer.json["bot"], answer.json["dialect"]) == (200, "operator", "operator")
    assert answer.json["signal"]["closes"] == [{"trade": 1, "units_closed": 2}]
    tick(60)
    ticket = operator.get(f"/api/tickets/{answer.json['id']}").json
    assert (ticket["status"], ticket["orders"][0]["role"]) == ("filled", "exit")
    assert (trade()["state"], held()) == ("closed", {})
    assert trade()["tickets"][-1] == answer.json["id"]
    (line,) = [line for line in operator.get("/api/audit").json["audit"] if line["what"] == "close_trade"]
    assert (line["subject"], line["before"], line["after"]["units"]) == ("default/1", {"units": "2"}, "0")


def test_close_when_trading_is_halted_then_the_operator_may(opened, operator, tick, trade):
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert operator.post("/api/trades/1/close").status_code == 200
    tick(60)
    assert trade()["state"] == "closed"


def test_close_when_trimmed_then_units_are_rounded_up_and_the_rest_stays(opened, operator, tick, trade, held):
    answer = operator.post("/api/trades/1/close", json={"trim": 10})
    tick(60)

    assert answer.json["signal"]["closes"] == [{"trade": 1, "units_closed": 1}]
    assert (trade()["state"], trade()["units"]) == ("open", "1")
    assert held()[SHORT_CALL] == -1


@pytest.mark.parametrize("body", [{"trim": 0}, {"trim": 101}, {"trim": "half"}, {"part": 50}, []])
def test_close_when_the_body_makes_no_sense_then_400_and_nothing_is_left(opened, operator, wing, body):
    assert operator.post("/api/trades/1/close", json=body).status_code == 400
    assert wing.trades.find("default", "t").trade.work is None


def test_close_when_it_is_closing_already_then_409_and_the_ladder_goes_on(opened, operator, wing, desk):
    desk.find = lambda _: None
    operator.post("/api/trades/1/close")
    work = wing.trades.find("default", "t").trade.work
    again = operator.post("/api/trades/1/close")

    assert (again.status_code, again.json["error"]["code"]) == (409, "REQUEST_REFUSED")
    assert wing.trades.find("default", "t").trade.work == work


def test_close_when_only_its_target_is_waited_for_then_the_operator_comes_first(
    opened, operator, wing, tick, trade
):
    wing.exits.begin(opened, opened.tickets[0], ExitCause.PROFIT_TARGET)
    answer = operator.post("/api/trades/1/close")
    tick(90)

    assert answer.status_code == 200
    assert (trade()["state"], trade()["tickets"][-1]) == ("closed", answer.json["id"])


def test_close_when_it_opens_yet_then_the_entry_ends_and_what_filled_is_left(
    open_trade, wing, operator, tick, trade, held
):
    open_trade()
    wing.ladders.run()
    answer = operator.post("/api/trades/1/close")
    tick(60)

    assert answer.status_code == 200
    assert (trade()["state"], held()) == ("closed", {})


@pytest.mark.parametrize("number", [99, 1])
def test_close_when_no_such_trade_is_open_then_404(opened, operator, tick, number):
    operator.post("/api/trades/1/close")
    tick(60)

    assert operator.post(f"/api/trades/{number}/close").status_code == 404


def test_close_when_two_bots_hold_shares_then_only_the_trades_own_go(
    client, operator, configure, broker, trade
):
    configure(use_strategy_contracts=True)
    made = operator.post("/api/bots", json={"id": "other", "use_strategy_contracts": True}).json
    for sender in ({}, {"bot": "other", "secret": made["secret"]}):
        alert = strategy_alert(symbol="MSFT", strategy_order_contracts="7") | sender
        assert client.post("/webhook", json=alert).status_code == 200
    answer = operator.post("/api/trades/1/close")

    assert (answer.status_code, answer.json["status"]) == (200, "filled")
    (left,) = operator.get("/api/trades?state=open").json["trades"]
    assert (trade(1)["state"], left["bot"], left["units"]) == ("closed", "other", "7")
    assert [position.quantity for position in broker.positions()] == [7]


def test_close_when_shares_are_trimmed_then_whole_units_rounded_up_and_stops_stand_for_the_rest(
    client, operator, configure, trade, tick, broker
):
    configure(use_strategy_contracts=True, attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    client.post("/webhook", json=strategy_alert(symbol="MSFT", strategy_order_contracts="7"))
    answer = operator.post("/api/trades/1/close", json={"trim": 50})
    tick(30)

    assert answer.json["orders"][0]["filled_quantity"] == "4"
    assert trade()["units"] == "3"
    assert {order.quantity for order in broker.open_orders()} == {Decimal(3)}


def test_position_when_it_is_a_leg_then_its_whole_structure_is_left(
    opened, operator, tick, trade, held, no_bare_leg
):
    answer = operator.delete(f"/api/positions/paper/{SHORT_CALL}")

    assert answer.status_code == 200
    assert answer.json["signal"]["closes"] == [{"trade": 1, "units_closed": 2}]
    for _ in range(60):
        assert no_bare_leg()
        tick(1)
    assert (trade()["state"], held()) == ("closed", {})


def test_position_when_shares_are_partly_a_leg_then_the_rest_alone_is_sold_at_once(
    open_trade, wing, operator, client, configure, tick, held
):
    configure(use_strategy_contracts=True)
    client.post("/webhook", json=strategy_alert(symbol="AAPL", strategy_order_contracts="50"))
    open_trade(structure("+100S", "-C105"), units=1, give="1")
    tick(60)
    assert held() == {"AAPL": 150, SHORT_CALL: -1}
    answer = operator.delete("/api/positions/paper/AAPL")
    after = held()
    tick(60)

    assert (answer.json["status"], answer.json["orders"][0]["filled_quantity"]) == ("filled", "50")
    assert after in ({"AAPL": 100, SHORT_CALL: -1}, {})
    assert held() == {}
    assert operator.get("/api/trades?state=open").json["trades"] == []


@pytest.mark.parametrize(
    ("shown", "free"), [("-2", []), ("-1", []), ("1", []), ("-5", [-3])], ids=["all", "late", "over", "more"]
)
def test_free_when_the_broker_shows_more_or_less_than_legs_then_never_more_than_the_rest(
    opened, services, broker, shown, free
):
    (leg,) = [position for position in broker.positions() if position.symbol == SHORT_CALL]
    broker.positions = lambda: [replace(leg, quantity=Decimal(shown))]

    assert [rest.quantity for rest in services.portfolio.positions.free.at(broker)] == free


def test_breaker_when_it_closes_all_then_structures_go_whole_and_shares_too(
    opened, services, client, operator, tick, held, no_bare_leg
):
    client.post("/webhook", json=strategy_alert(symbol="MSFT"))
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(1_000_000)})
    services.portfolio.breaker.watch()
    for _ in range(90):
        assert no_bare_leg()
        tick(1)

    assert held() == {}
    rows = operator.get("/api/trades").json["trades"]
    assert [(row["symbol"], row["state"]) for row in rows] == [("AAPL", "closed"), ("MSFT", "closed")]
    assert services.portfolio.breaker.read().phase == "tripped"
    (order,) = operator.get(f"/api/tickets/{rows[0]['tickets'][-1]}").json["orders"]
    assert (order["role"], order["status"]) == ("exit", "filled")


def test_breaker_when_it_watches_again_then_one_ladder_alone_leaves_a_structure(opened, services, wing, desk):
    desk.find = lambda _: None
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(1_000_000)})
    services.portfolio.breaker.watch()
    first = wing.trades.find("default", "t").trade
    services.portfolio.breaker.watch()

    assert first.work.cause is ExitCause.CIRCUIT_BREAKER
    assert wing.trades.find("default", "t").trade == first


def test_leaving_when_it_is_over_then_not_found(opened, services, wing, operator, tick):
    operator.post("/api/trades/1/close")
    tick(60)
    with pytest.raises(NotFound):
        services.portfolio.positions.leave(opened, BY_OPERATOR, ticket=opened.tickets[0])


def test_command_line_when_it_trims_then_it_says_what_is_left(opened, run, tick, trade):
    output = run("trades", "close", "1", "--trim", "50").output
    tick(60)

    assert "trade 1: 1 units are being left" in output
    assert trade()["units"] == "1"


def test_command_line_when_there_is_no_such_trade_then_one_sentence(run):
    result = run("trades", "close", "7")

    assert (result.exit_code, result.output) == (1, "Error: There is no open trade 7.\n")
