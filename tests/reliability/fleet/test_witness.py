import json

import pytest

from tests.reliability.fleet.witness import Deed, changes, deeds, rivals

pytestmark = pytest.mark.unit


def test_deeds_when_a_process_died_in_one_then_it_ended_with_its_process(tmp_path):
    file = tmp_path / "leaders.jsonl"
    lines = [[1, "exits", False, 10.0], [1, "exits", True, 11.0], [1, "orders", False, 12.0]]
    file.write_text("\n".join(map(json.dumps, lines)))

    assert deeds(file, {1: 13.0}) == [Deed(1, "exits", 10.0, 11.0), Deed(1, "orders", 12.0, 13.0)]


@pytest.mark.parametrize(("began", "found"), [(10.5, 1), (11.0, 0), (20.0, 0)])
def test_rivals_when_two_processes_lead_then_only_what_went_on_at_one_time_is_found(began, found):
    done = [Deed(1, "exits", 10.0, 11.0), Deed(2, "orders", began, began + 1)]

    assert len(list(rivals(done))) == found
    assert changes(done) == 1
