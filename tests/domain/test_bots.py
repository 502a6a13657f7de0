from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.bots import BOT_ID, AnalystUse, Approval, Bot, BotConfiguration, BotSecrets, secret_digest
from app.domain.json_codec import from_json, to_json
from app.domain.trading_state import TradingState
from tests.domain.builders import NOW

pytestmark = pytest.mark.unit

OLD, NEW, OTHER = (secret_digest(text) for text in ("old", "new", "other"))
HOUR = timedelta(hours=1)
ROTATED = BotSecrets(NEW, NOW, previous_digest=OLD, previous_valid_until=NOW + HOUR)


@pytest.mark.parametrize(
    ("digest", "after", "accepted"),
    [
        (NEW, 0 * HOUR, True),
        (NEW, 1000 * HOUR, True),
        (OLD, HOUR - timedelta(microseconds=1), True),
        (OLD, HOUR, False),
        (OTHER, 0 * HOUR, False),
        ("", 0 * HOUR, False),
    ],
)
def test_secret_when_rotated_then_old_one_counts_until_its_overlap_ends(digest, after, accepted):
    assert ROTATED.accept(digest, NOW + after) is accepted


def test_secret_when_there_was_none_before_then_only_the_one():
    single = BotSecrets(NEW, NOW)

    assert single.accept(NEW, NOW)
    assert not single.accept(OLD, NOW)


def test_digest_when_secret_has_any_character_then_is_sha256():
    assert secret_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(secret_digest("\ud800é")) == 64


@pytest.mark.parametrize("name", ["a", "a1", "trend-following_2.1", "A" * 48])
def test_bot_id_when_plain_then_fits(name):
    assert BOT_ID.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", ".", "a/b", "a b", "é", "a\n", "A" * 49, "..", "a\u0430", "{{x}}"]
)
def test_bot_id_when_it_would_not_fit_a_key_then_refused(name):
    assert BOT_ID.fullmatch(name) is None


def test_bot_when_made_then_is_safe_by_default():
    bot = Bot("trend", BotSecrets(NEW, NOW), NOW)
    configuration = bot.configuration

    assert (configuration.live, configuration.analyst, configuration.approval) == (
        False,
        AnalystUse.OFF,
        Approval.OFF,
    )
    assert bot.switch.state is TradingState.ACTIVE


def test_bot_when_stored_and_taken_up_then_same():
    configuration = replace(BotConfiguration(), allowed_symbols=("AAPL",), analyst=AnalystUse.REQUIRED)
    bot = Bot("trend", ROTATED, NOW, configuration)

    assert from_json(Bot, to_json(bot)) == bot
