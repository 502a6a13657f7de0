from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.event_codec import decode_change
from app.brokers.paper.event_log import PREFIX
from app.brokers.paper.records import AccountChange
from app.brokers.paper.settings import PaperSettings
from app.domain.orders import OrderChange, OrderRole, Side
from app.errors import BrokerRejected
from app.storage.memory import MemoryStore
from tests.brokers.builders import Clock, bracket, limit, oco, order, stop

pytestmark = pytest.mark.unit

PRICES = st.decimals(80, 120, places=2)
SHAPES = st.one_of(
    st.just({}),
    st.builds(limit, PRICES),
    st.builds(stop, PRICES),
    st.builds(bracket, PRICES, PRICES),
    st.builds(oco, PRICES, PRICES),
)
ORDERS = st.builds(
    lambda side, quantity, role, shape: order(side, quantity, role=role, **shape),
    st.sampled_from(Side),
    st.decimals("0.1", 40, places=1),
    st.sampled_from(OrderRole),
    SHAPES,
)
STEPS = st.lists(
    st.one_of(
        ORDERS,
        PRICES,
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("replace"), st.integers(0, 9)),
        st.just("day"),
    ),
    min_size=8,
    max_size=40,
)
SETTINGS = st.builds(
    PaperSettings,
    fee_per_order=st.sampled_from([Decimal(0), Decimal("1.25")]),
    fee_fraction=st.sampled_from([Decimal(0), Decimal("0.0007")]),
    slippage_fraction=st.sampled_from([Decimal(0), Decimal("0.003")]),
    partial_fill_probability=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]),
)


@dataclass
class Run:
    broker: PaperBroker
    store: MemoryStore
    clock: Clock
    outcomes: list[AccountChange] = field(default_factory=list)


def run(steps, paper_settings):
    store, clock = MemoryStore(), Clock()
    result = Run(PaperBroker(store, clock, paper_settings), store, clock)
    result.broker.set_prices({"AAPL": Decimal(100)})
    for number, step in enumerate(steps):
        try:
            take(result, step, number)
        except BrokerRejected:
            continue
    result.outcomes = [decode_change(document.value) for document in store.list(PREFIX)]
    return result


def take(result, step, number):
    broker = result.broker
    if step == "day":
        result.clock.pass_days(1)
    elif isinstance(step, Decimal):
        broker.set_prices({"AAPL": step})
    elif not isinstance(step, tuple):
        broker.submit(replace(step, client_order_id=f"bot-{number}"))
    elif waiting := broker.open_orders():
        touch(broker, waiting[step[1] % len(waiting)], step[0])


def touch(broker, receipt, how):
    if how == "cancel":
        broker.cancel(receipt)
    else:
        broker.replace(receipt, OrderChange(quantity=receipt.quantity + 1))


def fills(result):
    return [(outcome, fill) for outcome in result.outcomes for fill in outcome.fills]


@given(STEPS, SETTINGS)
def test_cash_and_position_when_anything_happens_then_fills_and_fees_explain_them(steps, paper_settings):
    result = run(steps, paper_settings)
    spent = sum(fill.quantity * fill.price + fill.fee for _, fill in fills(result))

    assert result.broker.account().cash == 100_000 - spent
    assert sum(held.quantity for held in result.broker.positions()) == sum(
        f.quantity for _, f in fills(result)
    )


@given(STEPS, SETTINGS)
def test_equity_when_anything_happens_then_gains_less_fees_explain_it(steps, paper_settings):
    broker = run(steps, paper_settings).broker
    gains = broker.realized_pnl() + sum(held.unrealized_pnl for held in broker.positions())

    assert abs(broker.account().equity - 100_000 - gains + broker.fees_paid()) < Decimal("0.000001")


@given(STEPS, SETTINGS)
def test_replay_when_anything_happened_then_equals_live_state(steps, paper_settings):
    result = run(steps, paper_settings)
    reopened = PaperBroker(result.store, result.clock, paper_settings)

    assert reopened.open_orders() == result.broker.open_orders()
    assert reopened.closed_orders(99) == result.broker.closed_orders(99)
    assert (reopened.account(), reopened.positions()) == (result.broker.account(), result.broker.positions())


@given(STEPS, SETTINGS)
def test_exits_when_anything_happens_then_never_open_or_cross(steps, paper_settings):
    held = Decimal(0)
    for outcome, fill in fills(run(steps, paper_settings)):
        after = held + fill.quantity
        if outcome.orders[fill.client_order_id].reduces_only:
            assert abs(after) < abs(held)
            assert after * held >= 0
        held = after


@given(STEPS, SETTINGS)
def test_limits_when_anything_happens_then_never_filled_worse(steps, paper_settings):
    for outcome, fill in fills(run(steps, paper_settings)):
        paper = outcome.orders[fill.client_order_id]
        if paper.limit_price is not None:
            assert (paper.limit_price - fill.price) * fill.quantity >= 0


@given(STEPS, SETTINGS)
def test_orders_when_anything_happens_then_never_overfilled(steps, paper_settings):
    broker = run(steps, paper_settings).broker
    simple = broker.closed_orders(99) + broker.open_orders()

    assert all(paper.filled_quantity <= paper.quantity for paper in simple)
    assert all(paper.filled_quantity == paper.quantity for paper in simple if paper.status.value == "filled")


@given(STEPS, SETTINGS)
def test_buying_power_when_anything_happens_then_sums_equal_a_fresh_count(steps, paper_settings):
    broker = run(steps, paper_settings).broker
    account = broker.account()
    worth = sum(held.quantity * held.market_price for held in broker.positions())

    assert account.equity == account.cash + worth


@settings(max_examples=40)
@given(STEPS, SETTINGS)
def test_outcomes_when_seed_and_steps_are_the_same_then_identical(steps, paper_settings):
    assert run(steps, paper_settings).outcomes == run(steps, paper_settings).outcomes


def test_partial_fills_when_seed_differs_then_differ():
    settings_for = [PaperSettings(seed=seed, partial_fill_probability=Decimal(1)) for seed in (1, 2)]
    first, second = (fills(run([order(Side.BUY, 30)], one))[0][1].quantity for one in settings_for)

    assert first != second
