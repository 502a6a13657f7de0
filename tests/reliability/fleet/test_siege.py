import pytest

from tests.reliability.fleet.grounds import PostgresGround
from tests.reliability.fleet.siege import SERVERS, Siege
from tests.reliability.paper_stage import PaperStage

pytestmark = pytest.mark.integration


def test_servers_when_they_and_their_database_are_killed_then_every_alert_is_accounted_for(tmp_path):
    stage = PaperStage(senders=4, settle_seconds=60)

    report = Siege(tmp_path, 5, stage, PostgresGround(SERVERS, 5)).run(kills=2, seconds=15)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
