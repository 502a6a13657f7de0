import pytest

from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


def test_server_when_it_is_killed_under_load_then_every_alert_is_accounted_for(tmp_path):
    report = Torture(tmp_path, seed=7).run(kills=6, seconds=20)

    assert report.findings.are_none, report.findings
    assert len(report.sent) > 50
