"""What is left beside a structure whose record cannot be read: all that it does not hold."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.trades import NOTHING_COUNTED
from app.errors import RecordUnreadable
from app.repositories.open_orders import open_order
from tests.builders import ENTER_LONG, EXIT_LONG
from tests.services.portfolio.test_circuit_breaker import Portfolio

pytestmark = pytest.mark.unit

# Of a kind that this version does not know.
ODD = {
    "broker": "paper",
    "kind": "unheard_of",
    "structure": {"underlying": "AAPL", "legs": [{"instrument": {"symbol": "AAPL250321C00105000"}}]},
    "legs": {"AAPL": "100", "AAPL250321C00105000": "-1"},
}


@pytest.fixture
def portfolio():
    return Portfolio()


@pytest.fixture
def app(make_app, portfolio):
    return make_app(brokers={"paper": portfolio}, dry_run=False)


def test_breaker_when_a_structure_cannot_be_read_then_all_that_it_does_not_hold_is_sold(
    services, portfolio, store
):
    portfolio.held |= {"AAPL": Decimal(7), "MSFT": Decimal(-3)}
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    store.create("structures/other/1", ODD)
    portfolio.equity = "80000"
    with pytest.raises(RecordUnreadable, match="structures/other/1"):
        services.portfolio.breaker.watch()

    assert {symbol: held for symbol, held in portfolio.held.items() if held} == {"AAPL": 7}
    assert services.portfolio.breaker.read().phase == "liquidating"


def test_breaker_when_a_trade_cannot_be_read_then_one_empty_answer_is_not_the_end(services, portfolio, store):
    portfolio.held |= {"AAPL": Decimal(7)}
    services.portfolio.breaker.edit({"active": True, "base_equity": Decimal(100_000)})
    store.create("trades/other/paper:MSFT", {})
    portfolio.equity = "80000"
    services.portfolio.breaker.watch()

    assert portfolio.held["AAPL"] == 0
    assert services.portfolio.breaker.read().phase == "liquidating"


@pytest.mark.parametrize(
    ("symbol", "stored", "left"), [("MSFT", ODD, 0), ("AAPL", ODD, 10), ("MSFT", {}, 10)]
)
def test_exit_when_a_structure_cannot_be_read_then_what_it_may_hold_stays(
    post, configure, portfolio, store, symbol, stored, left
):
    configure(use_strategy_contracts=True)
    assert post(**ENTER_LONG | {"symbol": symbol}).json["status"] == "filled"
    store.create("structures/other/1", stored)
    post(**EXIT_LONG | {"symbol": symbol})

    assert portfolio.held[symbol] == left


def test_close_when_another_order_cannot_be_counted_then_it_is_answered_as_done(
    post, configure, operator, portfolio, store, clock
):
    configure(use_strategy_contracts=True)
    assert post(**ENTER_LONG).json["status"] == "filled"
    record = post(**ENTER_LONG | {"symbol": "MSFT"}).json["order"]
    order = open_order(record["client_order_id"], record, multiplier=Decimal(1), at=clock())
    store.apply([replace(order, counted=NOTHING_COUNTED, seen=None).opening()])
    store.replace(store.get("trades/default/paper:MSFT"), {})
    answer = operator.delete("/api/positions/paper/AAPL")

    assert (answer.status_code, portfolio.held["AAPL"]) == (200, 0)


@pytest.mark.parametrize("key", ["trades/default/paper:AAPL", "structures/default/1"])
def test_close_when_the_trade_of_a_number_cannot_be_read_then_it_is_not_said_to_be_over(operator, store, key):
    store.create(key, {"number": 7, "broker": "paper"})
    answer = operator.post("/api/trades/7/close", json={})

    assert (answer.status_code, answer.json["error"]["code"]) == (500, "RECORD_UNREADABLE")
    assert key in answer.json["error"]["message"]
