import pytest

from app.domain.structures.kinds import PATTERNS, StructureKind, recognise
from tests.domain.structures.builders import legs

pytestmark = pytest.mark.unit

EXAMPLES = {
    StructureKind.LONG_CALL: ["+C100"],
    StructureKind.LONG_PUT: ["+P100"],
    StructureKind.COVERED_CALL: ["+100S", "-C105"],
    StructureKind.CASH_SECURED_PUT: ["-P95"],
    StructureKind.BULL_CALL_SPREAD: ["-C105", "+C100"],
    StructureKind.BEAR_PUT_SPREAD: ["+P100", "-P95"],
    StructureKind.BULL_PUT_SPREAD: ["-P100", "+P95"],
    StructureKind.BEAR_CALL_SPREAD: ["-C100", "+C105"],
    StructureKind.LONG_STRADDLE: ["+C100", "+P100"],
    StructureKind.LONG_STRANGLE: ["+C105", "+P95"],
    StructureKind.SHORT_STRADDLE: ["-C100", "-P100"],
    StructureKind.SHORT_STRANGLE: ["-C105", "-P95"],
    StructureKind.IRON_CONDOR: ["-P95", "+P90", "-C105", "+C115"],
    StructureKind.IRON_BUTTERFLY: ["-P100", "-C100", "+P95", "+C105"],
    StructureKind.LONG_IRON_CONDOR: ["+P95", "-P90", "+C105", "-C110"],
    StructureKind.CALL_BUTTERFLY: ["+C95", "-2C100", "+C105"],
    StructureKind.PUT_BUTTERFLY: ["+P95", "-2P100", "+P105"],
    StructureKind.CALL_CALENDAR: ["-C100", "+C100/far"],
    StructureKind.PUT_CALENDAR: ["-P100", "+P100/far"],
    StructureKind.JADE_LIZARD: ["-P95", "-C105", "+C110"],
    StructureKind.COLLAR: ["+100S", "+P95", "-C105"],
}


@pytest.mark.parametrize("kind", PATTERNS)
def test_legs_when_they_have_a_name_then_it_is_told(kind):
    assert recognise(legs(*EXAMPLES[kind])) is kind


@pytest.mark.parametrize(
    "nameless",
    [
        ["+C95", "-2C100", "+C110"],
        ["+C100", "-2C105"],
        ["-C100"],
        ["+P100", "-P95/far"],
        ["-C105", "+P95", "+C110"],
        ["+100S", "+C105"],
    ],
)
def test_legs_when_they_have_none_then_custom(nameless):
    assert recognise(legs(*nameless)) is StructureKind.CUSTOM


def test_name_when_answered_to_a_command_then_in_words():
    assert StructureKind.IRON_CONDOR.words == "IRON CONDOR"
