"""What the clock adds up, where a part of it cannot be added up."""

import pytest

from app.services.analytics.statistics import Statistics

pytestmark = pytest.mark.unit


class Part:
    """Something that is added up, or cannot be."""

    def __init__(self, *, is_odd: bool = False) -> None:
        self.is_odd, self.runs = is_odd, 0

    def run(self, _seconds: float = 0) -> int:
        if self.is_odd:
            raise LookupError("what is this?")
        self.runs += 1
        return 1

    run_older = run


@pytest.mark.parametrize("odd", range(4))
def test_sums_when_one_kind_cannot_be_added_up_then_the_others_are(odd):
    parts = [Part(is_odd=place == odd) for place in range(4)]
    trades, alerts, *summaries = parts
    statistics = Statistics(trades, alerts, tuple(part.run for part in summaries))
    with pytest.raises(LookupError):
        statistics.run()
    with pytest.raises(LookupError):
        statistics.run_older()

    assert [part.runs for part in parts if not part.is_odd] == [2, 2, 2]
