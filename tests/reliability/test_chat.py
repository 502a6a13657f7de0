"""Orders by chat through real servers that are killed behind the button."""

import contextlib
import random
import threading
import time

import pytest

from tests.reliability.server import Lost, Server
from tests.simulators.chat.receiver import SLACK_TOKEN, Receiver
from tests.simulators.chat.slack import SlackPerson

pytestmark = pytest.mark.integration

ROUNDS, KILLS = 5, 2
SECRET = "slack-signing-secret"


@pytest.fixture
def receiver():
    with Receiver() as listening:
        yield listening


@pytest.fixture
def server(tmp_path, receiver):
    made = Server(
        tmp_path,
        SLACK_SIGNING_SECRET=SECRET,
        CHAT_OPERATORS="slack:U1",
        CHAT_RESPONSE_HOSTS=receiver.origin,
        SLACK_BOT_TOKEN=SLACK_TOKEN,
        SLACK_CHANNEL="C0123ABCD",
        SLACK_API_URL=f"{receiver.origin}/slack",
    )
    made.start()
    try:
        assert made.call("PUT", "/api/paper/prices", {"AAPL": "190"}).status == 200
        yield made
    finally:
        made.kill()


@pytest.fixture
def person(server, receiver):
    return SlackPerson(server.port, SECRET, receiver.origin)


def until(holds, seconds: float = 15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("It did not come about.")


def told_at(receiver, path):
    return next((body["text"] for where, body in receiver.taken if where == path), None)


def test_order_by_chat_when_the_server_is_killed_behind_the_button_then_is_placed_once(
    server, person, receiver
):
    dice = random.Random(14)
    for number in range(1, ROUNDS + 1):
        text, buttons = person.say("buy AAPL 1")
        assert "Would be ordered" in text
        for _ in range(KILLS):
            killer = threading.Timer(dice.uniform(0, 0.06), server.kill)
            killer.start()
            with contextlib.suppress(Lost):
                person.press(buttons["Confirm"])
            killer.join()
            server.start()
        answer = person.press(buttons["Confirm"])
        until(lambda path=answer: told_at(receiver, path))
        until(lambda wanted=number: _bought(server) == wanted)

    tickets = server.call("GET", "/api/tickets?limit=100").body["tickets"]
    assert [ticket["status"] for ticket in tickets] == ["filled"] * ROUNDS
    (position,) = server.call("GET", "/api/positions").body["positions"]
    assert float(position["quantity"]) == ROUNDS
    assert receiver.refused == []
    assert SLACK_TOKEN not in server.log.read_text()
    assert "/commands/" not in server.log.read_text()


def test_approval_when_wanted_then_is_asked_in_the_channel_and_its_button_decides(server, person, receiver):
    server.configure_bot("default", approval="always")
    _, buttons = person.say("buy AAPL 1")
    person.press(buttons["Confirm"])
    asked = until(lambda: [body for path, body in receiver.taken if path.endswith("chat.postMessage")])

    approve = asked[0]["blocks"][1]["elements"][0]
    told = person.press(approve)

    assert until(lambda: told_at(receiver, told)).startswith("approved")
    until(lambda: _bought(server) == 1)
    assert receiver.refused == []


def _bought(server) -> int:
    tickets = server.call("GET", "/api/tickets?status=filled&limit=100").body["tickets"]
    return len(tickets)
