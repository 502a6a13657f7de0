import pytest

from tests.reliability.paper_stage import PaperStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("processes", [1, 2])
def test_server_when_it_is_killed_under_load_then_every_alert_is_accounted_for(tmp_path, processes):
    report = Torture(tmp_path, 7, PaperStage(), processes=processes).run(kills=4, seconds=10)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
