"""Questions into channels, at simulators that refuse wrong shapes."""

import logging
import time
from dataclasses import replace
from uuid import UUID

import pytest

from app.wiring.announcing import announcer
from tests.simulators.chat.receiver import DISCORD_TOKEN, SLACK_TOKEN, Receiver

pytestmark = pytest.mark.integration

TICKET = UUID("019aa1e8-0000-7000-8000-000000000000")


@pytest.fixture
def receiver():
    with Receiver() as listening:
        yield listening


@pytest.fixture
def asking(settings, receiver):
    """Make an announcer that asks in both channels."""

    def make(**changes):
        chosen = replace(
            settings,
            slack_bot_token=SLACK_TOKEN,
            slack_channel="C0123ABCD",
            slack_api_url=f"{receiver.origin}/slack",
            discord_bot_token=DISCORD_TOKEN,
            discord_channel="456",
            discord_api_url=f"{receiver.origin}/discord",
        )
        return replace(announcer(replace(chosen, **changes)), pauses_seconds=(0.01, 0.01))

    return make


def test_question_when_asked_then_both_platforms_take_it_with_its_buttons(asking, receiver):
    made = asking()
    made.ask(TICKET, "default: buy 10 <!channel> @everyone")
    made.close(60)

    (slack,) = [body for path, body in receiver.taken if path == "/slack/chat.postMessage"]
    (discord,) = [body for path, body in receiver.taken if path == "/discord/channels/456/messages"]
    assert slack["channel"] == "C0123ABCD"
    assert [item["action_id"] for item in slack["blocks"][1]["elements"]] == ["approve", "reject"]
    assert [item["custom_id"] for item in discord["components"][0]["components"]] == [
        f"approve:{TICKET}",
        f"reject:{TICKET}",
    ]
    assert receiver.refused == []


def test_question_when_the_platforms_fail_once_then_is_asked_again(asking, receiver):
    receiver.failures = 2
    made = asking()
    made.ask(TICKET, "a question")
    end = time.monotonic() + 10
    while len(receiver.taken) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    made.close(60)

    assert len(receiver.taken) == 2


def test_question_when_its_token_is_refused_then_is_asked_once_and_no_log_has_the_token(
    asking, receiver, caplog
):
    made = asking(slack_bot_token="xoxb-wrong", discord_channel=None)
    with caplog.at_level(logging.DEBUG):
        made.ask(TICKET, "a question")
        made.close(60)

    assert len(receiver.refused) == 1
    assert "Slack refused it: status 200, invalid_auth." in caplog.text
    assert "xoxb-wrong" not in caplog.text


def test_question_when_nobody_listens_then_the_one_who_asks_neither_waits_nor_fails(asking):
    made = asking(slack_api_url="http://127.0.0.1:1", discord_channel=None)

    made.ask(TICKET, "a question")
    made.close(60)
    made.ask(TICKET, "a question after the end")
