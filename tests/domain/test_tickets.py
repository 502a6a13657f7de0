import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.order_check import Verdict
from app.domain.orders import OrderStatus, Side
from app.domain.reasons import Reason
from app.domain.ticket_views import shown
from app.domain.tickets import (
    Stage,
    Ticket,
    TicketStatus,
    followed_status,
    order_record,
    ticket_day,
)
from tests.builders import fresh_ticket_id
from tests.domain.builders import NOW, TICKET, receipt

pytestmark = pytest.mark.unit


def ticket(**changes):
    return Ticket(TICKET, "trend", "strategy", NOW, {"symbol": "AAPL"}, **changes)


def test_ticket_id_when_made_then_is_a_uuid7_of_this_moment():
    made = fresh_ticket_id(NOW)

    assert (made.version, made.variant) == (7, UUID(int=0, version=4).variant)
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_ticket_ids_when_many_are_made_then_unique_and_sorted_by_time():
    made = [fresh_ticket_id(NOW + timedelta(microseconds=step)) for step in range(2000)]

    assert len(set(made)) == 2000
    assert [str(item) for item in made] == sorted(str(item) for item in made)


def test_ticket_ids_when_made_at_the_same_moment_then_differ():
    made = {fresh_ticket_id(NOW + timedelta(microseconds=999)) for _ in range(1000)}

    assert len(made) == 1000
    assert {item.int >> 80 for item in made} == {int(NOW.timestamp() * 1000)}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 2, 23, 59, 59, 999000, UTC), "2026-06-02"),
        (datetime(2026, 6, 3, tzinfo=UTC), "2026-06-03"),
    ],
)
def test_ticket_day_when_around_midnight_then_is_utc(moment, day):
    milliseconds = round(moment.timestamp() * 1000)

    assert ticket_day(UUID(int=milliseconds << 80)) == day


@pytest.mark.parametrize("bits", [(1 << 128) - 1, 253402300800000 << 80, 253402300799999 << 80])
def test_ticket_day_when_the_id_is_none_of_ours_then_it_stands_behind_every_other(bits):
    assert ticket_day(UUID(int=bits)) == "9999-12-31"


def test_ticket_when_stored_and_taken_up_then_same():
    original = ticket()
    original.note(Stage.SIZE_SET, NOW, "AAPL")
    original.record_gates([Verdict("price_known", False, Reason.PRICE_UNKNOWN, "no price")], "entry")
    original.end(TicketStatus.DENIED, Reason.PRICE_UNKNOWN, "no price")
    stored = original.to_json(NOW)

    assert Ticket.from_json(json.loads(json.dumps(stored))).to_json(NOW) == stored


def test_gates_when_recorded_then_shown_as_the_api_promises():
    noted = ticket()
    verdicts = [Verdict("price_known", True, None, "price 1"), Verdict("x", False, Reason.ALERT_STALE, "old")]
    noted.record_gates(verdicts, "entry")

    assert shown(json.loads(json.dumps(noted.to_json(NOW))))["gates"] == [
        {"gate": "price_known", "passed": True, "code": None, "detail": "price 1", "order": "entry"},
        {"gate": "x", "passed": False, "code": "ALERT_STALE", "detail": "old", "order": "entry"},
    ]


def test_timeline_when_noted_then_has_stage_time_and_milliseconds():
    noted = ticket()
    noted.note(Stage.SIZE_SET, NOW, "10 shares")
    stage = noted.to_json(NOW)["timeline"][0]

    assert stage.pop("milliseconds") >= 0
    assert stage == {"at": "2026-06-02T14:30:00Z", "stage": "size set", "detail": "10 shares"}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["pending"], TicketStatus.ORDERED),
        (["accepted"], TicketStatus.ORDERED),
        (["partially_filled"], TicketStatus.PARTIALLY_FILLED),
        (["filled"], TicketStatus.FILLED),
        (["expired"], TicketStatus.CANCELED),
        (["canceled"], TicketStatus.CANCELED),
        (["rejected"], TicketStatus.REJECTED),
        # a reversal: the entry was wanted
        (["filled", "rejected"], TicketStatus.REJECTED),
        (["filled", "accepted"], TicketStatus.ORDERED),
    ],
)
def test_ticket_when_orders_move_then_follows_the_last_one(statuses, expected):
    assert followed_status([{"status": status} for status in statuses]) is expected


def test_order_record_when_shown_then_decimals_are_plain_text():
    record = order_record(receipt("0.00000001", "64340.150"), bot="trend", ticket=TICKET, role="entry")

    assert (record["filled_quantity"], record["average_fill_price"]) == ("0.00000001", "64340.150")
    assert record["quantity"] is None
    assert json.loads(json.dumps(record)) == record


def test_order_record_when_shown_then_has_what_the_api_promises():
    record = order_record(receipt(1), bot="trend", ticket=TICKET, role="entry")
    promised = (
        "client_order_id broker_order_id broker bot ticket symbol side quantity notional type limit_price"
        " stop_price status filled_quantity average_fill_price created_at"
    )

    assert set(promised.split()) <= set(record)
    assert record["status"] == OrderStatus.FILLED.value


def row(*orders):
    """Return the row of a ticket with orders, each told by its role, id, side and what filled."""
    records = [
        order_record(receipt(filled, price, side=side, name=name), bot="trend", ticket=TICKET, role=role)
        for role, name, side, filled, price in orders
    ]
    told = shown(ticket(status=TicketStatus.FILLED, orders=records).to_json(NOW))
    return told["side"], told["filled_quantity"], told["average_fill_price"]


ENTRY = ("entry", "bot-2", Side.BUY, 5, "410")
EXIT = ("exit", "bot-1", Side.SELL, 3, "400")
STOP, TARGET = ("exit", "bot-3-sl", Side.SELL, 0, None), ("exit", "bot-3-tp", Side.SELL, 5, "427")
PAIR = ("exit", "bot-3", Side.SELL, 5, "427")


@pytest.mark.parametrize("orders", [(ENTRY, STOP, TARGET), (EXIT, ENTRY), (EXIT, ENTRY, STOP, TARGET, PAIR)])
def test_ticket_when_exits_stand_behind_its_entry_then_tells_what_was_entered(orders):
    assert row(*orders) == ("buy", "5", "410")


def test_ticket_when_it_only_left_then_tells_of_the_exit_and_of_no_leg():
    assert row(EXIT, STOP) == ("sell", "3", "400")
    assert row(STOP) == ("sell", "0", None)
