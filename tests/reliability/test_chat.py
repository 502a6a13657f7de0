"""What is said in chat through real servers that are killed behind the button."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.reliability.chat_stage import DISCORD_CHANNEL, ChatStage, until
from tests.simulators.chat.receiver import DISCORD_TOKEN, SLACK_TOKEN, Receiver

pytestmark = pytest.mark.integration

# How often servers die behind an order and behind its close, on either platform.
KILLS = (2, 1), (1, 0)


@pytest.fixture(scope="module", params=["one server over a file", "two over PostgreSQL"])
def stage(request, tmp_path_factory) -> Iterator[ChatStage]:
    is_one = request.param.startswith("one")
    settings = {} if is_one else {"DATABASE_URL": request.getfixturevalue("new_database")()}
    with Receiver() as receiver:
        made = ChatStage(tmp_path_factory.mktemp("chat"), receiver, 1 if is_one else 2, **settings)
        try:
            made.start()
            yield made
        finally:
            made.close()


def test_orders_by_chat_when_servers_are_killed_behind_buttons_then_each_is_placed_once(stage):
    before = {dialect: len(stage.tickets(dialect)) for dialect in ("chat", "operator")}
    for person, (at_entry, at_close) in zip(stage.people, KILLS, strict=True):
        held = stage.held()
        text, buttons = person.say("buy AAPL 1")
        assert "Would be ordered" in text
        stage.press_until_told(person, buttons["Confirm"], at_entry)
        until(lambda held=held: stage.held() == held + 1)

        text, buttons = person.say("close AAPL")
        assert "Would be closed" in text
        stage.press_until_told(person, buttons["Confirm"], at_close)
        until(lambda: stage.held() == 0)

    for dialect, known in before.items():
        # Each took one order, and none is left that has another to send.
        until(lambda kind=dialect: all(one["status"] == "filled" for one in stage.tickets(kind)))
        assert [len(ticket["orders"]) for ticket in stage.tickets(dialect)[: -known or None]] == [1, 1]
    assert_nothing_leaked(stage)


def test_states_by_chat_when_servers_are_killed_then_are_those_that_were_acknowledged_last(stage):
    told = stage.strike(lambda: stage.people[0].say("halt the news"))
    assert stage.state() == "HALTED" if told else stage.state() in {"ACTIVE", "HALTED"}

    for person in stage.people:
        assert "HALTED" in person.say("halt the news")[0]
        assert stage.state() == "HALTED"
        _, buttons = person.say("resume")
        told = stage.press_until_told(person, buttons["Confirm"], kills=1)

        assert told in {"Trading is ACTIVE.", "This was done already."}
        assert stage.state() == "ACTIVE"
    assert_nothing_leaked(stage)


def test_approval_when_wanted_then_is_asked_in_both_channels_and_a_button_decides(stage):
    held = stage.held()
    stage.server.configure_bot("default", approval="always")
    slack, discord = stage.people
    until(discord.press(discord.say("buy AAPL 1")[1]["Confirm"]))
    asked = until(lambda: stage.asked("chat.postMessage"))
    until(lambda: stage.asked(f"/channels/{DISCORD_CHANNEL}/messages"))

    told = slack.press(asked[-1]["blocks"][1]["elements"][0])

    assert until(told).startswith("approved")
    until(lambda: stage.held() == held + 1)
    stage.server.configure_bot("default", approval="off")
    assert_nothing_leaked(stage)


def test_discord_when_it_tries_the_address_then_only_its_own_signature_is_taken(stage):
    _, discord = stage.people

    assert (discord.ping().status, discord.ping().body) == (200, {"type": 1})
    assert discord.ping(key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)).status == 401


def assert_nothing_leaked(stage: ChatStage) -> None:
    assert stage.receiver.refused == []
    said = "".join(server.log.read_text() for server in stage.servers)
    for secret in (SLACK_TOKEN, DISCORD_TOKEN, "/commands/", "/webhooks/"):
        assert secret not in said
