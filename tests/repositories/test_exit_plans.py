from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.exit_levels import ExitTerms
from app.domain.exit_plan import ExitPlan, Sending
from app.domain.orders import OrderRole, Side
from app.domain.trades import Place
from app.errors import Conflict
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import OpenOrder

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
PLACE = Place("alpha", "paper", "AAPL")
PLAN = ExitPlan(*PLACE, UUID(int=1), ExitTerms(Decimal("0.1"), None), Decimal(100), best=Decimal(110))
LATER = replace(PLAN, ticket=UUID(int=2), best=None)
SENDING = Sending("alpha-1", Side.SELL, Decimal(10), AT)


@pytest.fixture
def plans(store):
    return ExitPlans(store)


@pytest.fixture
def put(store, plans):
    def put(plan: ExitPlan = PLAN):
        store.apply([plans.starting(plan)])
        return plans.find(*PLACE)

    return put


def test_plan_when_an_entry_starts_it_then_it_is_found_under_its_position(put, plans):
    known = put()

    assert (known.position, known.plan) == (PLACE, PLAN)
    assert [item.position for item in plans.in_symbol("paper", "AAPL")] == [PLACE]
    assert list(plans.in_symbol("paper", "MSFT")) == []


@pytest.mark.parametrize(("adds", "best"), [(True, Decimal(110)), (False, None)])
def test_plan_when_another_entry_starts_then_only_one_that_adds_keeps_the_best_price(
    put, plans, store, adds, best
):
    put()
    store.apply([plans.starting(LATER, adds=adds)])

    assert plans.find(*PLACE).plan == replace(LATER, best=best)


def test_plan_when_another_entry_starts_then_what_is_being_sent_stays(put, plans, store):
    put(replace(PLAN, sending=SENDING))
    plans.rewrite(plans.find(*PLACE), replace(PLAN, sending=SENDING))
    store.apply([plans.starting(LATER)])

    assert plans.find(*PLACE).plan.sending == SENDING


def test_rewriting_when_somebody_was_faster_then_it_fails(put, plans):
    known = put()
    again = plans.rewrite(known, replace(PLAN, lone_stop=True))

    assert again.plan.lone_stop
    with pytest.raises(Conflict):
        plans.rewrite(known, PLAN)


@pytest.mark.parametrize(("role", "left"), [(OrderRole.ENTRY, PLAN), (OrderRole.EXIT, None)])
def test_plan_when_an_order_still_waits_then_only_an_entry_keeps_it(put, plans, store, role, left):
    put()
    waiting = OpenOrder(
        client_order_id="alpha-9",
        ticket=UUID(int=9),
        bot="alpha",
        broker="paper",
        symbol="AAPL",
        role=role,
        multiplier=Decimal(1),
        submitted_at=AT,
    )
    store.apply([waiting.opening()])
    store.apply(plans.leaving_behind(*PLACE))
    known = plans.find(*PLACE)

    assert (known and known.plan) == left


def test_plan_when_it_is_forgotten_then_it_is_gone(put, plans):
    plans.forget(put())

    assert plans.find(*PLACE) is None


def test_plan_when_it_cannot_be_read_then_others_can(put, plans, store):
    put()
    torn = {"bot": "beta", "broker": "paper", "symbol": "AAPL", "terms": 5}
    store.create("exits/beta/paper:AAPL", torn)
    first, second = plans.every()

    assert first.plan == PLAN
    with pytest.raises((TypeError, KeyError, AttributeError)):
        second.plan  # noqa: B018
