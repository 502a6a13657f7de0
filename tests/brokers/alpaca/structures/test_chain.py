from datetime import date
from decimal import Decimal

import pytest

from app.domain.instruments import AssetClass, Instrument
from app.domain.structures.levels import OptionsLevel
from app.errors import BrokerUnavailable
from tests.brokers.paper.structures.builders import contract
from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.chains import EXPIRIES, STRIKES, list_chain

pytestmark = pytest.mark.integration
FRIDAY = date(2025, 3, 21)
AAPL, MSFT = Instrument("AAPL", AssetClass.EQUITY), Instrument("MSFT", AssetClass.EQUITY)


def calls(fake, path):
    return [request for request in fake.requests if request.path.endswith(path)]


@pytest.fixture
def one(desk):
    """Read one contract of the chain."""

    def read(text):
        found = desk.chain("AAPL", [FRIDAY]).contracts
        return next(each for each in found if each.instrument.symbol == contract(text).symbol)

    return read


def test_expiries_when_listed_then_all_days_by_a_handful_of_contracts(desk, fake):
    assert desk.expiries("AAPL") == list(EXPIRIES)
    (asked,) = calls(fake, "/options/contracts")
    # Without both ends Alpaca shows nothing beyond the weekend.
    assert {"expiration_date_gte", "expiration_date_lte"} <= set(asked.query)


def test_expiries_when_asked_again_on_the_same_day_then_from_memory_and_anew_tomorrow(desk, fake, clock):
    desk.expiries("AAPL")
    clock.pass_days(0.2)
    desk.expiries("AAPL")
    assert len(calls(fake, "/options/contracts")) == 1
    clock.pass_days(1)
    desk.expiries("AAPL")
    assert len(calls(fake, "/options/contracts")) == 2


def test_expiries_when_the_close_has_passed_then_that_day_is_over_whatever_the_list_says(desk, fake, clock):
    clock.now = clock.now.replace(day=14, hour=19, minute=59)
    assert desk.expiries("AAPL")[0] == EXPIRIES[0]
    clock.now = clock.now.replace(hour=20, minute=0)
    assert desk.expiries("AAPL")[0] == EXPIRIES[1]
    assert not any(each.is_tradable for each in desk.chain("AAPL", EXPIRIES[:1]).contracts)


def test_underlying_when_without_a_price_then_nothing_is_listed(desk):
    assert desk.expiries("ZZZ") == []
    assert desk.chain("ZZZ", [FRIDAY]) is None


def test_chain_when_read_then_quotes_greeks_interest_and_volume_are_joined(desk, fake, one):
    found = one("C105")

    assert found.terms == contract("C105").option
    assert found.quote.is_two_sided
    assert found.quote.at is not None
    assert (found.delta, found.is_computed) == (Decimal("0.2436"), False)
    assert (found.open_interest, found.volume) == (237, 100)
    assert (found.is_tradable, found.is_standard) == (True, True)
    assert desk.chain("AAPL", [FRIDAY]).price == 100


def test_chain_when_read_again_then_contracts_are_remembered_and_quotes_for_seconds(desk, fake, clock):
    for seconds in (0, 1, 5):
        clock.now = clock.now.replace(second=seconds)
        chain = desk.chain("AAPL", [FRIDAY])
    assert len(chain.contracts) == 2 * len(STRIKES)
    assert chain.at == clock.now
    assert len(calls(fake, "/snapshots/AAPL")) == 2
    assert len(calls(fake, "/options/contracts")) == 1


def test_chain_when_of_two_days_then_one_call_each_and_the_free_feed(desk, fake):
    assert {each.terms.expiry for each in desk.chain("AAPL", EXPIRIES[1:]).contracts} == set(EXPIRIES[1:])
    asked = calls(fake, "/snapshots/AAPL")
    assert [each.query["feed"] for each in asked] == ["indicative", "indicative"]


def test_chain_when_it_has_pages_then_all_of_them_are_read(desk, fake):
    strikes = [Decimal(50) + Decimal(step) / 10 for step in range(600)]
    list_chain(fake, "AAPL", Decimal(100), [FRIDAY], strikes)

    assert len(desk.chain("AAPL", [FRIDAY]).contracts) == 2 * len({*strikes, *STRIKES})
    assert len(calls(fake, "/snapshots/AAPL")) == 2


def test_greeks_when_absent_then_computed_and_marked(desk, fake, one):
    fake.options.greeks.clear()
    put, call = one("P95"), one("C105")

    assert put.is_computed
    assert call.is_computed
    assert put.delta == pytest.approx(Decimal("-0.22"), abs=Decimal("0.02"))
    assert call.implied_volatility == pytest.approx(Decimal("0.3"), abs=Decimal("0.02"))


@pytest.mark.parametrize("part", ["latestQuote", "dailyBar", "greeks", "latestTrade"])
def test_snapshot_when_a_part_is_missing_then_the_rest_is_told(fake, one, part):
    fake.options.silent.add(part)
    found = one("C105")

    assert found.quote.is_two_sided is (part != "latestQuote")
    assert found.volume == (None if part == "dailyBar" else 100)
    assert found.delta is not None


def test_snapshot_when_nothing_is_told_then_no_delta_is_guessed(fake, one):
    fake.options.silent |= {"latestQuote", "greeks", "impliedVolatility", "dailyBar"}
    fake.options.greeks.clear()

    assert (one("C105").delta, one("C105").mid) == (None, None)


def test_volume_when_the_last_bar_is_of_another_day_then_nothing_was_traded_today(fake, one, clock):
    clock.pass_days(1)

    assert one("C105").volume == 0


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"tradable": False}, (False, True)),
        ({"multiplier": "50"}, (True, False)),
        ({"root_symbol": "AAPL1"}, (True, False)),
        ({"style": "european"}, (True, False)),
        ({"deliverables": [{"amount": "150"}]}, (True, False)),
        ({"deliverables": [{"amount": "0", "type": "cash"}]}, (True, False)),
        ({"deliverables": [{"amount": "100"}, {"amount": "10"}]}, (True, False)),
        ({"deliverables": [{"amount": "100"}]}, (True, True)),
        ({"open_interest": None}, (True, True)),
    ],
)
def test_contract_when_its_terms_are_unusual_then_marked(fake, one, facts, expected):
    usual = {
        "type": "equity",
        "symbol": "AAPL",
        "amount": "100",
        "allocation_percentage": "100",
        "settlement_type": "T+1",
        "settlement_method": "CCC",
        "delayed_settlement": False,
    }
    if "deliverables" in facts:
        facts = {"deliverables": [usual | each for each in facts["deliverables"]]}
    fake.options.facts[contract("C105").symbol] = facts
    found = one("C105")

    assert (found.is_tradable, found.is_standard) == expected


def test_contract_when_one_of_another_root_has_the_same_terms_then_the_usual_one_stands(desk, fake):
    adjusted = "AAPL1250321C00105000"
    fake.exchange.catalogue.list(Asset(adjusted))
    chain = desk.chain("AAPL", [FRIDAY])

    assert contract("C105").symbol in {each.instrument.symbol for each in chain.contracts}


def test_quotes_when_many_are_asked_for_then_a_hundred_names_a_call(desk, fake):
    strikes = [Decimal(50) + Decimal(step) / 2 for step in range(130)]
    list_chain(fake, "AAPL", Decimal(100), [FRIDAY], strikes)
    wanted = [each.instrument for each in desk.chain("AAPL", [FRIDAY]).contracts]
    found = desk.quotes([AAPL, MSFT, *wanted[:250]])

    assert len(found) == 252
    assert len(calls(fake, "/options/quotes/latest")) == 3
    assert found["AAPL"].bid == 100


def test_quotes_when_nobody_bids_then_that_side_is_none_and_unknown_ones_are_left_out(desk, fake):
    fake.market.move(contract("P80").symbol, Decimal("0.02"), bid=Decimal(0), ask=Decimal("0.05"))
    found = desk.quotes([contract("P80"), contract("P80", date(2026, 1, 16))])

    assert list(found) == [contract("P80").symbol]
    quote = found[contract("P80").symbol]
    assert (quote.bid, quote.ask) == (None, Decimal("0.05"))


@pytest.mark.parametrize(
    ("approved", "configured", "level"),
    [(3, 3, "SPREADS"), (3, 1, "COVERED"), (2, 3, "LONG"), (0, 0, "NOTHING")],
)
def test_level_when_approved_and_configured_differ_then_the_lower_counts(
    desk, fake, approved, configured, level
):
    fake.exchange.account.approved_level, fake.exchange.account.options_level = approved, configured

    assert desk.level() is OptionsLevel[level]


def test_level_when_asked_often_then_read_once_a_minute(desk, fake, clock):
    for seconds in (0, 30, 59):
        clock.now = clock.now.replace(second=seconds)
        desk.level()
    assert len(calls(fake, "/v2/account")) == 1
    clock.now = clock.now.replace(minute=1)
    fake.exchange.account.options_level = 1
    assert desk.level() is OptionsLevel.COVERED


@pytest.mark.parametrize("feed", ["opra", "indicative"])
def test_feed_when_set_then_asked_for(connect_alpaca, fake, feed):
    fake.options.has_opra = True
    desk = connect_alpaca(options_feed=feed).structures
    desk.quotes([contract("C100")])
    desk.chain("AAPL", [FRIDAY])

    asked = [request.query.get("feed") for request in fake.requests if "/options/" in request.path]
    assert [each for each in asked if each is not None] == [feed, feed]


def test_feed_when_it_is_not_subscribed_to_then_unavailable_with_alpacas_words(connect_alpaca, fake):
    desk = connect_alpaca(options_feed="opra").structures
    with pytest.raises(BrokerUnavailable, match="OPRA"):
        desk.quotes([contract("C100")])
