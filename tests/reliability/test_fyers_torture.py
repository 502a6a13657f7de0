import pytest

from tests.reliability.fyers_stage import FyersStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


def test_server_when_it_is_killed_with_a_faulty_fyers_then_every_order_is_accounted_for(tmp_path):
    pytest.importorskip("fyers_apiv3")
    stage = FyersStage(tmp_path, seed=3, settle_seconds=30)

    report = Torture(tmp_path, 3, stage).run(kills=2, seconds=5)

    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
