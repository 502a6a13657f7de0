"""`flask chat register-discord` against a Discord that refuses wrong shapes, tokens and names."""

import logging

import pytest

from tests.simulators.chat.receiver import (
    DISCORD_APPLICATION,
    DISCORD_TOKEN,
    UNKNOWN_APPLICATION,
    Receiver,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def receiver():
    with Receiver() as listening:
        yield listening


@pytest.fixture
def register(make_app, receiver):
    """Run the command with these settings beside those of the simulated Discord."""

    def run(**changes):
        settings = {
            "discord_application_id": DISCORD_APPLICATION,
            "discord_bot_token": DISCORD_TOKEN,
            "discord_api_url": f"{receiver.origin}/discord",
        }
        app = make_app(**settings | changes)
        return app.test_cli_runner().invoke(args=["chat", "register-discord"])

    return run


def test_command_when_registered_again_then_there_is_one_and_it_keeps_its_id(register, receiver):
    results = [register(), register()]
    (command,) = receiver.commands.values()

    assert [(each.exit_code, each.output) for each in results] == [
        (0, "Discord knows /gatehouse; it may take a minute until it is offered.\n")
    ] * 2
    assert (command["id"], command["name"], len(receiver.taken)) == ("1", "gatehouse", 2)
    assert receiver.refused == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"discord_bot_token": "wrong-token"}, "Discord does not take DISCORD_BOT_TOKEN"),
        ({"discord_application_id": "7777"}, "must be those of one application"),
        ({"discord_application_id": UNKNOWN_APPLICATION}, "look at DISCORD_APPLICATION_ID"),
        ({"discord_api_url": "http://127.0.0.1:1"}, "Discord does not answer (ConnectionError)"),
        ({"discord_application_id": None}, "Set DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN first"),
        (
            {"discord_application_id": None, "discord_bot_token": None},
            "Set DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN first",
        ),
    ],
)
def test_command_when_it_cannot_be_registered_then_one_sentence_says_why(register, receiver, changes, said):
    result = register(**changes)

    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert receiver.commands == {}


@pytest.mark.parametrize(
    ("status", "said"), [(429, "try it again in a minute"), (503, "Discord refused it: status 503")]
)
def test_command_when_discord_is_busy_then_it_is_asked_once_and_that_is_said(
    register, receiver, status, said
):
    receiver.failures, receiver.failure_status = 1, status

    assert said in register().output
    assert len(receiver.refused) == 1


@pytest.mark.parametrize("changes", [{}, {"discord_bot_token": "wrong-token"}])
def test_token_when_it_is_sent_then_stands_in_no_log_and_in_no_output(register, caplog, changes):
    with caplog.at_level(logging.DEBUG):
        result = register(**changes)

    for token in (DISCORD_TOKEN, "wrong-token"):
        assert token not in caplog.text
        assert token not in result.output
