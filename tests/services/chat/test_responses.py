"""Where answers may go, and what happens when they cannot."""

import logging
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.domain.chat import ChatAnswer
from app.schemas.chat.discord import discord_message
from app.schemas.chat.slack import slack_message
from app.services.chat.responses import Responses
from tests.simulators.chat.receiver import Receiver

pytestmark = pytest.mark.integration

PATH = "/discord/webhooks/99/t0ken/messages/@original"


@pytest.fixture
def receiver():
    with Receiver() as listening:
        yield listening


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.evil.example/commands/1",
        "https://hooks.slack.com@evil.example/",
        "https://hooks.slack.com:8443/commands/1",
        "https://evil.example/https://hooks.slack.com/",
        "https://[broken",
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "",
    ],
)
def test_address_when_it_is_no_platform_then_nothing_is_sent(address, caplog):
    assert not Responses((), lambda _: None).post(address, {})
    assert "not allowed" in caplog.text
    assert address == "" or address not in caplog.text


@pytest.mark.parametrize(
    "address", ["https://hooks.slack.com/commands/T1/2/abc", "https://discord.com/api/v10/webhooks/1/t"]
)
def test_address_when_it_is_a_platforms_then_is_allowed(address):
    assert Responses((), lambda _: None).may_post(address)


def test_answer_when_sent_then_slack_takes_its_shape_and_no_log_has_the_address(receiver, caplog):
    responses = Responses((receiver.origin,), lambda _: None)
    # As our logs have it: urllib3 would quote addresses.
    caplog.set_level(logging.WARNING, logger="urllib3")
    with caplog.at_level(logging.DEBUG):
        assert responses.post(f"{receiver.origin}/commands/s3cret", slack_message(ChatAnswer("x" * 5000)))

    assert "s3cret" not in caplog.text


def test_edit_when_discord_has_not_read_the_promise_yet_then_comes_again(receiver):
    waited = []

    def wait(seconds):
        waited.append(seconds)
        receiver.answered.add("t0ken")

    responses = Responses((receiver.origin,), wait)

    assert responses.edit(f"{receiver.origin}{PATH}", discord_message(ChatAnswer("_" * 3000, replaces=True)))
    assert waited == [1.0]


def test_edit_when_discord_knows_nothing_of_it_then_is_given_up(receiver):
    assert not Responses((receiver.origin,), lambda _: None).edit(f"{receiver.origin}{PATH}", {})
    assert len(receiver.refused) == 3


def test_redirect_when_answered_then_is_not_followed(receiver):
    class Redirecting(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(307)
            self.send_header("Location", f"{receiver.origin}/commands/1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        with suppress(OSError):
            assert not Responses((origin, receiver.origin), lambda _: None).post(f"{origin}/commands/1", {})

    assert receiver.taken == receiver.refused == []
