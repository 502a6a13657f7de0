import pytest

from tests.reliability.ideas import Ordeal, simulated

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("approval", ["off", "always"])
def test_server_when_killed_while_it_researches_then_every_idea_is_accounted_for(tmp_path, approval):
    with simulated(7) as model:
        account = Ordeal(tmp_path, 7, model).run(kills=3, approval=approval)

    assert account.findings == []
    assert account.tracebacks == 0
    assert account.orders > 0
