from decimal import Decimal

import pytest

from app.domain.orders import OrderRole, OrderStatus
from app.domain.reasons import Reason
from app.domain.structures.kinds import PATTERNS, StructureKind, recognise
from app.domain.structures.legs import Leg, compose
from app.domain.structures.levels import OptionsLevel, level_needed
from app.domain.structures.payoff import largest_loss
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from tests.builders import in_a_hurry

pytestmark = pytest.mark.integration
LOT = 65
MULTILEG, SPAN = "POST /api/v3/multileg/orders/sync", "POST /api/v2/span_margin"
# Kind: its legs; the net price at which all legs meet the market, every contract at 99.95 to 100.05; what
# one lot can lose there, None without end; how Fyers calls the order, None for a plain one.
TABLE = {
    "long_call": (("+C25000",), "100.05", "6503.25", None),
    "long_put": (("+P25000",), "100.05", "6503.25", None),
    "cash_secured_put": (("-P25000",), "-99.95", "1618503.25", None),
    "bull_call_spread": (("+C25000", "-C25200"), "0.10", "6.50", "2L"),
    "bear_put_spread": (("-P24800", "+P25000"), "0.10", "6.50", "2L"),
    "bull_put_spread": (("+P24800", "-P25000"), "0.10", "13006.50", "2L"),
    "bear_call_spread": (("-C25000", "+C25200"), "0.10", "13006.50", "2L"),
    "long_straddle": (("+P25000", "+C25000"), "200.10", "13006.50", "2L"),
    "long_strangle": (("+P24800", "+C25200"), "200.10", "13006.50", "2L"),
    "short_straddle": (("-P25000", "-C25000"), "-199.90", None, "2L"),
    "short_strangle": (("-P24800", "-C25200"), "-199.90", None, "2L"),
    "call_butterfly": (("+C24800", "-2C25000", "+C25200"), "0.20", "13", "3L"),
    "put_butterfly": (("+P24800", "-2P25000", "+P25200"), "0.20", "13", "3L"),
    "call_calendar": (("-C25000", "+C25000'"), "0.10", "6.50", "2L"),
    "put_calendar": (("-P25000", "+P25000'"), "0.10", "6.50", "2L"),
    "jade_lizard": (("-P24800", "-C25200", "+C25300"), "-99.85", "1605509.75", "3L"),
}
REFUSED = {
    "iron_condor": ("+P24600", "-P24800", "-C25200", "+C25400"),
    "iron_butterfly": ("+P24800", "-P25000", "-C25000", "+C25200"),
    "long_iron_condor": ("-P24600", "+P24800", "+C25200", "-C25400"),
}


def test_table_when_read_then_every_structure_stands_in_it():
    with_shares = {kind.value for kind, of in PATTERNS.items() if any(leg.kind is None for leg in of.places)}

    assert {*TABLE, *REFUSED, *with_shares} == {kind.value for kind in PATTERNS}


@pytest.mark.parametrize("kind", TABLE)
def test_order_when_sent_at_its_natural_price_then_all_legs_trade(
    make_desk, structure, order, sent, held, fake, kind
):
    texts, natural, loss, order_type = TABLE[kind]
    desk, wanted = make_desk(sells_uncovered=True), structure(*texts)
    receipt = desk.submit(order(wanted, natural, units=2))
    found = desk.find("bot-1")

    assert recognise(wanted) is StructureKind(kind)
    assert receipt.status is OrderStatus.PENDING
    assert (found.status, found.units, found.filled_units) == (OrderStatus.FILLED, 2, 2)
    assert held() == {leg.instrument.symbol: 2 * LOT * leg.ratio for leg in wanted.legs}
    assert [body["orderType"] for body in sent()] == ([] if order_type is None else [order_type])
    # A plain order trades at the last price here, which is better than its limit by a tick.
    worse = 0 if order_type else Decimal("0.05")
    assert found.average_net == Decimal(natural) - worse
    assert largest_loss(wanted, Decimal(natural)) == (None if loss is None else Decimal(loss))
    assert [request.path for request in fake.requests if "order" in request.path][-1] == "/api/v3/orders"


@pytest.mark.parametrize("kind", TABLE)
def test_order_when_it_leaves_then_the_opposite_closes_everything(make_desk, structure, order, held, kind):
    texts, natural, _, _ = TABLE[kind]
    desk, wanted = make_desk(sells_uncovered=True), structure(*texts)
    desk.submit(order(wanted, natural))
    assert held() != {}
    away = wanted.opposite()
    # Two ticks for each contract: from what is asked to what is bid.
    worst = -Decimal(natural) + sum(abs(leg.ratio) for leg in wanted.legs) * Decimal("0.10")
    desk.submit(order(away, worst, name="bot-2", role=OrderRole.EXIT))

    assert desk.find("bot-2").status is OrderStatus.FILLED
    assert held() == {}


@pytest.mark.parametrize("kind", REFUSED)
def test_order_when_it_has_four_legs_then_refused_and_nothing_is_sent(desk, structure, order, fake, kind):
    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(structure(*REFUSED[kind]), "-1"))

    assert refused.value.reason == Reason.STRUCTURE_UNSUPPORTED
    assert fake.requests == []


@pytest.mark.parametrize("allowed", [True, False])
def test_level_when_short_selling_is_allowed_then_uncovered(make_desk, structure, allowed):
    needed = level_needed(structure("-P24800", "-C25200"))

    assert (make_desk(sells_uncovered=allowed).level() >= needed) is allowed
    assert make_desk(sells_uncovered=allowed).level() >= OptionsLevel.SPREADS


def test_order_of_legs_when_sent_then_as_documented(desk, structure, order, sent):
    wanted = structure("+P24800", "-P25000")
    desk.submit(order(wanted, "0.10", units=3))
    (body,) = sent()
    tag = body.pop("orderTag")
    tickers = [leg["symbol"] for leg in body["legs"].values()]

    assert (tag[:3], len(tag), tag.isalnum()) == ("gh2", 29, True)
    assert [ticker[-7:] for ticker in tickers] == ["24800PE", "25000PE"]
    assert body == {
        "productType": "MARGIN",
        "offlineOrder": False,
        "orderType": "2L",
        "validity": "IOC",
        "legs": {
            "leg1": {"symbol": tickers[0], "qty": 195, "side": 1, "type": 1, "limitPrice": 100.05},
            "leg2": {"symbol": tickers[1], "qty": 195, "side": -1, "type": 1, "limitPrice": 99.95},
        },
    }


def test_order_when_at_the_mid_then_nothing_trades_and_nothing_is_left(desk, structure, order, held):
    desk.submit(order(structure("+P24800", "-P25000"), "0"))
    found = desk.find("bot-1")

    assert (found.status, found.filled_units, found.average_net) == (OrderStatus.CANCELED, 0, None)
    assert held() == {}


def test_order_when_one_leg_has_run_away_then_no_leg_trades(desk, structure, order, held, fake):
    wanted = structure("+P24800", "-P25000")
    desk._limits = lambda _: {leg.instrument.symbol: Decimal(100) + leg.ratio for leg in wanted.legs}
    fake.market.move(desk._tickers.of(wanted.legs[1].instrument), "90")
    desk.submit(order(wanted, "2"))

    assert desk.find("bot-1").status is OrderStatus.CANCELED
    assert held() == {}


def test_margin_when_too_little_is_free_then_refused_unsent(desk, structure, order, fake, sent):
    fake.exchange.account.cash = Decimal(1000)

    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(structure("+P24800", "-P25000"), "0.10"))

    assert refused.value.reason == Reason.BUYING_POWER_INSUFFICIENT
    assert (fake.counts()[SPAN], sent()) == (1, [])


def test_margin_when_nobody_answers_then_fyers_decides_itself(desk, structure, order, fake):
    fake.inject("status", status=503, methods=("POST",), path="/api/v2/span_margin")
    desk.submit(order(structure("+P24800", "-P25000"), "0.10"))
    fake.exchange.account.cash = Decimal(1000)

    assert desk.find("bot-1").status is OrderStatus.FILLED
    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(structure("+P24700", "-P25100"), "0.10", name="bot-2"))
    assert refused.value.reason == Reason.BUYING_POWER_INSUFFICIENT


def test_exit_when_less_is_held_then_refused_and_nothing_is_opened(desk, structure, order, sent, held):
    wanted = structure("+P24800", "-P25000")
    desk.submit(order(wanted, "0.10"))
    before = held()
    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(wanted.opposite(), "0.30", units=2, name="bot-2", role=OrderRole.EXIT))

    assert refused.value.is_passing
    assert (len(sent()), held()) == (1, before)


def test_order_when_beyond_the_freeze_then_refused_unsent(desk, structure, order, fake):
    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(structure("+P24800", "-P25000"), "0.10", units=28))

    assert refused.value.reason == Reason.QUANTITY_EXCEEDS_FREEZE
    assert fake.requests == []


LOST = [
    {"kind": "timeout", "when": "after"},
    {"kind": "reset", "when": "after"},
    {"kind": "status", "when": "after", "status": 503},
    {"kind": "html", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "torn", "when": "after"},
    {"kind": "refused", "when": "after"},
    {"kind": "unacknowledged", "when": "after"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["kind"])
def test_order_when_its_answer_is_lost_then_unknown_found_and_sent_once(
    desk, structure, order, fake, held, fault
):
    wanted = structure("+P24800", "-P25000")
    fake.inject(**fault, path="/api/v3/multileg/orders/sync", methods=("POST",))
    with in_a_hurry(desk, fault["kind"]), pytest.raises(OutcomeUnknown):
        desk.submit(order(wanted, "0.10"))
    fake.faults.clear()

    assert fake.counts()[MULTILEG] == 1
    assert desk.find("bot-1").filled_units == 1
    assert held() == {leg.instrument.symbol: LOT * leg.ratio for leg in wanted.legs}


def test_order_when_another_process_looks_then_found_by_its_tag_alone(desk, make_desk, structure, order):
    desk.submit(order(structure("+C24800", "-2C25000", "+C25200"), "0.20", units=2))
    found = make_desk().find("bot-1")

    assert (found.units, found.filled_units, found.limit) == (2, 2, Decimal("0.20"))
    assert make_desk().find("bot-2") is None


def test_order_when_in_transit_then_nothing_is_counted_yet(desk, structure, order, fake):
    fake.inject("transit")
    desk.submit(order(structure("+P24800", "-P25000"), "0.10"))
    before = desk.find("bot-1")
    fake.exchange.settle(everything=True)

    assert (before.status.is_final, before.filled_units) == (False, 0)
    assert desk.find("bot-1").status is OrderStatus.FILLED


def test_order_when_the_exchange_refuses_later_then_rejected_with_its_words(desk, structure, order, fake):
    fake.inject("rejection", message="RED:16388 : no reason")
    desk.submit(order(structure("+P24800", "-P25000"), "0.10"))
    found = desk.find("bot-1")

    assert (found.status, found.message) == (OrderStatus.REJECTED, "RED:16388 : no reason")


def test_order_when_the_book_lacks_a_row_then_nothing_is_concluded(desk, structure, order):
    desk.submit(order(structure("+P24800", "-P25000"), "0.10"))
    rows = desk._orders.rows("bot-1")
    desk._orders.rows = lambda _: rows[:1]
    found = desk.find("bot-1")

    assert (found.status, found.filled_units, found.legs) == (OrderStatus.PENDING, 0, ())


def test_order_of_one_leg_when_it_rests_then_it_can_be_cancelled(desk, structure, order):
    desk.submit(order(structure("+P24800"), "90"))
    working = desk.find("bot-1")
    desk.cancel(working)

    assert (working.status, working.limit) == (OrderStatus.ACCEPTED, 90)
    assert desk.find("bot-1").status is OrderStatus.CANCELED


def test_cancel_when_several_legs_then_refused(desk, structure, order):
    receipt = desk.submit(order(structure("+P24800", "-P25000"), "0.10"))

    with pytest.raises(BrokerRejected):
        desk.cancel(receipt)


def test_submit_when_no_quotes_come_then_refused_for_now(desk, structure, order, fake):
    wanted = structure("+P24800", "-P25000")
    fake.inject("status", status=503, methods=("GET",))
    with pytest.raises(BrokerRejected) as refused:
        desk.submit(order(wanted, "0.10"))
    fake.faults.clear()

    assert refused.value.is_passing
    assert MULTILEG not in fake.counts()


def test_structures_when_not_turned_on_then_there_is_no_desk(make_desk):
    assert make_desk(structures=False) is None


def test_lots_when_legs_have_other_ones_then_no_structure(structure, contracts):
    first = structure("+P24800").legs[0]
    ticker = next(
        t for t, one in contracts.options("NIFTY", first.option.expiry).items() if one == first.instrument
    )
    assert ticker.endswith("PE")
    assert compose([Leg(first.instrument, 2)]) == (structure("+P24800"), 2)
    assert (first.quantity, first.units, structure("+P24800").multiplier) == (LOT, LOT, LOT)


def test_find_when_the_book_cannot_be_read_then_unavailable(desk, fake):
    fake.inject("status", status=503, methods=("GET",))

    with pytest.raises(BrokerUnavailable):
        desk.find("bot-1")
