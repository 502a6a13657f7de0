import pytest

from tests.reliability.alpaca_stage import AlpacaStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


def test_server_when_it_is_killed_with_a_faulty_alpaca_then_every_order_is_accounted_for(tmp_path):
    stage = AlpacaStage(tmp_path, seed=3, settle_seconds=60)

    report = Torture(tmp_path, 3, stage).run(kills=2, seconds=4)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
