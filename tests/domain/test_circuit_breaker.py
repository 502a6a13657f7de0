"""When the circuit breaker fires, and the ids of what it sends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.circuit_breaker import (
    Breach,
    CircuitBreaker,
    Phase,
    Step,
    may_try_again,
    step_ticket,
)
from app.domain.json_codec import from_json, to_json
from app.domain.tickets import ticket_day
from app.domain.trading_state import StateSwitch, TradingState
from tests.domain.builders import NOW, TICKET

pytestmark = pytest.mark.unit

ARMED = CircuitBreaker("paper", base_equity=Decimal(1000), active=True)


@pytest.mark.parametrize(
    ("equity", "breach"),
    [
        ("800.01", None),
        ("800", Breach.STOP_LOSS),
        ("-5", Breach.STOP_LOSS),
        ("1199.99", None),
        ("1200", Breach.TAKE_PROFIT),
    ],
)
def test_breach_when_the_equity_reaches_a_threshold_then_it_is_that_one(equity, breach):
    assert ARMED.breached_at(Decimal(equity)) is breach


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"base_equity": None}, {"glb_sl": None}],
    ids=lambda change: next(iter(change)),
)
def test_breach_when_the_stop_loss_is_off_then_none(change):
    assert replace(ARMED, **change).breached_at(Decimal(1)) is None


@pytest.mark.parametrize("change", [{"glb_tp": None}, {"profit_taken": True}])
def test_breach_when_no_profit_is_to_be_taken_then_only_the_stop_loss_fires(change):
    breaker = replace(ARMED, **change)

    assert breaker.breached_at(Decimal(5000)) is None
    assert breaker.breached_at(Decimal(5)) is Breach.STOP_LOSS


def test_order_id_when_derived_again_then_the_same_and_another_for_each_attempt_and_symbol():
    steps = [Step("AAPL", 0, NOW), Step("AAPL", 1, NOW), Step("MSFT", 0, NOW)]
    ids = [step_ticket(TICKET, step) for step in steps]

    assert ids == [step_ticket(TICKET, step) for step in steps]
    assert len(set(ids)) == 3


def test_step_ticket_when_derived_then_it_has_the_breachs_day_and_version():
    ticket = step_ticket(TICKET, Step("AAPL", 0, NOW))

    assert (ticket.version, ticket_day(ticket)) == (7, ticket_day(TICKET))


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 1), (1, 2), (4, 16), (5, 30), (400, 30)])
def test_attempt_when_it_came_to_nothing_then_the_next_waits_longer(attempt, seconds):
    step = Step("AAPL", attempt, NOW)

    assert not may_try_again(step, NOW + timedelta(seconds=seconds - 1))
    assert may_try_again(step, NOW + timedelta(seconds=seconds))


def test_breaker_when_it_is_stored_then_it_comes_back_the_same():
    breaker = replace(
        ARMED.seeing(Breach.STOP_LOSS, Decimal("799.5"), TICKET, NOW).attempting("AAPL", NOW),
        phase=Phase.LIQUIDATING,
        paused=StateSwitch(TradingState.HALTED, "circuit breaker"),
        replaced=StateSwitch(TradingState.REDUCING, until=NOW),
    )

    assert from_json(CircuitBreaker, to_json(breaker)) == breaker


def test_breaker_when_it_is_armed_anew_then_only_what_was_set_is_left():
    tripped = ARMED.seeing(Breach.STOP_LOSS, Decimal(1), TICKET, NOW).attempting("AAPL", NOW)

    assert replace(tripped, phase=Phase.TRIPPED).rearmed() == ARMED
