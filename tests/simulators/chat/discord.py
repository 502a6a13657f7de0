"""A person in Discord: interactions are signed by the application, and want an answer in three seconds."""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.reliability.server import Answer, ask
from tests.simulators.chat.receiver import DISCORD_APPLICATION, Receiver
from tests.simulators.chat.slack import LATER_SECONDS, PATIENCE_SECONDS

KEY = Ed25519PrivateKey.from_private_bytes(b"discord-key-of-the-application-1")
PUBLIC_KEY = KEY.public_key().public_bytes_raw().hex()
GUILD, CHANNEL, USER = "2002", "3003", "700"
COMMAND, BUTTON = 2, 3
MESSAGE, LATER, LATER_IN_PLACE, IN_PLACE = 4, 5, 6, 7
EPHEMERAL = 64


class DiscordPerson:
    """Speaks to whichever server has the port now; answers that come later are edited in at the receiver."""

    name = f"discord:{USER}"

    def __init__(self, port: Callable[[], int], receiver: Receiver) -> None:
        self._port, self._receiver = port, receiver
        self._numbers = count(time.time_ns())

    def say(self, text: str) -> tuple[str, dict[str, Any]]:
        """Say a command; the answer's text, and its buttons by their labels."""
        options = [{"name": "command", "type": 3, "value": text}]
        answer, token = self._interact(
            COMMAND, {"id": "11", "name": "gatehouse", "type": 1, "options": options}
        )
        assert answer["type"] in {MESSAGE, LATER}, answer
        assert answer["data"]["flags"] == EPHEMERAL
        message = answer["data"] if answer["type"] == MESSAGE else self._edited(token, LATER_SECONDS)
        assert message is not None, "The answer was to follow."
        buttons = {item["label"]: item for row in message["components"] for item in row["components"]}
        return message["content"], buttons

    def press(self, button: dict[str, Any]) -> Callable[[], str | None]:
        """Press a button; what is returned tells the answer once it has come."""
        data = {"custom_id": button["custom_id"], "component_type": 2}
        answer, token = self._interact(BUTTON, data)
        assert answer["type"] in {MESSAGE, IN_PLACE, LATER_IN_PLACE}, answer
        if answer["type"] != LATER_IN_PLACE:
            content: str = answer["data"]["content"]
            return lambda: content
        return lambda: (self._edited(token) or {}).get("content")

    def ping(self, *, key: Ed25519PrivateKey = KEY) -> Answer:
        """Ask whether somebody is there, as Discord does with a good and a bad signature."""
        return self._post(
            {"id": "1", "application_id": DISCORD_APPLICATION, "type": 1, "token": "t", "version": 1}, key
        )

    def _edited(self, token: str, seconds: float = 0) -> dict[str, Any] | None:
        path = f"/discord/webhooks/{DISCORD_APPLICATION}/{token}/messages/@original"
        return self._receiver.posted(path, seconds)

    def _interact(self, kind: int, data: dict[str, Any]) -> tuple[dict[str, Any], str]:
        number = str(next(self._numbers))
        token = f"token-{number}"
        body = {
            "id": number,
            "application_id": DISCORD_APPLICATION,
            "type": kind,
            "data": data,
            "guild_id": GUILD,
            "channel_id": CHANNEL,
            "member": {"user": {"id": USER, "username": "somebody", "discriminator": "0"}, "roles": []},
            "token": token,
            "version": 1,
        }
        answer = self._post(body, KEY)
        assert answer.status == 200, answer
        # Only what was promised can be edited.
        self._receiver.answered.add(token)
        return answer.body, token

    def _post(self, body: dict[str, Any], key: Ed25519PrivateKey) -> Answer:
        content, at = json.dumps(body).encode(), str(int(time.time()))
        headers = {
            "X-Signature-Ed25519": key.sign(at.encode() + content).hex(),
            "X-Signature-Timestamp": at,
            "Content-Type": "application/json",
        }
        path = "/discord/interactions"
        return ask(self._port(), "POST", path, content, headers=headers, timeout_seconds=PATIENCE_SECONDS)
