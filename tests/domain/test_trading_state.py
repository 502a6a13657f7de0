from datetime import timedelta

import pytest

from app.domain.json_codec import from_json, to_json
from app.domain.trading_state import StateSwitch, TradingState
from tests.domain.builders import NOW

pytestmark = pytest.mark.unit

ACTIVE, REDUCING, HALTED = TradingState
UNTIL_NOW = StateSwitch(HALTED, "lunch", NOW)


@pytest.mark.parametrize(
    ("switch", "after", "state"),
    [
        (StateSwitch(), 0, ACTIVE),
        (StateSwitch(REDUCING), 10**6, REDUCING),
        (UNTIL_NOW, -1, HALTED),
        (UNTIL_NOW, 0, ACTIVE),
        (UNTIL_NOW, 1, ACTIVE),
    ],
)
def test_switch_when_its_time_comes_then_is_active_again(switch, after, state):
    assert switch.at(NOW + timedelta(microseconds=after)) is state


def test_switch_when_stored_and_taken_up_then_same():
    assert from_json(StateSwitch, to_json(UNTIL_NOW)) == UNTIL_NOW
