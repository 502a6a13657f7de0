import datetime as dt
from datetime import date
from decimal import Decimal

import pytest

from app.domain.contracts import ContractIndex, ContractKind, IndexUnreadable, read_master
from app.domain.symbols import parse_symbol
from tests.domain.contracts.builders import MONTHS, SAMPLE, WEEKS, index_of, market, row

CALL, PUT, FUTURE = ContractKind.CALL, ContractKind.PUT, ContractKind.FUTURE
DAY = date(2026, 7, 21)
pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def sample():
    return read_master(SAMPLE.encode(), {"NSE:NIFTY2672129450CE": Decimal(1800)}, fewest_rows=1)


def test_find_when_listed_then_everything_is_the_rows(sample):
    found = sample.find("NIFTY", DAY, Decimal("29450.00"), CALL)

    assert found.ticker == "NSE:NIFTY2672129450CE"
    assert (found.lot_size, found.tick, found.freeze_quantity) == (65, Decimal("0.05"), 1800)


def test_instrument_when_made_then_has_canonical_name_lot_and_tick(sample):
    instrument = sample.find("NIFTY", DAY, Decimal(29450), CALL).instrument

    assert (instrument.symbol, instrument.venue, instrument.multiplier) == ("NIFTY260721C29450000", "nse", 1)
    assert (instrument.quantity_increment, instrument.price_tick) == (65, Decimal("0.05"))


def test_instrument_when_parsed_by_name_then_is_the_same_contract():
    for contract in market():
        known = parse_symbol(contract.instrument.symbol, exchange="nse")
        assert (known.option, known.asset_class) == (
            contract.instrument.option,
            contract.instrument.asset_class,
        )


def test_contracts_when_looked_up_in_every_way_then_are_themselves():
    index = market()
    for contract in index:
        assert index.find(contract.underlying, contract.expiry, contract.strike, contract.kind) == contract
        assert index.find_ticker(contract.ticker) == contract
        assert index.find_canonical(contract.instrument.symbol) == contract


@pytest.mark.parametrize(
    "terms",
    [
        ("NIFTY", DAY, Decimal(29450), PUT),
        ("NIFTY", DAY, Decimal(29451), CALL),
        ("NIFTY", DAY, Decimal("29450.0001"), CALL),
        ("NIFTY", date(2026, 7, 22), Decimal(29450), CALL),
        ("NIFTY", DAY, None, FUTURE),
        ("NIFT", DAY, Decimal(29450), CALL),
    ],
)
def test_find_when_a_term_differs_then_nothing(sample, terms):
    assert sample.find(*terms) is None


@pytest.mark.parametrize(
    "symbol", ["", "C", "NIFTY260721C2945000", "NIFTY260740C29450000", "NIFTY260721X29450000", "NIFTY"]
)
def test_find_canonical_when_no_such_name_then_nothing(sample, symbol):
    assert sample.find_canonical(symbol) is None


def test_expiry_when_hours_differ_then_one_day():
    rows = [row("SBIN", DAY, 600, "CE"), row("SBIN", DAY, 600, "PE", at=dt.time(15, 40))]

    assert index_of(rows).expiries("SBIN") == [DAY]


def test_lists_when_asked_then_in_order():
    index = market()

    assert index.expiries("NIFTY") == WEEKS
    assert index.strikes("NIFTY", DAY, CALL)[-3:] == [Decimal(25150), Decimal(25200), Decimal("25237.5")]
    assert [contract.expiry for contract in index.futures("M&M")] == MONTHS
    assert index.strikes("M&M", MONTHS[0], PUT) == []


def test_monthly_when_asked_then_last_of_its_month():
    assert [day for day in WEEKS if market().is_monthly("NIFTY", day)] == [*MONTHS, WEEKS[-1]]
    assert not market().is_monthly("NIFTY", date(2026, 7, 30))


def test_packed_when_unpacked_then_the_same(sample):
    again = ContractIndex.unpack(sample.pack())

    assert list(again) == list(sample)
    assert again.underlyings == sample.underlyings


@pytest.mark.parametrize("damage", [lambda packed: packed[:-9], lambda _: b"", lambda _: b"{}"])
def test_packed_when_damaged_then_refused(sample, damage):
    with pytest.raises(IndexUnreadable):
        ContractIndex.unpack(damage(sample.pack()))


def test_index_when_full_size_then_what_was_packed_is_found_again(full_master):
    loaded = ContractIndex.unpack(read_master(full_master).pack())
    some = list(loaded)[::100]

    assert [loaded.find_ticker(contract.ticker) for contract in some] == some
