"""Open structures at the paper broker, left by their bots' rules and settled by expiry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.structures.exchange_switches import Switches
from app.domain.structures.trades import ExitCause, TradeState
from tests.brokers.paper.structures.builders import contract
from tests.option_bots import FAST_CONDOR

pytestmark = pytest.mark.integration
AFTER_CLOSE = datetime(2025, 3, 21, 20, 0, 1, tzinfo=UTC)


@pytest.fixture
def trades(wing):
    return lambda: [stored.trade for stored in wing.trades.every()]


def test_target_when_time_brings_it_then_left_with_at_least_the_gain(condor, tick, clock, trades, services):
    opened = condor(profit_target_pct="0.4")
    clock.move(days=11)
    tick(90)

    assert trades() == []
    closed = services.portfolio.trades.closed.numbered(1)
    assert closed.realized_pnl >= -opened.entry_net * Decimal("0.4") * 100


def test_target_when_it_is_no_whole_cent_then_its_price_is_on_the_tick_and_no_worse(condor, wing, broker):
    opened = condor(profit_target_pct="0.3333")
    target = -opened.entry_net * (1 - Decimal("0.3333"))
    with wing.settling.gateway.gateway.hold(broker, "AAPL") as lock:
        closing = opened.structure.opposite()
        plan = wing.ladders.closing.first(lock, opened, closing, 1, ExitCause.PROFIT_TARGET)
    (price,) = [rung.price for rung in plan.rungs]

    assert target % Decimal("0.01") != 0
    assert 0 <= target - price < Decimal("0.01")
    assert price % Decimal("0.01") == 0


def test_stop_when_the_market_runs_then_left_and_the_ticket_tells_the_whole_story(
    condor, tick, broker, trades, held, services, ticket_by_id
):
    opened = condor(stop_loss_pct="1")
    broker.set_prices({"AAPL": Decimal("107.5")})
    tick(90)

    assert trades() == []
    assert held() == {}
    assert services.portfolio.trades.closed.numbered(1).realized_pnl < 0
    ticket = ticket_by_id(opened.tickets[0])
    assert [order["role"] for order in ticket["orders"]] == ["entry", "exit"]


def test_stop_when_a_profit_target_is_refused_for_long_then_it_is_left_all_the_same(
    condor, tick, broker, trades, wing, services, clock
):
    opened = condor(stop_loss_pct="1")
    wing.exits.begin(opened, opened.tickets[0], ExitCause.PROFIT_TARGET)
    (stored,) = wing.trades.every()
    refused = replace(stored.trade.work, resume_at=clock() + timedelta(days=1))
    wing.trades.rewrite(stored, replace(stored.trade, work=refused))
    broker.set_prices({"AAPL": Decimal("107.5")})
    tick(90)

    assert trades() == []
    assert services.portfolio.trades.closed.numbered(1).realized_pnl < 0


def test_stop_when_only_one_look_is_beyond_then_nothing_is_left(condor, tick, broker, trades):
    condor(stop_loss_pct="1")
    broker.set_prices({"AAPL": Decimal("107.5")})
    tick(2)
    broker.set_prices({"AAPL": Decimal(100)})
    tick(60)

    assert [trade.state for trade in trades()] == [TradeState.OPEN]


def test_bot_when_it_only_holds_then_no_rule_leaves_and_expiry_settles(
    condor, tick, broker, trades, services
):
    condor(managed=False, stop_loss_pct="0.5")
    broker.set_prices({"AAPL": Decimal(108)})
    tick(60)
    assert [trade.state for trade in trades()] == [TradeState.OPEN]
    broker.set_clock(AFTER_CLOSE)
    tick(20)

    assert trades() == []
    closed = services.portfolio.trades.closed.numbered(1)
    assert closed.structure.state is TradeState.ASSIGNED


def test_expiry_day_when_it_is_three_o_clock_then_left(condor, tick, broker, trades, held):
    condor()
    broker.set_clock(datetime(2025, 3, 21, 18, 59, 50, tzinfo=UTC))
    tick(10)
    assert len(trades()) == 1
    broker.set_clock(datetime(2025, 3, 21, 19, 0, tzinfo=UTC))
    tick(90)

    assert trades() == []
    assert held() == {}


@pytest.mark.parametrize(("price", "state", "shares"), [("100", "expired", 0), ("108", "assigned", -100)])
def test_expiry_when_it_is_let_happen_then_booked_at_the_close_and_shares_are_the_bots(
    condor, tick, broker, services, held, price, state, shares
):
    condor(let_expire=True)
    broker.set_prices({"AAPL": Decimal(price)})
    broker.set_clock(AFTER_CLOSE)
    tick(20)

    closed = services.portfolio.trades.closed.numbered(1)
    assert closed.structure.state.value == state
    assert held() == ({"AAPL": shares} if shares else {})
    owned = services.portfolio.trades.trades.find("default", "paper", "AAPL")
    assert (owned.quantity if owned else 0) == shares
    cash = broker.account().cash + shares * Decimal(price)
    assert closed.realized_pnl == cash - 100_000


def test_broker_when_it_closes_the_short_legs_alone_then_the_rest_is_left_and_told(
    condor, tick, broker, trades, held, services
):
    condor(let_expire=True)
    broker.set_switches(Switches(closes_shorts=True))
    broker.set_clock(datetime(2025, 3, 21, 19, 30, tzinfo=UTC))
    assert len(held()) == 2
    tick(90)

    assert trades() == []
    assert held() == {}


def test_assignment_when_it_comes_early_then_shares_are_booked_and_the_rest_is_left(
    condor, tick, broker, trades, held, services
):
    condor(let_expire=True)
    broker.set_prices({"AAPL": Decimal(109)})
    broker.set_switches(Switches(early_assignment=(contract("C105").symbol,)))
    tick(120)

    assert trades() == []
    assert held() == {"AAPL": -100}
    assert services.portfolio.trades.trades.find("default", "paper", "AAPL").quantity == -100


def test_list_when_it_is_empty_for_a_moment_then_no_leg_is_lost(condor, tick, broker, trades):
    condor()
    positions = broker.positions
    broker.positions = list
    tick(4)
    broker.positions = positions
    tick(30)

    assert [trade.is_whole for trade in trades()] == [True]


def test_marks_when_a_hundred_trades_are_open_then_one_call_for_all_quotes(
    condor, enter, tick, desk, wing, clock
):
    condor()
    for _ in range(4):
        enter()
        tick(12)
    asked, quotes = [], desk.quotes

    def count(instruments):
        asked.append(len(instruments))
        return quotes(instruments)

    desk.quotes = count
    wing.watch.run()

    assert asked == [4]
    assert len(wing.watch.marks.seen) == 5


def test_share_alert_when_a_structure_holds_the_shares_then_they_stay_under_the_call(
    configure, enter, tick, held, client, broker
):
    configure(**FAST_CONDOR | {"structure": "covered_call"})
    enter()
    tick(30)
    configure(structure=None)
    sold = {"symbol": "AAPL", "strategy_order_id": "long", "strategy_order_action": "sell"}
    answer = client.post("/webhook", json=sold | {"strategy_order_price": 100})
    assert (answer.status_code, answer.json["reason"]) == (200, "POSITION_NONE")
    assert held()["AAPL"] == 100

    bought = sold | {"strategy_order_action": "buy", "strategy_order_price": 100}
    configure(notional="500")
    client.post("/webhook", json=bought)
    assert held()["AAPL"] == 105
    client.post("/webhook", json=sold | {"strategy_order_price": 101})

    assert held()["AAPL"] == 100


def test_watch_when_one_fails_in_an_unforeseen_way_then_the_others_are_looked_at_and_it_is_told(
    condor, wing, services, monkeypatch
):
    opened = condor(stop_loss_pct="1")
    services.store.apply(wing.trades.opening(replace(opened, id="0", number=99)))
    seen = []

    def see(trade, _quotes, _at):
        seen.append(trade.number)
        if trade.number != opened.number:
            raise ZeroDivisionError

    monkeypatch.setattr(type(wing.watch.marks), "saw", lambda _, *seen: see(*seen))
    with pytest.raises(ZeroDivisionError):
        wing.watch.run()

    assert seen == [99, opened.number]
