from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from app.domain.orders import OrderRole, OrderStatus
from app.domain.reasons import Reason
from app.domain.structures.beginnings import beginning
from app.domain.structures.ladder import Rung
from app.domain.structures.trades import ExitCause, TradeState
from app.errors import BrokerRejected, OutcomeUnknown
from app.services.structures.ladder_times import PAUSES
from tests.brokers.paper.structures.builders import contract
from tests.services.structures.conftest import CONDOR, TICKET

pytestmark = pytest.mark.integration
NEVER = (Rung(Decimal("-4.90"), 10), Rung(Decimal("-4.80"), 20))


@pytest.fixture
def orders(desk):
    """Count what was submitted at the desk, by id."""
    sent, submit = [], desk.submit

    def record(order):
        sent.append(order)
        return submit(order)

    desk.submit = record
    return sent


@pytest.fixture
def break_desk(desk, clock):
    """Let every order end in an error from now on; return when they are tried, and how to mend the desk."""

    def fail(error):
        tried, submit = [], desk.submit

        def refuse(_):
            tried.append(clock())
            raise error

        def mend():
            desk.submit = submit

        desk.submit = refuse
        return tried, mend

    return fail


@pytest.fixture
def leave(services, wing, clock):
    """Begin to leave the trade."""

    def begin(cause=ExitCause.COMMAND, units=None):
        stored = wing.trades.find("default", "t")
        trade = stored.trade
        work = beginning(
            OrderRole.EXIT,
            trade.structure.opposite(),
            (),
            trade=trade,
            ticket=TICKET,
            units=trade.units if units is None else units,
            now=clock(),
            cause=cause,
        )
        work = replace(work, resume_at=clock())
        wing.trades.rewrite(stored, replace(trade, state=TradeState.CLOSING, work=work))

    return begin


def test_entry_when_quotes_hold_then_it_fills_between_mid_and_its_bound(open_trade, climb, held):
    opening = open_trade(give="1")
    trade = climb(60)

    assert (trade.state, trade.units, trade.work) == (TradeState.OPEN, 2, None)
    assert opening.work.rungs[0].price <= trade.entry_net <= opening.work.rungs[-1].price
    assert held() == {leg.instrument.symbol: leg.ratio * 2 for leg in CONDOR.legs}


def test_entry_when_nobody_trades_then_every_price_once_and_nothing_is_left(
    open_trade, climb, orders, services, desk
):
    open_trade(prices=NEVER)
    assert climb(9).state is TradeState.OPENING
    assert climb(60) is None
    closed = services.portfolio.trades.closed.numbered(1)

    assert [order.limit for order in orders] == [Decimal("-4.90"), Decimal("-4.80")]
    assert len({order.client_order_id for order in orders}) == 2
    assert {desk.find(order.client_order_id).status for order in orders} == {OrderStatus.CANCELED}
    assert (closed.quantity, closed.structure.reason) == (0, Reason.LADDER_EXHAUSTED)


def test_entry_when_the_process_dies_between_any_two_steps_then_one_order_a_price(
    open_trade, make_app, clock, broker, store, orders
):
    open_trade(prices=NEVER)
    for _ in range(40):
        fresh = make_app(store=store, brokers={"paper": broker})
        fresh.extensions["gatehouse"].structures.ladders.run()
        clock.move(seconds=1)

    assert [order.limit for order in orders] == [Decimal("-4.90"), Decimal("-4.80")]


def test_entry_when_the_answer_is_lost_then_looked_up_and_never_twice(open_trade, climb, desk, held):
    open_trade(give="1")
    submit = desk.submit

    def lose(order):
        desk.submit = submit
        submit(order)
        raise OutcomeUnknown("no answer")

    desk.submit = lose
    trade = climb(60)

    assert trade.units == 2
    assert held() == {leg.instrument.symbol: leg.ratio * 2 for leg in CONDOR.legs}


def test_entry_when_it_never_left_then_it_is_sent_again_under_the_same_id(open_trade, climb, desk, orders):
    open_trade(give="1")
    submit = desk.submit

    def lose(order):
        desk.submit = submit
        raise OutcomeUnknown("no connection")

    desk.submit = lose
    assert climb(60).units == 2
    assert orders[0].client_order_id.startswith("default-")


def test_entry_when_the_broker_refuses_then_nothing_is_ever_sent_again(open_trade, climb, desk, services):
    open_trade()
    asked = []

    def refuse(order):
        asked.append(order)
        raise BrokerRejected("not today")

    desk.submit = refuse
    assert climb(30) is None
    assert len(asked) == 1
    assert services.portfolio.trades.closed.numbered(1).structure.reason is Reason.BROKER_REJECTED


@pytest.mark.parametrize("state", ["HALTED", "REDUCING"])
@pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/default/trading-state"])
def test_entry_when_trading_stops_on_its_way_then_no_further_price_is_sent(
    open_trade, climb, orders, services, operator, state, path
):
    open_trade(prices=NEVER)
    climb(1)
    operator.put(path, json={"state": state})

    assert climb(60) is None
    assert len(orders) == 1
    assert services.portfolio.trades.closed.numbered(1).structure.reason is Reason[f"TRADING_{state}"]


@pytest.mark.parametrize("stops", [False, True])
def test_entry_when_it_is_in_doubt_and_nobody_wants_it_any_more_then_it_is_not_sent_again(
    open_trade, climb, break_desk, wing, operator, held, stops
):
    lost, _ = break_desk(OutcomeUnknown("no answer"))
    trade = open_trade(give="1")
    climb(1)
    if stops:
        operator.put("/api/trading-state", json={"state": "HALTED"})
    else:
        wing.exits.begin(trade, TICKET, ExitCause.OPERATOR)
    sent = len(lost)
    climb(70)

    assert sent > 0
    assert (len(lost), held(), wing.trades.find("default", "t")) == (sent, {}, None)


def test_entry_when_part_has_filled_at_the_end_then_whole_units_stay(open_trade, climb, desk, held):
    open_trade(units=5, prices=NEVER)
    climb()
    find = desk.find

    def partly(name):
        receipt = find(name)
        return replace(receipt, filled_units=2, average_net=receipt.limit, legs=())

    desk.find = partly
    trade = climb(60)

    assert (trade.state, trade.units, trade.entry_net) == (TradeState.OPEN, 4, Decimal("-4.85"))


def test_exit_when_begun_then_everything_is_left_and_the_gain_is_kept(
    open_trade, climb, leave, held, services
):
    open_trade(give="1")
    climb(60)
    leave()

    assert climb(60) is None
    assert held() == {}
    closed = services.portfolio.trades.closed.numbered(1)
    assert closed.realized_pnl == services.brokers.registry.get("paper").account().cash - 100_000
    assert closed.structure.state is TradeState.CLOSED


def test_trim_when_some_units_are_left_then_the_rest_is_open(open_trade, climb, leave, held):
    open_trade(units=5, give="1")
    climb(60)
    leave(units=2)
    trade = climb(60)

    assert (trade.state, trade.units, trade.work) == (TradeState.OPEN, 3, None)
    assert held() == {leg.instrument.symbol: leg.ratio * 3 for leg in CONDOR.legs}


def test_exit_when_the_broker_refuses_then_it_goes_on_with_growing_pauses_until_done(
    open_trade, climb, leave, break_desk, held
):
    open_trade(give="1")
    climb(60)
    leave()
    asked, mend = break_desk(BrokerRejected("not now"))
    climb(70)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == [timedelta(seconds=pause) for pause in PAUSES[: len(gaps)]]
    assert len(asked) > 3

    mend()
    assert climb(120) is None
    assert held() == {}


def test_exit_when_the_clock_was_set_back_then_no_rest_and_no_pause_is_longer_for_it(
    open_trade, climb, leave, break_desk, clock, held
):
    open_trade(give="1")
    climb(60)
    leave()
    refused, mend = break_desk(BrokerRejected("not now"))
    climb(3)
    clock.move(hours=-1)
    mend()

    assert refused != []
    assert climb(120) is None
    assert held() == {}


def test_exit_when_the_bought_leg_has_no_bid_then_the_sold_ones_are_bought_back_first(
    open_trade, climb, leave, broker, held, desk
):
    open_trade(give="1")
    climb(60)
    quotes = desk.quotes
    silent = contract("P90").symbol

    def without(instruments):
        found = quotes(instruments)
        return {name: replace(quote, bid=None) if name == silent else quote for name, quote in found.items()}

    desk.quotes = without
    leave()
    trade = climb(60)

    assert (trade.state, trade.work) == (TradeState.BROKEN, None)
    assert held() == {contract("P90").symbol: 2, contract("C110").symbol: 2}


def test_order_when_others_cancel_it_then_the_ladder_goes_on(open_trade, climb, desk, orders):
    open_trade(prices=NEVER)
    climb()
    desk.cancel(desk.find(orders[0].client_order_id))
    climb(1)

    assert [order.limit for order in orders] == [Decimal("-4.90"), Decimal("-4.80")]
