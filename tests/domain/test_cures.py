import re

import pytest

from app.config import Settings
from app.domain.bot_groups import GROUPS
from app.domain.bot_keys import keys_of
from app.domain.bots import BotConfiguration
from app.domain.cures import CURES
from app.domain.reasons import Reason

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("reason", Reason)
def test_reason_when_it_is_declared_then_it_says_what_to_do(reason):
    assert CURES[reason].endswith(".")


@pytest.mark.parametrize("reason", Reason)
def test_cure_when_it_names_a_setting_or_a_key_then_there_is_one(reason):
    settings = {name.upper() for name in Settings.__dataclass_fields__}
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", CURES[reason]))
    keys = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", CURES[reason]))

    assert named <= settings
    assert keys <= set(BotConfiguration.__dataclass_fields__)


def test_groups_when_compared_with_the_keys_then_each_has_one():
    assert set(GROUPS) == set(keys_of(BotConfiguration))
