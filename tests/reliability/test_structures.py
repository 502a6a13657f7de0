import pytest

from tests.reliability.structure_stage import StructureStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("broker", ["paper", "alpaca"])
def test_server_when_it_is_killed_during_ladders_then_every_structure_is_accounted_for(tmp_path, broker):
    stage = StructureStage(tmp_path, 7, broker, is_short=True)
    report = Torture(tmp_path, 7, stage).run(kills=1, seconds=4)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
    assert report.done["trades"] > 0
