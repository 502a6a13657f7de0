import re

import pytest

from app.config import Settings
from app.domain.bot_groups import GROUPS
from app.domain.bot_keys import keys_of
from app.domain.bots import BotConfiguration
from app.domain.cures import CURES
from app.domain.reasons import Reason

pytestmark = pytest.mark.unit


def test_reason_when_it_is_declared_then_it_says_what_to_do():
    assert [reason for reason in Reason if not CURES[reason].endswith(".")] == []


def test_cure_when_it_names_a_setting_or_a_key_then_there_is_one():
    settings = {name.upper() for name in Settings.__dataclass_fields__}
    cures = "\n".join(CURES[reason] for reason in Reason)
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", cures))
    keys = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", cures))

    assert named <= settings
    assert keys <= set(BotConfiguration.__dataclass_fields__)


def test_groups_when_compared_with_the_keys_then_each_has_one():
    assert set(GROUPS) == set(keys_of(BotConfiguration))
