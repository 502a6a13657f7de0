import pytest

from tests.reliability.fleet.grounds import PostgresGround
from tests.reliability.fleet.siege import SERVERS, Siege
from tests.reliability.paper_stage import PaperStage

pytestmark = pytest.mark.integration

SEED = 7
# Three servers and two databases have to share two cores with other tests, and are slow together.
SLOWNESS = 6


def test_fleet_when_processes_and_the_database_are_killed_then_every_alert_is_accounted_for(tmp_path):
    stage = PaperStage(senders=2, settle_seconds=120)
    blows = ("one killed", "failed over", "worker killed")
    ground = PostgresGround(SERVERS, SEED)
    siege = Siege(tmp_path, SEED, stage, ground, first=blows, slowness=SLOWNESS)
    report = siege.run(kills=len(blows), seconds=120)

    assert report.findings.are_none, report.findings
    assert (report.tracebacks, report.kills) == (0, len(blows))
    assert sum(sent.is_acknowledged for sent in report.sent) > len(blows)
