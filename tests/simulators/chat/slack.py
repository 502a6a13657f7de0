"""A person in Slack: what he says is signed, and has to be answered within three seconds."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlencode

from app.blueprints.chat import WORKING
from tests.reliability.server import Answer, ask
from tests.simulators.chat.receiver import Receiver

PATIENCE_SECONDS = 3.0
# What takes longer is said to follow, and does.
LATER_SECONDS = 15.0
SECRET = "slack-signing-secret"


class SlackPerson:
    """Speaks to whichever server has the port now; answers that come later go to the receiver."""

    name = "slack:U1"

    def __init__(self, port: Callable[[], int], receiver: Receiver) -> None:
        self._port, self._receiver = port, receiver
        self._triggers = count(1)

    def say(self, text: str) -> tuple[str, dict[str, Any]]:
        """Say a command; the answer's text, and its buttons by their labels."""
        named = self._named()
        answer = self._post(
            "/slack/commands", {"command": "/gatehouse", "user_id": "U1", "text": text, **named}
        )
        assert answer.status == 200, answer
        told = answer.body
        if told["text"] == WORKING:
            told = self._receiver.posted(self._path(named), LATER_SECONDS)
            assert told is not None, "The answer was to follow."
        assert told["response_type"] == "ephemeral"
        buttons = {item["text"]["text"]: item for block in told["blocks"][1:] for item in block["elements"]}
        return told["text"], buttons

    def press(self, button: dict[str, Any]) -> Callable[[], str | None]:
        """Press a button; what is returned tells the answer once it has come."""
        named = self._named()
        payload = {
            "type": "block_actions",
            "user": {"id": "U1"},
            "actions": [{"action_id": button["action_id"], "value": button["value"], "type": "button"}],
            **named,
        }
        answer = self._post("/slack/actions", {"payload": json.dumps(payload)})
        assert answer.status == 200, answer
        path = self._path(named)
        return lambda: (self._receiver.posted(path) or {}).get("text")

    def _path(self, named: dict[str, str]) -> str:
        return named["response_url"].removeprefix(self._receiver.origin)

    def _named(self) -> dict[str, str]:
        number = f"{next(self._triggers)}-{time.monotonic_ns()}"
        return {"trigger_id": number, "response_url": f"{self._receiver.origin}/commands/{number}"}

    def _post(self, path: str, form: dict[str, str]) -> Answer:
        body = urlencode(form).encode()
        at = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return ask(self._port(), "POST", path, body, headers=headers, timeout_seconds=PATIENCE_SECONDS)
