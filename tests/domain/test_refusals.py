from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.gates import GATES
from app.domain.gates.gate import ask_gates, first_refusal
from app.domain.instruments import AssetClass, Instrument
from app.domain.reasons import Reason
from app.domain.refusals import age, duration, explained, money, percent, units
from tests.domain.builders import APPLE, BITCOIN, CALL, order_check

pytestmark = pytest.mark.unit

NIFTY = replace(CALL, option=replace(CALL.option, multiplier=Decimal(1)))


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("1000", "USD", "1,000 USD"),
        ("1E+3", "USD", "1,000 USD"),
        ("999.5", "USD", "999.50 USD"),
        ("0.00012340", "USD", "0.0001234 USD"),
        ("64340.1", "INR", "64,340.10 INR"),
        ("-5", "USD", "-5 USD"),
        ("0.1234567891234", "EUR", "0.12345679 EUR"),
        ("7", None, "7"),
    ],
)
def test_money_when_told_then_has_separators_and_currency(value, currency, text):
    assert money(Decimal(value), currency) == text


@pytest.mark.parametrize(
    ("quantity", "instrument", "text"),
    [
        ("10", APPLE, "10 shares"),
        ("1", APPLE, "1 share"),
        ("1500.5", APPLE, "1,500.5 shares"),
        ("2", CALL, "2 contracts"),
        ("65", NIFTY, "65 units"),
        ("0.050", BITCOIN, "0.05 BTC"),
        ("3", Instrument("EUR-USD", AssetClass.FOREX), "3 EUR"),
        ("1", Instrument("ESM26", AssetClass.FUTURE), "1 contract"),
        ("2", None, "2"),
        ("-0.0", None, "0"),
        ("1.50E+3", None, "1,500"),
        ("0.0000000004", BITCOIN, "0.0000000004 BTC"),
    ],
)
def test_quantity_when_told_then_in_the_instruments_own_unit(quantity, instrument, text):
    assert units(Decimal(quantity), instrument) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45.23, "45.2 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3 * 3600 + 60, "3 h 1 min"),
        (2 * 86400 + 3600, "2 d 1 h"),
    ],
)
def test_time_when_told_then_as_a_duration(seconds, text):
    assert duration(seconds) == text


def test_age_when_in_the_future_then_told_as_ahead():
    assert (age(timedelta(seconds=61)), age(timedelta(seconds=-61))) == ("1 min 1 s old", "1 min 1 s ahead")


def test_fraction_when_told_then_as_a_percentage():
    assert percent(Decimal("0.0201")) == "2.01 %"


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        (
            "1,000 USD, limit 100 USD",
            "The order is worth more than the limit allows: 1,000 USD, limit 100 USD.",
        ),
        ("It says why.", "The order is worth more than the limit allows. It says why."),
        (None, None),
        (Reason.NOTIONAL_EXCEEDS_LIMIT.meaning, Reason.NOTIONAL_EXCEEDS_LIMIT.meaning),
    ],
)
def test_refusal_when_explained_then_starts_with_the_reasons_sentence(detail, message):
    assert explained(Reason.NOTIONAL_EXCEEDS_LIMIT, detail) == message


def test_refusal_when_explained_twice_then_says_its_sentence_once():
    once = explained(Reason.QUANTITY_ZERO, "smallest step 1 share")

    assert explained(Reason.QUANTITY_ZERO, once) == once


def test_reason_when_declared_then_is_one_sentence():
    for meaning in (reason.meaning for reason in Reason):
        assert meaning[0].isupper(), meaning
        assert meaning.endswith("."), meaning
        assert ". " not in meaning


def test_gates_when_they_pass_or_refuse_then_no_detail_shows_a_bare_exponent():
    verdicts = ask_gates(order_check(limits={"max_order_notional": Decimal("1E+2")}), GATES)

    assert first_refusal(verdicts).detail == "1,000 USD, limit 100 USD"
