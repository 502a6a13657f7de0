"""The circuit breaker at work: a breach, a restart in its middle, and what trading does meanwhile."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.orders import OrderStatus
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.observability.events import EventKind
from app.services.portfolio.breaker_reports import BreakerReports
from tests.builders import EXIT_LONG, ScriptedBroker, services_of, strategy_alert
from tests.notices import HeardNotifier

pytestmark = pytest.mark.unit

HALTED, REDUCING = TradingState.HALTED, TradingState.REDUCING
ACTIVE = TradingState.ACTIVE


class Killed(BaseException):
    """The process dies here."""


class Portfolio(ScriptedBroker):
    """A broker whose account is worth what a test says."""

    equity = "100000"

    def account(self):
        return replace(super().account(), equity=Decimal(self.equity))


@pytest.fixture
def portfolio():
    broker = Portfolio()
    broker.held |= {"AAPL": Decimal(7), "MSFT": Decimal(-3)}
    return broker


@pytest.fixture
def app(make_app, portfolio):
    return make_app(brokers={"paper": portfolio}, dry_run=False)


@pytest.fixture
def breaker(services):
    """A breaker armed at a base of 100 000."""
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    return services.portfolio.breaker


@pytest.fixture
def state(services):
    return lambda: services.operations.switch.read().state


def held(portfolio) -> dict:
    return {symbol: quantity for symbol, quantity in portfolio.held.items() if quantity}


def test_watch_when_the_equity_is_within_then_nothing_happens(breaker, portfolio, state):
    assert breaker.watch() == 0
    assert (state(), portfolio.submitted) == (ACTIVE, [])


def test_watch_when_it_is_off_then_the_broker_is_not_asked(services, portfolio):
    portfolio.is_reachable = False

    assert services.portfolio.breaker.watch() == 0


def test_stop_loss_when_reached_then_all_is_sold_and_trading_halts(breaker, portfolio, state):
    portfolio.equity = "80000"
    breaker.watch()

    assert (held(portfolio), state(), breaker.read().phase) == ({}, REDUCING, "tripped")
    assert sorted((order.side, order.quantity) for order in portfolio.submitted) == [("buy", 3), ("sell", 7)]


def test_stop_loss_when_it_has_tripped_then_it_is_not_done_again(breaker, portfolio):
    portfolio.equity = "1"
    breaker.watch()
    portfolio.held["AAPL"] = Decimal(5)

    assert (breaker.watch(), len(portfolio.submitted)) == (0, 2)


def test_stop_loss_when_orders_wait_then_they_are_canceled_a_strangers_too(breaker, portfolio, client):
    client.post("/webhook", json=strategy_alert())
    waiting = replace(portfolio.submitted[0], client_order_id="by-hand")
    portfolio.take(waiting, OrderStatus.ACCEPTED)
    portfolio.equity = "1"
    breaker.watch()

    assert portfolio.open_orders() == []
    assert portfolio.taken["by-hand"].status is OrderStatus.CANCELED


def test_stop_loss_when_told_then_the_switch_says_who_halted(breaker, portfolio, services):
    portfolio.equity = "79000"
    breaker.watch()

    assert services.operations.switch.read().reason.startswith(
        "circuit breaker: stop-loss: equity 79,000 USD at paper"
    )


def test_take_profit_when_it_liquidates_then_trading_goes_on_and_it_fires_once(breaker, portfolio, state):
    breaker.edit({"liquidate_on_tp": True, "base_equity": Decimal(100_000)})
    portfolio.equity = "120000"
    breaker.watch()
    portfolio.held["AAPL"] = Decimal(1)
    breaker.watch()

    assert (state(), breaker.read().phase) == (ACTIVE, "armed")
    assert held(portfolio) == {"AAPL": 1}


def test_take_profit_when_it_does_not_liquidate_then_it_is_told_once(breaker, portfolio, state):
    portfolio.equity = "120000"

    assert (breaker.watch(), breaker.watch(), state()) == (1, 0, ACTIVE)
    assert (portfolio.submitted, breaker.read().breach) == ([], "take_profit")


def test_stop_loss_when_profit_was_taken_before_then_it_still_fires(breaker, portfolio, state):
    for portfolio.equity in ("120000", "79999"):
        breaker.watch()

    assert (state(), held(portfolio)) == (REDUCING, {})


def test_restart_when_killed_before_the_order_arrived_then_it_is_sent_under_another_id(
    breaker, portfolio, services, clock
):
    portfolio.equity = "1"
    portfolio.failures = [Killed()]
    with pytest.raises(Killed):
        breaker.watch()
    breaker.watch()
    early = held(portfolio)
    clock.move(seconds=31)
    services.supervisor.tick(everything=True)
    breaker.watch()
    clock.move(seconds=11)
    breaker.watch()

    assert (early, held(portfolio)) == ({"AAPL": 7}, {})
    assert len({order.client_order_id for order in portfolio.submitted}) == 3


def test_restart_when_killed_after_the_order_arrived_then_nothing_is_sold_twice(
    breaker, portfolio, make_app, state
):
    def die() -> None:
        portfolio.take(portfolio.submitted[-1], OrderStatus.ACCEPTED)
        raise Killed

    portfolio.equity, portfolio.before_answer = "1", die
    with pytest.raises(Killed):
        breaker.watch()
    portfolio.before_answer = lambda: None
    restarted = services_of(make_app(brokers={"paper": portfolio}, dry_run=False)).portfolio.breaker
    for _ in range(3):
        restarted.watch()

    assert [order.instrument.symbol for order in portfolio.submitted] == ["AAPL", "MSFT"]
    assert (restarted.read().phase, state()) == ("liquidating", REDUCING)


def test_restart_when_the_order_has_filled_meanwhile_then_the_breaker_finishes(breaker, portfolio):
    def die() -> None:
        portfolio.take(portfolio.submitted[-1])
        raise Killed

    portfolio.equity, portfolio.before_answer = "1", die
    for _ in range(2):
        with pytest.raises(Killed):
            breaker.watch()
    breaker.watch()

    assert (breaker.read().phase, held(portfolio), len(portfolio.submitted)) == ("tripped", {}, 2)


def test_outcome_when_unknown_then_it_is_waited_for(breaker, portfolio):
    portfolio.equity = "1"
    portfolio.failures = [OutcomeUnknown("the line went dead")]
    breaker.watch()
    breaker.watch()
    seen = (len(portfolio.submitted), breaker.read().phase)
    portfolio.take(portfolio.submitted[0])
    breaker.watch()

    assert (seen, breaker.read().phase) == ((2, "liquidating"), "tripped")


def test_close_when_rejected_then_the_others_go_on_and_it_is_tried_later(breaker, portfolio, clock):
    portfolio.equity = "1"
    portfolio.failures = [BrokerRejected("the market is closed")]
    breaker.watch()
    breaker.watch()
    early = held(portfolio)
    clock.move(seconds=10)
    breaker.watch()

    assert (early, held(portfolio)) == ({"AAPL": 7}, {})


def test_close_when_one_fails_in_an_unforeseen_way_then_the_others_are_sold(breaker, portfolio):
    portfolio.equity = "1"
    portfolio.failures = [KeyError("a slip")]
    with pytest.raises(KeyError):
        breaker.watch()

    assert (held(portfolio), [step.symbol for step in breaker.read().steps]) == (
        {"AAPL": 7},
        ["AAPL", "MSFT"],
    )


def test_close_when_the_clock_was_set_back_after_a_refusal_then_it_is_tried_again(breaker, portfolio, clock):
    portfolio.equity = "1"
    portfolio.failures = [BrokerRejected("the market is closed")]
    breaker.watch()
    clock.move(hours=-1)
    breaker.watch()

    assert held(portfolio) == {}


def test_edit_when_tripped_then_it_is_armed_and_trading_goes_on(breaker, portfolio, state):
    portfolio.equity = "1"
    breaker.watch()
    breaker.edit({})

    assert (state(), breaker.read().phase, breaker.read().base_equity) == (ACTIVE, "armed", 1)


def test_edit_when_the_operator_halted_meanwhile_then_it_stays_so(breaker, portfolio, services, state):
    portfolio.equity = "1"
    breaker.watch()
    services.operations.switch.throw(StateSwitch(HALTED, "my own reasons"))
    breaker.edit({})

    assert state() is HALTED


@pytest.mark.parametrize("before", [REDUCING, HALTED])
def test_edit_when_the_operator_had_paused_before_then_that_stands_again(
    breaker, portfolio, services, state, before
):
    services.operations.switch.throw(StateSwitch(before, "news"))
    portfolio.equity = "1"
    breaker.watch()
    during = state()
    breaker.edit({})

    assert (during, services.operations.switch.read()) == (before, StateSwitch(before, "news"))


def test_entry_when_the_equity_is_unknown_then_denied_until_it_is_seen(breaker, portfolio, client):
    portfolio.is_reachable = False
    breaker.watch()
    portfolio.is_reachable = True
    denied = client.post("/webhook", json=strategy_alert()).json["reason"]
    out = client.post("/webhook", json=strategy_alert(**EXIT_LONG)).json["status"]
    breaker.watch()

    assert (denied, out) == ("EQUITY_UNKNOWN", "filled")
    assert client.post("/webhook", json=strategy_alert()).json["status"] == "filled"


def test_liquidation_when_the_broker_is_lost_then_it_goes_on_afterwards(
    breaker, portfolio, state, services, clock
):
    portfolio.equity = "1"
    portfolio.before_answer = lambda: setattr(portfolio, "is_reachable", False)
    breaker.watch()
    lost = (breaker.read().phase, state())
    portfolio.is_reachable, portfolio.before_answer = True, lambda: None
    clock.move(seconds=2)
    services.portfolio.pursuits.run()
    breaker.watch()

    assert (lost, breaker.read().phase) == (("liquidating", REDUCING), "tripped")


def test_edit_when_a_sale_goes_on_then_it_is_given_up(breaker, portfolio, services, clock):
    portfolio.equity = "1"
    portfolio.before_answer = lambda: setattr(portfolio, "is_reachable", False)
    breaker.watch()
    sent, portfolio.is_reachable = len(portfolio.submitted), True
    breaker.edit({})
    clock.move(seconds=2)
    services.portfolio.pursuits.run()

    assert (len(portfolio.submitted), services.portfolio.pursuits.rows()) == (sent, [])


def test_breach_when_in_a_dry_run_then_trading_halts_and_nothing_is_sold(make_app, portfolio):
    dry = services_of(make_app(brokers={"paper": portfolio}, dry_run=True))
    dry.portfolio.breaker.edit({"active": True, "base_equity": Decimal(200_000)})
    dry.portfolio.breaker.watch()

    assert (dry.operations.switch.read().state, portfolio.submitted) == (REDUCING, [])


@pytest.mark.parametrize(("name", "value"), [("is_reachable", False), ("equity", "0")])
def test_edit_when_the_account_cannot_be_seen_then_a_base_must_be_given(services, portfolio, name, value):
    setattr(portfolio, name, value)
    with pytest.raises(BrokerUnavailable):
        services.portfolio.breaker.edit({"active": True})

    given = services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(5)})
    assert (given.equity_known, services.portfolio.breaker.stored.knows_equity("paper")) == (False, False)


def test_breach_when_it_is_seen_then_the_log_and_the_owner_are_told(services, portfolio, settings):
    notifier = HeardNotifier()
    runtime = replace(services.portfolio.breaker.runtime, notifier=notifier)
    reports = BreakerReports(services.portfolio.breaker.stored, runtime)
    guard = replace(services.portfolio.breaker, runtime=runtime, reports=reports)
    guard.edit({"active": True, "base_equity": Decimal(200_000)})
    guard.watch()

    lines = (settings.log_folder / "activity.log").read_text().splitlines()
    assert [event.kind for event in notifier.events] == [EventKind.CIRCUIT_BREAKER_ALARM] * 2
    assert [line.partition(" ")[2] for line in lines][-1] == f"circuit breaker: {notifier.events[-1].message}"


def test_liquidation_when_an_order_does_not_end_then_the_others_are_sold_and_it_is_told(
    services, portfolio, client, clock
):
    portfolio.status = portfolio.canceled_as = OrderStatus.ACCEPTED
    client.post("/webhook", json=strategy_alert(symbol="AAPL"))
    portfolio.status = OrderStatus.FILLED
    notifier, guard = HeardNotifier(), services.portfolio.breaker
    runtime = replace(guard.runtime, notifier=notifier)
    guard = replace(guard, runtime=runtime, liquidation=replace(guard.liquidation, runtime=runtime))
    guard.edit({"active": True, "base_equity": Decimal(200_000)})
    guard.watch()
    early = [event.message for event in notifier.events if "not closed yet" in event.message]
    clock.move(seconds=61)
    guard.watch()

    assert (early, held(portfolio)) == ([], {"AAPL": 7})
    assert notifier.events[-1].message.startswith(
        "AAPL at paper is not closed yet: an order in it still works"
    )


def test_stop_loss_when_the_account_is_shown_as_worth_nothing_then_nothing_is_sold(breaker, portfolio):
    portfolio.equity = "0"
    breaker.watch()
    blind = (breaker.read().phase, breaker.stored.knows_equity("paper"), len(portfolio.submitted))
    portfolio.equity = "-1"
    breaker.watch()

    assert (blind, held(portfolio)) == (("armed", False, 0), {})


def test_other_accounts_when_one_cannot_be_seen_then_they_trade(services, portfolio):
    portfolio.is_reachable = False
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(5)})

    assert services.portfolio.breaker.stored.knows_equity("elsewhere")


def test_liquidation_when_one_look_shows_an_empty_account_then_it_goes_on(
    breaker, portfolio, client, store, clock
):
    client.post("/webhook", json=strategy_alert(symbol="TSLA"))
    portfolio.equity = "1"
    held_then, portfolio.held = portfolio.held, {}
    breaker.watch()
    kept, phase = len(list(store.list("trades/"))), breaker.read().phase
    portfolio.held = held_then
    breaker.watch()

    assert (kept, phase) == (1, "liquidating")
    assert (held(portfolio), breaker.read().phase) == ({}, "tripped")


def test_stop_loss_when_all_is_sold_then_the_tickets_are_the_breakers_and_say_why(
    breaker, portfolio, operator
):
    portfolio.equity = "80000"
    breaker.watch()
    tickets = operator.get("/api/tickets?bot=operator").json["tickets"]

    assert {ticket["dialect"] for ticket in tickets} == {"circuit_breaker"}
    assert {ticket["alert"]["by"] for ticket in tickets} == {"circuit breaker"}
    begun = [ticket["timeline"][0] for ticket in tickets]
    assert [(stage["stage"], stage["detail"]) for stage in begun] == 2 * [
        ("circuit breaker tripped", "stop-loss at an equity of 80,000, set by operator")
    ]
