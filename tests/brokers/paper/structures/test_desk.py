from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.structures.levels import OptionsLevel
from app.domain.structures.net_quotes import net_quote
from app.errors import BrokerRejected, OutcomeUnknown
from tests.brokers.paper.structures.builders import FRIDAY, contract, enter, leave, structure

pytestmark = pytest.mark.integration
CONDOR = structure("+P90", "-P95", "-C105", "+C110")


def quote(desk, wanted):
    return net_quote(wanted, desk.quotes([leg.instrument for leg in wanted.legs]))


def test_chain_when_asked_for_then_every_strike_of_the_days_has_both_sides(desk):
    days = desk.expiries("AAPL")[:2]
    chain = desk.chain("AAPL", days)

    assert {one.terms.expiry for one in chain.contracts} == set(days)
    calls = chain.of("call", days[0])
    assert len(calls) == len(chain.of("put", days[0])) > 20
    assert all(one.quote.is_two_sided for one in chain.contracts)
    assert [one.delta for one in calls] == sorted((one.delta for one in calls), reverse=True)
    near, far = calls[len(calls) // 2], calls[-1]
    assert near.open_interest > far.open_interest
    assert near.volume > far.volume


def test_underlying_when_without_a_price_then_nothing_is_listed(desk):
    assert desk.expiries("ZZZ") == []
    assert desk.chain("ZZZ", [date(2025, 3, 21)]) is None


def test_order_when_at_the_natural_price_then_filled_whole_at_once_and_legs_add_up(desk, held, broker):
    natural = quote(desk, CONDOR).natural
    receipt = desk.submit(enter(CONDOR, natural, units=3))

    assert (receipt.status.value, receipt.filled_units, receipt.average_net) == ("filled", 3, natural)
    assert held() == {leg.instrument.symbol: leg.ratio * 3 for leg in CONDOR.legs}
    assert sum(fill.quantity * fill.price for fill in receipt.legs) == natural * 3
    assert broker.account().cash == 100_000 - natural * 300


def test_order_when_below_the_mid_then_it_rests_for_good(desk):
    order = enter(CONDOR, quote(desk, CONDOR).mid.quantize(Decimal("0.01")) - Decimal("0.05"))
    receipt = desk.submit(order)
    for _ in range(20):
        receipt = desk.find(order.client_order_id)

    assert (receipt.status.value, receipt.filled_units) == ("accepted", 0)


def test_order_when_between_mid_and_natural_then_looks_fill_it_at_its_limit(desk):
    limit = quote(desk, CONDOR).mid.quantize(Decimal("0.01")) + Decimal("0.01")
    order = enter(CONDOR, limit)
    receipt = desk.submit(order)
    looks = 0
    while receipt.status.value != "filled":
        receipt, looks = desk.find(order.client_order_id), looks + 1
        assert looks < 10

    assert receipt.average_net == limit


def test_order_when_the_price_comes_to_it_then_filled(desk, broker):
    spread = structure("+C100", "-C105")
    order = enter(spread, quote(desk, spread).natural - 1)
    assert desk.submit(order).status.value == "accepted"
    broker.set_prices({"AAPL": Decimal(95)})

    assert desk.find(order.client_order_id).status.value == "filled"


def test_order_when_canceled_then_final_and_a_second_cancel_is_refused(desk):
    receipt = desk.submit(enter(CONDOR, "-4"))
    desk.cancel(receipt)

    assert desk.find(receipt.client_order_id).status.value == "canceled"
    with pytest.raises(BrokerRejected, match="canceled already"):
        desk.cancel(receipt)


def test_order_when_sent_twice_then_it_is_one_and_other_terms_are_refused(desk, held):
    order = enter(CONDOR, quote(desk, CONDOR).natural)
    first = desk.submit(order)

    assert desk.submit(order) == first
    assert held() == {leg.instrument.symbol: leg.ratio for leg in CONDOR.legs}
    with pytest.raises(BrokerRejected, match="unique"):
        desk.submit(replace(order, units=2))


def test_exit_when_everything_is_held_then_closed_and_more_is_refused(desk, held):
    desk.submit(enter(CONDOR, quote(desk, CONDOR).natural, units=2))
    back = CONDOR.opposite()
    receipt = desk.submit(leave(CONDOR, quote(desk, back).natural, units=1))

    assert receipt.status.value == "filled"
    assert held() == {leg.instrument.symbol: leg.ratio for leg in CONDOR.legs}
    with pytest.raises(BrokerRejected, match="are held"):
        desk.submit(leave(CONDOR, quote(desk, back).natural, units=2))


def test_contracts_when_two_structures_share_one_then_it_is_netted(desk, held):
    first, second = structure("+C100", "-C105"), structure("+C105", "-C110")
    for wanted in (first, second):
        desk.submit(enter(wanted, quote(desk, wanted).natural))

    assert held() == {contract("C100").symbol: 1, contract("C110").symbol: -1}


def test_order_when_it_rests_and_its_day_ends_then_expired(desk, clock):
    order = enter(CONDOR, "-4")
    desk.submit(order)
    clock.pass_days(1)

    assert desk.find(order.client_order_id).status.value == "expired"


def test_order_when_units_fill_in_part_then_whole_units_only(make_broker):
    broker = make_broker(partial_fill_probability=Decimal(1))
    desk = broker.structures
    order = enter(CONDOR, quote(desk, CONDOR).natural, units=7)
    receipt = desk.submit(order)

    assert 0 < receipt.filled_units < 7
    assert receipt.status.value == "partially_filled"
    assert all(abs(fill.quantity) == receipt.filled_units for fill in receipt.legs)


@pytest.mark.parametrize(
    ("level", "legs", "is_taken"),
    [
        ("NOTHING", ["+C100"], False),
        ("COVERED", ["+C100"], False),
        ("COVERED", ["-P95"], True),
        ("COVERED", ["+100S", "-C105"], True),
        ("LONG", ["+C100"], True),
        ("LONG", ["+C100", "-C105"], False),
        ("SPREADS", ["+C100", "-C105"], True),
        ("SPREADS", ["-P95", "-C105"], False),
        ("SPREADS", ["-C105"], False),
        ("UNCOVERED", ["-P95", "-C105"], True),
    ],
)
def test_level_when_it_is_too_low_then_refused(make_broker, level, legs, is_taken):
    desk = make_broker(options_level=OptionsLevel[level]).structures
    wanted = structure(*legs)
    order = enter(wanted, quote(desk, wanted).natural)
    if is_taken:
        assert desk.submit(order).status.value == "filled"
    else:
        with pytest.raises(BrokerRejected, match="options level"):
            desk.submit(order)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (enter(CONDOR, "-1.005"), "2 decimal places"),
        (enter(CONDOR, "-1", units=0), "units"),
        (enter(structure("+C100", expiry=date(2025, 1, 17)), "1"), "expired"),
        (leave(CONDOR, "5"), "are held"),
    ],
)
def test_order_when_it_cannot_trade_then_refused_with_why(desk, order, told):
    with pytest.raises(BrokerRejected, match=told):
        desk.submit(order)


def test_store_when_it_fails_then_the_outcome_is_unknown_and_a_restart_knows(desk, store, make_broker):
    order = enter(CONDOR, quote(desk, CONDOR).natural)
    store.loses_answers = True
    with pytest.raises(OutcomeUnknown):
        desk.submit(order)
    store.loses_answers = False

    assert make_broker().structures.find(order.client_order_id).status.value == "filled"


def test_account_when_another_process_reads_it_then_the_same(desk, make_broker, held):
    desk.submit(enter(CONDOR, quote(desk, CONDOR).natural))
    resting = desk.submit(enter(CONDOR, "-4"))
    other = make_broker()

    assert {item.symbol: item.quantity for item in other.positions()} == held()
    assert other.structures.find(resting.client_order_id) == desk.find(resting.client_order_id)
    assert FRIDAY in other.structures.expiries("AAPL")
