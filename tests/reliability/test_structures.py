import pytest

from tests.reliability.structure_stage import StructureStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


def test_server_when_it_is_killed_during_ladders_then_every_structure_is_accounted_for(tmp_path):
    report = Torture(tmp_path, 7, StructureStage(7)).run(kills=2, seconds=6)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
    assert report.struck["trades"] > 0
