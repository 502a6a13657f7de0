from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.exit_levels import ExitTerms
from app.domain.exit_plan import ExitPlan
from app.domain.orders import OrderRole, OrderStatus, OrderType, Receipt, Side
from app.domain.trades import FilledSoFar, Place
from app.errors import RecordUnreadable
from app.repositories.open_orders import OpenOrder, OpenOrders, open_exit, open_order

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
TICKET = UUID(int=7)
NAME = "alpha-1"
RECORD = {
    "client_order_id": NAME,
    "ticket": str(TICKET),
    "bot": "alpha",
    "broker": "paper",
    "symbol": "AAPL",
    "role": "entry",
    "type": "limit",
    "quantity": "10",
    "status": "partially_filled",
    "filled_quantity": "4",
    "average_fill_price": "100.5",
    "limit_price": "101.0",
    "stop_price": None,
}
# As databases hold it: nothing here may change without reading this too.
STORED = {
    "client_order_id": NAME,
    "ticket": str(TICKET),
    "bot": "alpha",
    "broker": "paper",
    "symbol": "AAPL",
    "role": "entry",
    "type": "limit",
    "quantity": "10",
    "multiplier": "1",
    "counted": ["4", "100.5"],
    "seen": ["partially_filled", "4", "101"],
    "submitted_at": "2026-03-02T15:30:00Z",
}
PLAN = ExitPlan("alpha", "paper", "AAPL", TICKET, ExitTerms(Decimal("0.1"), None), Decimal(100))


@pytest.fixture
def orders(store):
    return OpenOrders(store)


@pytest.fixture
def put(store):
    def put(name: str = NAME, **changes) -> OpenOrder:
        order = replace(open_order(NAME, RECORD, multiplier=Decimal(1), at=AT), client_order_id=name)
        store.apply([replace(order, **changes).opening()])
        return OpenOrders(store).find(name)

    return put


def shown(status: OrderStatus, filled: int, limit: str = "101") -> Receipt:
    price = Decimal(101) if filled else None
    return Receipt(
        NAME,
        "b-1",
        "paper",
        "AAPL",
        Side.BUY,
        OrderType.LIMIT,
        status,
        AT,
        limit_price=Decimal(limit),
        filled_quantity=Decimal(filled),
        average_fill_price=price,
    )


def test_order_when_opened_then_it_is_stored_in_the_known_shape(put, store):
    put()

    assert store.get(f"orders/{NAME}").value == STORED


def test_order_when_stored_by_an_earlier_version_then_it_is_read(store, orders):
    older = {name: value for name, value in STORED.items() if name not in {"type", "quantity"}}
    store.create(f"orders/{NAME}", older | {"seen": None})
    order = orders.find(NAME)

    assert (order.type, order.quantity, order.seen, order.counted) == (
        None,
        None,
        None,
        FilledSoFar(Decimal(4), Decimal("100.5")),
    )


def test_order_when_read_and_written_then_nothing_is_lost(store, orders):
    document = store.create(f"orders/{NAME}", STORED | {"repriced_at": "2026-03-02T15:31:00Z"})

    assert orders.find(NAME).to_json() == document.value


def test_leg_when_opened_with_its_order_then_it_is_an_exit_that_nobody_has_seen(store):
    leg = open_order(f"{NAME}-sl", RECORD, multiplier=Decimal(1), at=AT)

    assert (leg.role, leg.type, leg.seen, leg.counted.quantity) == (OrderRole.EXIT, OrderType.STOP, None, 0)


@pytest.mark.parametrize(
    ("name", "at_market", "kind"),
    [
        (f"{NAME}-sl", False, OrderType.STOP),
        (f"{NAME}-tp", False, OrderType.LIMIT),
        (f"{NAME}-sl", True, OrderType.MARKET),
    ],
)
def test_exit_when_opened_then_its_type_follows_from_its_name_unless_it_leaves(name, at_market, kind):
    order = open_exit(PLAN, name, multiplier=Decimal(1), at=AT, at_market=at_market)

    assert (order.type, order.role, order.ticket) == (kind, OrderRole.EXIT, TICKET)


def test_order_when_it_fills_further_then_what_was_seen_and_counted_is_remembered(put, store, orders):
    order = put()
    store.apply([order.counting(shown(OrderStatus.PARTIALLY_FILLED, 6))])
    after = orders.find(NAME)

    assert (after.seen, after.counted) == (
        ("partially_filled", "6", "101"),
        FilledSoFar(Decimal(6), Decimal(101)),
    )
    assert (order.is_shown_as(shown(OrderStatus.PARTIALLY_FILLED, 6)), orders.has_moved(order)) == (
        False,
        True,
    )


@pytest.mark.parametrize(("limit", "is_same"), [("101", True), ("101.00", True), ("102", False)])
def test_order_when_its_price_was_moved_then_it_is_worth_a_look(put, limit, is_same):
    assert put().is_shown_as(shown(OrderStatus.PARTIALLY_FILLED, 4, limit)) is is_same


def test_order_when_it_is_over_then_it_is_forgotten(put, store, orders):
    store.apply([put().counting(shown(OrderStatus.FILLED, 10))])

    assert orders.find(NAME) is None


def test_orders_of_a_bot_when_another_name_begins_alike_then_they_are_not_mixed(put, orders):
    put("alpha-1")
    put("alpha-beta-1", bot="alpha-beta")

    assert [order.client_order_id for order in orders.in_symbol("paper", "AAPL", "alpha")] == ["alpha-1"]
    assert [order.client_order_id for order in orders.of("alpha-beta", "paper")] == ["alpha-beta-1"]
    assert len(orders.in_symbol("paper", "AAPL")) == 2


def test_exits_when_one_was_never_shown_then_it_is_in_doubt(put, orders):
    put("alpha-1", role=OrderRole.EXIT, seen=("unknown", "0"))
    put("alpha-2", role=OrderRole.EXIT, seen=("accepted", "0"))
    put("alpha-3", role=OrderRole.ENTRY, seen=("unknown", "0"))

    exits = orders.exits_of("alpha", "paper", "AAPL")
    assert {item.client_order_id: item.is_in_doubt for item in exits} == {"alpha-1": True, "alpha-2": False}


def test_order_of_a_kind_that_is_not_known_when_it_may_sell_then_no_other_exit_is_decided_on(
    put, orders, store
):
    store.create("orders/alpha-9", put("alpha-2").to_json() | {"role": "exit", "type": "peg"})

    with pytest.raises(RecordUnreadable, match="orders/alpha-9"):
        orders.exits_of("alpha", "paper", "AAPL")
    assert orders.exits_of("alpha", "paper", "MSFT") == []


def test_order_of_a_kind_that_is_not_known_when_it_may_enter_then_its_position_is_awaited(orders, store):
    store.create("orders/alpha-9", STORED | {"type": "peg"})

    assert list(orders.every()) == []
    assert orders.places() == {Place("alpha", "paper", "AAPL")}
    assert orders.awaits_entry("alpha", "paper", "AAPL")
    assert orders.exits_of("alpha", "paper", "AAPL") == []


def test_entered_symbols_when_only_an_exit_works_then_there_are_none(put, orders):
    put("alpha-1", role=OrderRole.EXIT)
    put("alpha-2", symbol="MSFT")

    assert orders.entered_symbols("alpha") == {"MSFT"}
    assert (orders.awaits_entry("alpha", "paper", "AAPL"), orders.awaits_entry("alpha", "paper", "MSFT")) == (
        False,
        True,
    )


def test_repricing_when_somebody_turned_to_it_meanwhile_then_it_is_left_alone(put, orders):
    order = put()

    assert (orders.remember_repricing(order, AT), orders.remember_repricing(order, AT)) == (True, False)
    assert orders.find(NAME).repriced_at == AT


def test_order_when_forgotten_twice_then_the_second_time_changes_nothing(put, orders):
    put()
    orders.forget([NAME, "alpha-9"])
    orders.forget([NAME])

    assert list(orders.every()) == []
