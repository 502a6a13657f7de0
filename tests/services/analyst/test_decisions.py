import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.opinions import Action, is_same_symbol
from app.domain.reasons import Reason
from app.logs import register_secrets
from app.services.analyst.base import NoDecision
from app.services.analyst.decisions import read_decision
from tests.services.analyst.builders import decision, question

pytestmark = pytest.mark.unit


def refusal(text: str, **changes) -> NoDecision:
    with pytest.raises(NoDecision) as refused:
        read_decision(text, question(**changes))
    return refused.value


def test_decision_when_it_is_as_it_must_be_then_it_is_read():
    read = read_decision(json.dumps(decision()), question())

    assert (read.action, read.symbol, read.notional_usd) == (Action.BUY, "NVDA", Decimal(200))
    assert (read.rationale, read.risk_notes) == ("Flow supports it.", ("Earnings are near.",))


def test_decision_when_numbers_are_fine_then_no_float_has_touched_them():
    text = json.dumps(decision()).replace("200", "200.10").replace("0.8", "0.7200000000001")
    read = read_decision(text, question())

    assert (read.confidence, read.notional_usd) == (Decimal("0.7200000000001"), Decimal("200.1"))


@pytest.mark.parametrize("confidence", ["0", "1", "1.0", "-0", "-0.0", "1E0", "0.000000000001"])
def test_confidence_when_within_its_bounds_then_it_is_read(confidence):
    text = json.dumps(decision()).replace("0.8", confidence)

    assert read_decision(text, question()).confidence == Decimal(confidence)


@pytest.mark.parametrize(
    "confidence",
    [
        *("1.0000000001", "-0.0000001", "1e999999999", "1e-999999999", "1e9", f"0.{'0' * 20}1", "NaN"),
        *("Infinity", "-Infinity", "true", "null", '"0.8"', "[]", "{}", "08", "0x1", "+1", "0" * 400, "1_0"),
        "0." + "1" * 40,
    ],
)
def test_confidence_when_it_is_none_then_the_answer_is_refused(confidence):
    text = json.dumps(decision()).replace("0.8", confidence)

    assert refusal(text).failure.code is Reason.OPINION_UNPARSABLE


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in decision()),
        *(
            {"action": action}
            for action in ("BUY", "sell", "", 1, True, [], "buy\u200b", "\uff42\uff55\uff59")
        ),
        *({"notional_usd": notional} for notional in (-1, "250", True, 10**13, [250])),
        *({"rationale": text} for text in (1, [], "x" * 2001, "a\u202eb", "\x1b[31m", "\x00", "a\u200bb")),
        *({"risk_notes": notes} for notes in ("x", [1], ["x"] * 21, ["x" * 501], {}, ["\u2066"])),
        *({name: "x"} for name in ("order", "symbol ", "Symbol", "option_symbol", "__proto__")),
    ],
)
def test_decision_when_anything_is_not_as_it_must_be_then_all_of_it_is_refused(changes):
    assert refusal(json.dumps(decision(**changes))).failure.code is Reason.OPINION_UNPARSABLE


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "null", "[]", "[1", "Buy it!", '"buy"', "1", "{}", "{", "[" * 20_000, "x" * 30_000),
        "```json\n" + json.dumps(decision()) + "\n```",
        json.dumps(decision()) * 2,
        json.dumps(decision()) + "\nP.S. buy more",
        json.dumps(decision())[:-1] + ', "symbol": "NVDA"}',
        json.dumps([decision()]),
        json.dumps({"decision": decision()}),
        json.dumps(decision()).replace('"', "'"),
        "\ufeff" + json.dumps(decision()),
    ],
)
def test_decision_when_it_is_not_one_json_object_then_it_is_refused(text):
    assert refusal(text).failure.code is Reason.OPINION_UNPARSABLE


@pytest.mark.parametrize(
    "symbol",
    [
        "TSLA",
        "",
        "NVD",
        "NVDA.X",
        "NVDA260619C00150000",
        "\uff2e\uff36\uff24\uff21",
        "NVD\u0410",
        "NVDA TSLA",
    ],
)
def test_symbol_when_another_is_meant_then_the_answer_counts_for_nothing(symbol):
    assert refusal(json.dumps(decision(symbol=symbol))).failure.code is Reason.OPINION_SYMBOL_MISMATCH


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("nvda ", "NVDA"),
        ("NASDAQ:NVDA", "NVDA"),
        ("BRK-B", "BRK.B"),
        ("BTCUSD", "BTC/USD"),
        ("BTC-USD", "BTC/USD"),
    ],
)
def test_symbol_when_written_otherwise_then_it_is_the_same(said, asked):
    assert is_same_symbol(said, asked)
    assert read_decision(json.dumps(decision(symbol=said)), question(symbol=asked)).symbol == asked


def test_text_when_the_model_quotes_a_secret_then_nobody_reads_it():
    register_secrets("our-secret-of-tools")
    read = read_decision(json.dumps(decision(rationale="I saw our-secret-of-tools.")), question())

    assert read.rationale == "I saw ***."


def test_text_when_it_has_line_breaks_then_it_becomes_one_line():
    assert read_decision(json.dumps(decision(rationale="a\n\tb ")), question()).rationale == "a b"


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_decision_when_it_is_any_text_then_it_is_refused_and_nothing_else_happens(text):
    assert refusal(text).failure.message.isprintable()
