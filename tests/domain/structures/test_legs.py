import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reasons import Reason
from app.domain.structures.legs import Leg, StructureRefused, compose
from tests.domain.structures.builders import leg, option, shares

pytestmark = pytest.mark.unit


@given(st.integers(1, 50))
def test_ratios_when_they_have_a_common_divisor_then_it_is_the_units(units):
    condor = [leg(text) for text in ("+P90", "-P95", "-C105", "+C110")]
    structure, count = compose([Leg(one.instrument, one.ratio * units) for one in condor])
    assert count == units
    assert [one.ratio for one in structure.legs] == [1, -1, -1, 1]


def test_covered_calls_when_three_then_three_units_of_a_hundred_shares():
    structure, count = compose([Leg(shares(), 300), Leg(option("C", "100"), -3)])
    assert count == 3
    assert [one.ratio for one in structure.legs] == [100, -1]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ([], "0 legs"),
        ([leg(f"+C{strike}") for strike in (1, 2, 3, 4, 5)], "5 legs"),
        ([Leg(option("C", "100"), 0)], "zero"),
        ([Leg(shares(), 100)], "None of its legs is an option"),
        ([leg("+C100"), leg("-C100")], "stands in two legs"),
        ([leg("+C100"), Leg(option("C", "100", underlying="QQQ"), 1)], "different underlyings: QQQ, SPY"),
        ([leg("+C100"), Leg(shares("QQQ"), 100)], "different underlyings"),
    ],
)
def test_legs_when_they_make_no_structure_then_refused_with_what_is_wrong(made, told):
    with pytest.raises(StructureRefused, match=told) as refused:
        compose(made)
    assert refused.value.reason is Reason.STRUCTURE_MALFORMED
