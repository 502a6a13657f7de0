"""People in chat before servers that are killed behind their buttons."""

import contextlib
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.reliability.server import Lost, Server
from tests.simulators.chat.discord import PUBLIC_KEY, DiscordPerson
from tests.simulators.chat.receiver import DISCORD_APPLICATION, DISCORD_TOKEN, SLACK_TOKEN, Receiver
from tests.simulators.chat.slack import SECRET, SlackPerson

T = TypeVar("T")
SLACK_CHANNEL, DISCORD_CHANNEL = "C0123ABCD", "3003"
# By then an order on paper is over.
LONGEST_BLOW_SECONDS = 0.08
# What a killed process has begun is finished by another one: in a quarter of a minute, under load later.
PATIENCE_SECONDS = 45.0


def until(holds: Callable[[], T | None]) -> T:
    """Wait for something, and return it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("It did not come about.")


class ChatStage:
    """Servers over one store, of which the first is spoken to; one that is killed comes back by itself.

    With one server alone its return is waited for; with several another one is spoken to at once.
    """

    def __init__(self, folder: Path, receiver: Receiver, count: int = 1, **settings: str) -> None:
        self.receiver, self.dice = receiver, random.Random(14)
        self.servers = []
        for number in range(count):
            own = folder / f"server-{number}"
            own.mkdir()
            self.servers.append(Server(own, **_settings(receiver) | settings))
        self.people = [person(lambda: self.server.port, receiver) for person in (SlackPerson, DiscordPerson)]

    def start(self) -> None:
        """Start all, and let there be a price."""
        for server in self.servers:
            server.launch()
        for server in self.servers:
            server.wait_until_healthy()
        assert self.server.call("PUT", "/api/paper/prices", {"AAPL": "190"}).status == 200

    @property
    def server(self) -> Server:
        """The one that is spoken to."""
        return self.servers[0]

    def press_until_told(self, person: Any, button: dict[str, Any], kills: int) -> str:
        """Press a button behind which so many servers die, and once more: the last answer counts."""
        for _ in range(kills):
            self.strike(lambda: person.press(button))
        return until(person.press(button))

    def strike(self, act: Callable[[], T]) -> T | None:
        """Let the server die at some moment of what is done; None where it was too early for an answer."""
        killer = threading.Timer(self.dice.uniform(0, LONGEST_BLOW_SECONDS), self.server.kill)
        killer.start()
        told = None
        with contextlib.suppress(Lost):
            told = act()
        killer.join()
        self.server.launch()
        # The first is the last, and the next one has had the time of a whole blow.
        self.servers.append(self.servers.pop(0))
        self.server.wait_until_healthy()
        return told

    def held(self) -> float:
        """Return how many shares are held."""
        rows = self.server.call("GET", "/api/positions?fresh=true").body["positions"]
        return sum(float(row["quantity"]) for row in rows)

    def tickets(self, dialect: str) -> list[dict[str, Any]]:
        """Return the tickets of a dialect, the newest first."""
        rows = self.server.call("GET", "/api/tickets?limit=100").body["tickets"]
        return [ticket for ticket in rows if ticket["dialect"] == dialect]

    def asked(self, ending: str) -> list[Any]:
        """Return what was posted to an address of a platform, by how that ends."""
        return [body for path, body in list(self.receiver.taken) if path.endswith(ending)]

    def state(self) -> str:
        """Return the trading state."""
        found: str = self.server.call("GET", "/api/trading-state").body["state"]
        return found

    def close(self) -> None:
        """Stop all."""
        for server in self.servers:
            if server.is_running:
                server.kill()


def _settings(receiver: Receiver) -> dict[str, str]:
    return {
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": SLACK_TOKEN,
        "SLACK_CHANNEL": SLACK_CHANNEL,
        "SLACK_API_URL": f"{receiver.origin}/slack",
        "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
        "DISCORD_BOT_TOKEN": DISCORD_TOKEN,
        "DISCORD_CHANNEL": DISCORD_CHANNEL,
        "DISCORD_APPLICATION_ID": DISCORD_APPLICATION,
        "DISCORD_API_URL": f"{receiver.origin}/discord",
        "CHAT_OPERATORS": f"{SlackPerson.name},{DiscordPerson.name}",
        "CHAT_RESPONSE_HOSTS": receiver.origin,
    }
