from dataclasses import replace
from decimal import Decimal
from threading import Thread

import pytest

from app.brokers.paper import event_log
from app.brokers.paper.broker import PaperBroker
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.storage.sqlite import SqliteStore
from tests.brokers.builders import CALL, Clock, bracket, buy, exit_long, limit, sell


@pytest.fixture(autouse=True)
def priced(broker):
    broker.set_prices({"AAPL": Decimal(100)})


def state(broker):
    return (
        broker.account(),
        broker.positions(),
        broker.open_orders(),
        broker.prices(),
        broker.closed_orders(9),
    )


def trade_a_little(broker):
    broker.submit(buy(10, **bracket(110, 90)))
    broker.submit(sell(4, **limit(120)))
    broker.submit(buy(1, instrument=CALL))
    broker.submit(exit_long("0.123456789"))
    broker.cancel(broker.submit(buy(2, **limit(80))))


@pytest.mark.unit
def test_state_when_restarted_then_the_same(make_broker, broker):
    trade_a_little(broker)

    assert state(make_broker()) == state(broker)


@pytest.mark.unit
def test_order_when_sent_again_after_a_restart_then_it_is_the_first(make_broker, broker):
    order = buy(10, **bracket(110, 90))
    first = broker.submit(order)

    assert make_broker().submit(order) == first
    assert [held.quantity for held in broker.positions()] == [10]


@pytest.mark.unit
def test_id_when_taken_before_a_restart_then_another_order_is_rejected(make_broker, broker):
    order = buy(10)
    broker.submit(order)
    with pytest.raises(BrokerRejected, match="unique"):
        make_broker().submit(replace(order, quantity=Decimal(11)))


@pytest.mark.unit
def test_two_brokers_when_on_one_store_then_each_sees_the_other(make_broker, broker):
    other = make_broker()
    order = buy(10, **limit(90))
    other.submit(order)
    broker.cancel(broker.find(order.client_order_id))

    assert other.find(order.client_order_id).status.value == "canceled"


@pytest.mark.unit
def test_two_brokers_when_one_is_behind_then_its_submit_uses_the_latest_state(make_broker, broker):
    other = make_broker()
    other.positions()
    broker.submit(buy(10))

    assert other.submit(exit_long(10)).status.value == "filled"


@pytest.mark.unit
def test_two_brokers_when_one_is_behind_then_the_same_order_trades_once(make_broker, broker):
    other, order = make_broker(), buy(10)
    other.positions()

    assert broker.submit(order) == other.submit(order)
    assert [held.quantity for held in other.positions()] == [10]


@pytest.mark.unit
def test_submit_when_store_is_away_then_unknown_and_nothing_changed(broker, store):
    store.failing = {"create"}
    with pytest.raises(OutcomeUnknown):
        broker.submit(buy(10))
    store.failing = set()

    assert (broker.positions(), broker.account().cash) == ([], 100_000)


@pytest.mark.unit
def test_submit_when_answer_is_lost_then_found_and_not_doubled(broker, store):
    order = buy(10)
    store.loses_answers = True
    with pytest.raises(OutcomeUnknown):
        broker.submit(order)
    store.loses_answers = False

    assert broker.submit(order).filled_quantity == 10
    assert [held.quantity for held in broker.positions()] == [10]


@pytest.mark.unit
def test_reads_when_store_is_away_then_unavailable(broker, store):
    store.failing = {"list"}
    for read in (broker.positions, broker.account, broker.open_orders, broker.ping, broker.prices):
        with pytest.raises(BrokerUnavailable):
            read()


@pytest.mark.unit
def test_set_prices_when_store_is_away_then_unavailable(broker, store, move):
    store.failing = {"create"}
    with pytest.raises(BrokerUnavailable):
        move(50)
    store.failing = set()

    assert broker.prices() == {"AAPL": 100}


@pytest.mark.unit
def test_first_use_when_store_is_away_then_submit_is_unknown(make_broker, store):
    store.failing = {"get"}
    with pytest.raises(OutcomeUnknown):
        make_broker().submit(buy(1))


@pytest.fixture
def small_journal(monkeypatch):
    """Make snapshots and pruning happen within a short test."""
    for name, value in {
        "SNAPSHOT_EVERY": 5,
        "ENTRIES_KEPT": 10,
        "PRUNE_EVERY": 2,
        "PRUNE_AT_MOST": 4,
    }.items():
        monkeypatch.setattr(event_log, name, value)


@pytest.mark.unit
def test_snapshot_when_written_then_journal_is_pruned_and_state_survives(
    small_journal, make_broker, broker, store, move
):
    trade_a_little(broker)
    for step in range(40):
        move(100 + step % 3)

    assert len(list(store.list(event_log.PREFIX))) < 20
    assert state(make_broker())[:4] == state(broker)[:4]


@pytest.mark.unit
def test_snapshot_when_restarted_then_recent_orders_are_still_found(small_journal, make_broker, broker, move):
    for step in range(12):
        move(100 + step)
    order = buy(1)
    broker.submit(order)
    for step in range(5):
        move(100 + step)

    assert make_broker().find(order.client_order_id).status.value == "filled"


@pytest.mark.unit
def test_snapshot_when_it_cannot_be_written_then_the_order_stands(small_journal, broker, store, move):
    store.failing = {"apply", "get"}
    for step in range(12):
        move(100 + step)

    assert broker.prices() == {"AAPL": 111}


@pytest.mark.unit
def test_submit_when_far_behind_a_pruned_journal_then_history_is_not_split(
    small_journal, make_broker, broker, monkeypatch, move
):
    sleeper = make_broker()
    sleeper.positions()
    for step in range(40):
        move(100 + step)
    monkeypatch.setattr(event_log, "TRUSTED_SECONDS", -1.0)

    assert sleeper.submit(buy(1)).average_fill_price == 139
    assert state(make_broker()) == state(sleeper) == state(broker)


@pytest.mark.unit
def test_start_when_journal_has_a_gap_then_unavailable(make_broker, broker, store, move):
    move(101)
    store.delete(store.get(event_log.key(1)))
    with pytest.raises(BrokerUnavailable, match="gap"):
        make_broker().positions()


@pytest.mark.integration
def test_sqlite_when_reopened_then_state_is_the_same(tmp_path):
    store = SqliteStore(tmp_path / "gatehouse.db")
    first = PaperBroker(store, clock := Clock())
    first.set_prices({"AAPL": Decimal(100)})
    trade_a_little(first)
    before = state(first)
    store.close()
    reopened = SqliteStore(tmp_path / "gatehouse.db")

    assert state(PaperBroker(reopened, clock)) == before
    reopened.close()


@pytest.mark.integration
def test_sqlite_when_four_brokers_trade_at_once_then_every_fill_counts_once(tmp_path):
    store = SqliteStore(tmp_path / "gatehouse.db")
    brokers = [PaperBroker(store, Clock()) for _ in range(4)]
    brokers[0].set_prices({"AAPL": Decimal(100)})
    threads = [Thread(target=lambda one=one: [one.submit(buy(1)) for _ in range(20)]) for one in brokers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {one.positions()[0].quantity for one in brokers} == {80}
    store.close()
