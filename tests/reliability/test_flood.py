import pytest

from tests.reliability.flood import flood

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("processes", [1, 2])
def test_flood_when_every_alert_is_repeated_then_each_has_one_order_and_one_answer(tmp_path, processes):
    result = flood(tmp_path, distinct=100, identical=50, processes=processes)

    assert result.is_good, result
