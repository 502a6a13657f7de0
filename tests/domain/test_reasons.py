import re
from pathlib import Path

import pytest

from app.domain.reasons import Reason
from app.errors import BrokerCredentialsRefused, BrokerRejected, BrokerUnavailable

pytestmark = pytest.mark.unit

APP = Path(__file__).parents[2] / "app"
SHAPE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")


def sources():
    paths = (path for path in APP.rglob("*.py") if path.name != "reasons.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_reason_when_read_then_is_category_and_condition_with_a_meaning():
    for reason in Reason:
        assert SHAPE.fullmatch(reason.value)
        assert reason.name == reason.value
        assert reason.meaning.endswith("."), reason


def test_reasons_when_listed_then_codes_and_meanings_are_unique():
    assert len({reason.value for reason in Reason.__members__.values()}) == len(Reason.__members__)
    assert len({reason.meaning for reason in Reason}) == len(Reason)


def test_reasons_when_code_is_searched_then_every_one_is_given_somewhere():
    text = sources()
    given = set(re.findall(r"\bReason\.([A-Z_]+)", text)) | set(
        re.findall(r'SymbolRefused\(\s*"([A-Z_]+)"', text)
    )
    given |= {kind.code for kind in (BrokerUnavailable, BrokerRejected, BrokerCredentialsRefused)}

    assert {reason.name for reason in Reason} <= given


def test_symbol_refusals_when_raised_then_name_a_reason():
    raised = set(re.findall(r'SymbolRefused\(\s*"([A-Z_]+)"', sources()))

    assert raised
    assert raised <= set(Reason.__members__)
