from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.contracts import IST, ContractKind, ContractRefused, WantedContract, find_contract
from app.domain.contracts.expiries import choose_expiry, read_date
from app.domain.contracts.strikes import read_strike
from app.domain.contracts.underlyings import find_underlying
from app.domain.reasons import Reason
from tests.domain.contracts.builders import MONDAY, at, market

OPTIONS = [contract for contract in market() if contract.strike is not None]
STYLES = ["%Y-%m-%d", "%d-%b-%Y", "%d%b%y", "%d%b%Y", "%d %b %Y", "%d-%b-%y", "%d/%b/%Y", "%Y%m%d"]
pytestmark = pytest.mark.unit


def find(underlying="NIFTY", expiry="2026-07-21", strike="25000", option_type="CE", now=MONDAY, spot="25010"):
    wanted = WantedContract(underlying, expiry, strike, option_type)
    return find_contract(market(), wanted, now, at(spot) if spot is not None else lambda _: None)


def refusal(**terms):
    with pytest.raises(ContractRefused) as refused:
        find(**terms)
    return refused.value.reason, refused.value.message


@given(
    contract=st.sampled_from(OPTIONS),
    style=st.sampled_from(STYLES),
    shown=st.sampled_from([str, str.lower, lambda text: f" {text} "]),
    prefix=st.sampled_from(["", "NSE:"]),
    number=st.sampled_from([str, float, Decimal, "{:.2f}".format]),
    short=st.booleans(),
)
def test_contract_when_asked_by_its_own_terms_then_found(contract, style, shown, prefix, number, short):
    kind = {ContractKind.CALL: ("CE", "call"), ContractKind.PUT: ("PE", "P")}[contract.kind][short]
    expiry = shown(contract.expiry.strftime(style))

    assert find(prefix + contract.underlying, expiry, number(contract.strike), kind) == contract


@pytest.mark.parametrize(
    ("text", "underlying"),
    [
        ("NSE:NIFTY", "NIFTY"),
        ("nifty", "NIFTY"),
        ("NIFTY1!", "NIFTY"),
        ("NSE:BANKNIFTY1!", "BANKNIFTY"),
        ("BANKNIFTY2!", "BANKNIFTY"),
        ("NIFTYNXT501!", "NIFTYNXT50"),
        ("NSE:CNXFINANCE", "FINNIFTY"),
        ("NSE:NIFTY50-INDEX", "NIFTY"),
        ("NSE_DLY:NIFTY", "NIFTY"),
        ("M&M", "M&M"),
        ("NSE:M_M", "M&M"),
        ("M_M1!", "M&M"),
        ("NSE:M&M-EQ", "M&M"),
        ("BAJAJ_AUTO", "BAJAJ-AUTO"),
        ("BAJAJ-AUTO", "BAJAJ-AUTO"),
        ("360ONE1!", "360ONE"),
    ],
)
def test_underlying_when_named_as_charts_do_then_known(text, underlying):
    assert find_underlying(market(), text) == underlying


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("NITFY", Reason.CONTRACT_UNKNOWN, "NIFTY"),
        ("BSE:SENSEX", Reason.CONTRACT_UNKNOWN, "NSE"),
        ("MOON:NIFTY", Reason.SYMBOL_UNKNOWN, "MOON"),
        ("\N{GREEK CAPITAL LETTER NU}IFTY", Reason.SYMBOL_MALFORMED, "symbol"),
    ],
)
def test_underlying_when_not_listed_then_refused_with_a_hint(text, reason, hint):
    code, message = refusal(underlying=text)

    assert code is reason
    assert hint in message


@pytest.mark.parametrize(
    ("word", "now", "expiry"),
    [
        ("weekly", "2026-07-20T10:00", "2026-07-21"),
        ("Weekly ", "2026-07-21T15:29:59", "2026-07-21"),
        ("weekly", "2026-07-21T15:30", "2026-07-28"),
        ("next", "2026-07-20T10:00", "2026-07-28"),
        ("NEXT", "2026-07-21T15:30", "2026-08-04"),
        ("monthly", "2026-07-20T10:00", "2026-07-28"),
        ("monthly", "2026-07-28T15:30", "2026-08-25"),
        ("monthly", "2026-07-29T00:00", "2026-08-25"),
    ],
)
def test_expiry_when_a_word_then_counted_from_now_in_india(word, now, expiry):
    moment = datetime.fromisoformat(now).replace(tzinfo=IST)

    assert f"{choose_expiry(market(), 'NIFTY', word, moment)}" == expiry


@pytest.mark.parametrize(("word", "expiry"), [("monthly", "2026-07-28"), ("next", "2026-08-25")])
def test_expiry_when_only_months_are_listed_then_weekly_is_refused_and_says_so(word, expiry):
    with pytest.raises(ContractRefused, match=r"no weekly expiry listed; write monthly.*2026-07-28"):
        choose_expiry(market(), "BANKNIFTY", "weekly", MONDAY)

    assert f"{choose_expiry(market(), 'BANKNIFTY', word, MONDAY)}" == expiry


@pytest.mark.parametrize(
    "text",
    [
        "21-07-2026",
        "21/7/2026",
        "21.07.2026",
        "21JUL26",
        "21 Jul 2026",
        "21-JUL-26",
        "20260721",
        "2026-07-21",
    ],
)
def test_date_when_it_can_be_one_day_only_then_read(text):
    assert read_date(text) == date(2026, 7, 21)


@pytest.mark.parametrize(
    "text",
    [
        *("04-08-2026", "08/04/2026", "07-21-2026", "21-07-26", "210726", "26721", "2026-7-21", "2026-02-30"),
        *("31FEB26", "21JLY26", "21-JUL 2026", "JUL26", "tomorrow", "", "weekly+1", "2026-07-21T00:00"),
    ],
)
def test_expiry_when_ambiguous_or_no_date_then_malformed(text):
    assert refusal(expiry=text)[0] is Reason.CONTRACT_MALFORMED


def test_expiry_when_ambiguous_then_told_how_to_write_it():
    assert "write 2026-08-04" in refusal(expiry="04-08-2026")[1]


def test_expiry_when_not_listed_then_nearest_are_named():
    nearest = "2026-07-21, 2026-07-28, 2026-08-04, 2026-08-25"

    assert refusal(expiry="2026-07-23") == (
        Reason.CONTRACT_UNKNOWN,
        f"NIFTY has no options that expire on 2026-07-23; the nearest are {nearest}.",
    )


def test_expiry_when_passed_then_refused():
    reason, message = refusal(now=MONDAY + timedelta(days=2))

    assert reason is Reason.CONTRACT_UNKNOWN
    assert "2026-07-28" in message


def test_expiry_when_no_word_fits_then_refused():
    end = datetime(2026, 9, 29, 10, tzinfo=IST)

    assert refusal(expiry="next", now=end) == (
        Reason.CONTRACT_UNKNOWN,
        "NIFTY has no next expiry listed.",
    )


@pytest.mark.parametrize(
    ("word", "call", "put"),
    [
        ("ATM", 25000, 25000),
        ("atm+2", 25100, 25100),
        ("ATM-1", 24950, 24950),
        ("ATM + 0", 25000, 25000),
        ("OTM1", 25050, 24950),
        ("OTM2", 25100, 24900),
        ("ITM2", 24900, 25100),
    ],
)
def test_strike_when_counted_from_the_money_then_follows_the_words(word, call, put):
    assert [find(strike=word, option_type=kind).strike for kind in ("CE", "PE")] == [call, put]


@pytest.mark.parametrize(("spot", "strike"), [("25024.99", 25000), ("25025", 25000), ("25025.01", 25050)])
def test_strike_when_at_the_money_then_nearest_and_lower_of_two(spot, strike):
    assert find(strike="ATM", spot=spot).strike == strike


def test_strike_when_a_number_then_no_price_is_asked_for():
    assert find(strike=25000, spot=None).strike == 25000


@pytest.mark.parametrize("spot", [None, "0", "-1"])
def test_strike_when_from_the_money_without_price_then_price_unknown(spot):
    assert refusal(strike="OTM1", spot=spot)[0] is Reason.PRICE_UNKNOWN


@pytest.mark.parametrize(
    ("strike", "message"),
    [
        ("25010", "NIFTY has no call of 2026-07-21 at 25010; the nearest are 25000, 25050, 24950, 25100."),
        ("ATM+99", "NIFTY has no call of 2026-07-21 at ATM+99: 24800 to 25237.5 are listed."),
        ("25000.0001", "nearest are 25000"),
    ],
)
def test_strike_when_not_listed_then_nearest_are_named(strike, message):
    reason, told = refusal(strike=strike)

    assert reason is Reason.CONTRACT_UNKNOWN
    assert message in told


def test_strike_when_no_put_is_listed_then_said():
    assert "none is listed" in refusal(underlying="M&M", expiry="monthly", strike=100, option_type="PE")[1]


@pytest.mark.parametrize(
    "strike",
    [
        *("", "ATM2", "ATM+", "ATM+1000", "OTM", "OTM0", "OTM-1", "25,000", "0", "-5", "1e5", "NaN", "٢٥٠٠٠"),
        *(0, -1, True, None, [], float("nan"), float("inf"), 1e300),
    ],
)
def test_strike_when_not_written_like_one_then_malformed(strike):
    assert refusal(strike=strike)[0] is Reason.CONTRACT_MALFORMED


@pytest.mark.parametrize("kind", ["", "CALLS", "XX", "FUT", None, 1])
def test_option_type_when_unknown_then_malformed(kind):
    assert refusal(option_type=kind)[0] is Reason.CONTRACT_MALFORMED


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_words_when_anything_then_a_contract_or_a_reason(underlying, expiry, strike, kind):
    assert isinstance(
        refusal(underlying=underlying, expiry=expiry, strike=strike, option_type=kind)[0], Reason
    )
    for read in (read_date, read_strike):
        with pytest.raises(ContractRefused):
            read(f"{expiry}?")
