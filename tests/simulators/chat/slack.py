"""A person in Slack: what he says is signed, and has to be answered within three seconds."""

import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any
from urllib.parse import urlencode

from tests.reliability.server import Answer, ask

PATIENCE_SECONDS = 3.0


class SlackPerson:
    """Speaks to a server on the loopback; answers that come later go to the origin of `receiver`."""

    def __init__(self, port: int, secret: str, origin: str, user: str = "U1") -> None:
        self._port, self._secret, self._origin, self._user = port, secret, origin, user
        self._triggers = count(1)

    def say(self, text: str) -> tuple[str, dict[str, dict[str, Any]]]:
        """Say a command; the answer's text, and its buttons by their labels."""
        form = {"command": "/gatehouse", "user_id": self._user, "text": text, **self._named()}
        answer = self._post("/slack/commands", form)
        assert answer.status == 200, answer
        assert answer.body["response_type"] == "ephemeral"
        blocks = answer.body["blocks"]
        buttons = {item["text"]["text"]: item for block in blocks[1:] for item in block["elements"]}
        return answer.body["text"], buttons

    def press(self, button: dict[str, Any]) -> str:
        """Press a button; the path at which its answer will come."""
        named = self._named()
        payload = {
            "type": "block_actions",
            "user": {"id": self._user},
            "actions": [{"action_id": button["action_id"], "value": button["value"], "type": "button"}],
            **named,
        }
        answer = self._post("/slack/actions", {"payload": json.dumps(payload)})
        assert answer.status == 200, answer
        return named["response_url"].removeprefix(self._origin)

    def _named(self) -> dict[str, str]:
        number = f"{next(self._triggers)}-{time.monotonic_ns()}"
        return {"trigger_id": number, "response_url": f"{self._origin}/commands/{number}"}

    def _post(self, path: str, form: dict[str, str]) -> Answer:
        body = urlencode(form).encode()
        at = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return ask(self._port, "POST", path, body, headers=headers, timeout_seconds=PATIENCE_SECONDS)
