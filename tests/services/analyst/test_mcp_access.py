import base64
import threading

import pytest

from app.services.analyst.mcp_access import HandshakeAnswer, McpCheck, bearer
from tests.services.analyst.builders import TOKEN, access

pytestmark = pytest.mark.integration

HELLO = {"protocolVersion": "2024-11-05", "capabilities": {}, "serverInfo": {"name": "Optionomics"}}
GOOD = [(200, {"jsonrpc": "2.0", "id": 1, "result": HELLO}), (202, b"")]


class Asked:
    """An access that answers what it is told to, when it may."""

    def __init__(self) -> None:
        self.verdicts = [HandshakeAnswer(True, "fine"), HandshakeAnswer(False, "401: no")]
        self.may_answer = threading.Event()
        self.may_answer.set()

    def verify(self) -> HandshakeAnswer:
        self.may_answer.wait(60)
        return self.verdicts.pop(0)


def test_bearer_when_made_then_it_is_the_pair_in_base64():
    assert base64.b64decode(bearer("a@b.c", "t").removeprefix("Bearer ")) == b"a@b.c:t"


def test_access_when_shown_then_its_token_is_not():
    assert bearer("owner@example.com", TOKEN) not in repr(access("http://x"))


def test_verify_when_the_server_lets_us_in_then_it_says_so(mcp):
    mcp.answers = list(GOOD)

    assert access(mcp.url).verify() == HandshakeAnswer(
        True, "200: credentials and MCP access work; the server is Optionomics."
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, b""), "OPTIONOMICS_TOKEN"),
        ((403, b""), "Vega"),
        ((500, b"broken"), "HTTP 500: broken"),
        ((200, b"<html>"), "form that we know"),
    ],
)
def test_verify_when_it_does_not_then_it_says_what_to_do(mcp, answer, words):
    mcp.answers = [answer]
    verdict = access(mcp.url).verify()

    assert not verdict.is_good
    assert words in verdict.message


def test_check_when_nothing_is_set_up_then_it_says_what_to_set():
    assert "OPTIONOMICS_TOKEN" in McpCheck(None).check()


def test_check_when_asked_often_then_the_server_is_not():
    check = McpCheck(Asked())

    assert [check.check(), check.check()] == ["ok", "ok"]


def test_check_when_its_answer_is_old_then_the_server_is_asked_again():
    check = McpCheck(Asked(), every_seconds=0)

    assert [check.check(), check.check()] == ["ok", "401: no"]


def test_check_when_the_server_is_slow_then_nobody_waits_for_it():
    asked = Asked()
    asked.may_answer.clear()
    said = McpCheck(asked).check()
    asked.may_answer.set()

    assert said == "being asked"


def test_check_when_something_unforeseen_happens_then_it_is_told_and_logged(caplog):
    asked = Asked()
    asked.verdicts = []

    assert McpCheck(asked).check() == "failed; the log has the details"
    assert "unforeseen" in caplog.text
