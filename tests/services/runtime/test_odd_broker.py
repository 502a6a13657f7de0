"""The clock's tasks where one broker answers what nobody understands: the others are looked after."""

from decimal import Decimal

import pytest

from app.domain.orders import Order, OrderRole, OrderStatus, OrderType, Side
from app.domain.trades import Trade
from app.repositories.equity import EquityHistory
from tests.builders import ENTER_LONG, ScriptedBroker
from tests.domain.builders import APPLE

pytestmark = pytest.mark.unit


class Odd(ScriptedBroker):
    """Answers nothing that is understood."""

    def _answer(self) -> None:
        raise LookupError("what is this?")


@pytest.fixture
def scripted() -> ScriptedBroker:
    return ScriptedBroker("paper")


@pytest.fixture
def app(make_app, scripted):
    return make_app(brokers={"alpaca": Odd("alpaca"), "paper": scripted}, dry_run=False)


def test_equity_when_one_broker_is_not_understood_then_the_other_has_its_point(services, store, clock):
    services.supervisor.tick(everything=True)

    assert "equity" in services.supervisor.failing
    assert EquityHistory(store).last_at("paper", clock().date()) == clock()


def test_snapshots_when_one_broker_is_not_understood_then_the_other_is_seen(services):
    services.supervisor.tick(everything=True)

    assert "snapshots" in services.supervisor.failing
    assert services.portfolio.snapshots.newest("paper").reachable


def test_cleanup_when_one_broker_is_not_understood_then_the_others_orphans_go(services, scripted):
    stop = Order("by-hand-sl", APPLE, Side.SELL, OrderRole.EXIT, OrderType.STOP, quantity=Decimal(1))
    scripted.take(stop, OrderStatus.ACCEPTED)
    with pytest.raises(LookupError):
        services.portfolio.cleanup.run()

    assert scripted.open_orders() == []


def test_exits_when_one_broker_is_not_understood_then_the_others_are_watched(
    services, store, post, configure, clock
):
    configure(attach_sl_tp=True, sl_pct="0.05", tp_pct="0.1")
    assert post(**ENTER_LONG).json["status"] == "filled"
    (plan,) = store.list("exits/")
    store.create(plan.key.replace("paper", "alpaca"), plan.value | {"broker": "alpaca"})
    clock.move(seconds=5)
    (exits,) = [task for task in services.supervisor.tasks if task.name == "exits"]
    with pytest.raises(LookupError):
        exits.run()

    assert services.portfolio.snapshots.newest("paper").at == clock()


def test_reconciliation_when_one_broker_is_not_understood_then_the_others_differences_are_told_once(
    services, store, clock
):
    trade = Trade("default", "paper", "AAPL", clock(), Decimal(5))
    store.create("trades/default/paper:AAPL", trade.to_json())
    reconciliation = services.portfolio.reconciliation
    for _ in range(3):
        clock.move(seconds=60)
        with pytest.raises(LookupError):
            reconciliation.run()

    assert store.get("trades/default/paper:AAPL") is None
    assert reconciliation.unreconciled() == []
