import pytest

from app.domain.audit import audited_switch, differences
from app.domain.bot_views import audited_change
from app.domain.trading_state import StateSwitch, TradingState

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3})),
        ({"a": 1}, {"a": 1}, ({}, {})),
        ({"a": None}, {}, ({"a": None}, {})),
        ({}, {"a": None}, ({}, {"a": None})),
        (None, {"a": 1}, (None, {"a": 1})),
        ({"a": 1}, None, ({"a": 1}, None)),
        (None, None, (None, None)),
    ],
)
def test_differences_when_told_then_only_what_differs_and_whole_what_came_or_went(before, after, told):
    assert differences(before, after) == told


def test_switch_when_told_then_by_the_names_that_a_bot_has_for_it():
    switch = StateSwitch(TradingState.HALTED, "news")

    assert audited_switch(switch) == {"state": "HALTED", "state_reason": "news", "state_until": None}


def test_bot_when_its_secret_changes_then_neither_it_nor_its_digest_is_told(services):
    before, _ = services.operations.bots.get("default")
    services.operations.bots.rotate_secret("default")
    after, _ = services.operations.bots.get("default")
    told = differences(*audited_change(before, after))

    assert (told[0], set(told[1])) == ({}, {"secret", "previous_valid_until"})
    assert after.secrets.digest not in str(told)
