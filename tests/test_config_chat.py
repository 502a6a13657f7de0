"""The settings of chat, as the environment has them."""

import pytest

from app.config import Settings
from app.errors import SettingsError

pytestmark = pytest.mark.unit

KEY = "ab" * 32
SLACK = {"SLACK_SIGNING_SECRET": "a-secret"}


def test_settings_when_given_as_text_then_speakers_and_hosts_are_read():
    settings = Settings.from_environment(
        SLACK
        | {
            "DISCORD_PUBLIC_KEY": KEY.upper(),
            "CHAT_OPERATORS": "slack:U0123ABC, discord:456",
            "CHAT_RESPONSE_HOSTS": "Chat.example,http://127.0.0.1:9000",
        }
    )

    assert settings.chat_operators == ("slack:U0123ABC", "discord:456")
    assert settings.chat_response_hosts == ("https://chat.example", "http://127.0.0.1:9000")
    assert settings.discord_public_key == KEY


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"CHAT_OPERATORS": "slack:U1"}, "SLACK_SIGNING_SECRET"),
        (SLACK | {"CHAT_OPERATORS": "slack:U1,discord:456"}, "DISCORD_PUBLIC_KEY"),
        (SLACK | {"CHAT_OPERATORS": "U1"}, "CHAT_OPERATORS"),
        (SLACK | {"CHAT_OPERATORS": "teams:U1"}, "CHAT_OPERATORS"),
        (SLACK | {"CHAT_RESPONSE_HOSTS": "https://a.example/path"}, "CHAT_RESPONSE_HOSTS"),
        (SLACK | {"CHAT_RESPONSE_HOSTS": "https://me@a.example"}, "CHAT_RESPONSE_HOSTS"),
        (SLACK | {"CHAT_BOT": "no bot"}, "CHAT_BOT"),
        ({"CHAT_BOT": "trend"}, "CHAT_BOT"),
        ({"CHAT_RESPONSE_HOSTS": "a.example"}, "CHAT_RESPONSE_HOSTS"),
        ({"CHAT_SOURCE_IPS": "10.0.0.1"}, "CHAT_SOURCE_IPS"),
        ({"DISCORD_PUBLIC_KEY": "ab"}, "DISCORD_PUBLIC_KEY"),
        (SLACK | {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_CHANNEL"),
        (SLACK | {"SLACK_CHANNEL": "C0123ABCD"}, "SLACK_BOT_TOKEN"),
        (SLACK | {"SLACK_CHANNEL": "#general", "SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_CHANNEL"),
        ({"SLACK_CHANNEL": "C0123ABCD", "SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"DISCORD_CHANNEL": "456", "DISCORD_BOT_TOKEN": "t"}, "DISCORD_PUBLIC_KEY"),
        ({"DISCORD_BOT_TOKEN": "t"}, "DISCORD_CHANNEL"),
        ({"DISCORD_APPLICATION_ID": "99"}, "DISCORD_BOT_TOKEN"),
    ],
)
def test_settings_when_nothing_would_come_of_them_then_stop_the_start(given, named):
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(given)
