import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.structures.commands import units_trimmed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("units", "trim", "closed"),
    [(10, 20, 2), (10, 25, 3), (1, 10, 1), (3, 34, 2), (3, 100, 3), (3, None, 3), (7, 1, 1)],
)
def test_trim_when_it_is_no_whole_number_then_rounded_up(units, trim, closed):
    assert units_trimmed(units, trim) == closed


@given(st.integers(1, 1000), st.integers(1, 100))
def test_trim_when_any_percentage_then_between_one_and_all(units, trim):
    assert 1 <= units_trimmed(units, trim) <= units
