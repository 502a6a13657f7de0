"""A trading day in a real server: something of everything that a screen can show."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.builders import bridge_alert, strategy_alert, trade_idea
from tests.option_bots import FAST_CONDOR
from tests.reliability.server import WEBHOOK_SECRET, Answer, Server

ACCOUNT_SECRET = "47462f2d-378c-4bf5-a016-1c1221aa0e62"
PATIENCE_SECONDS = 60


@dataclass(slots=True)
class Scene:
    """What there is to look at, by name."""

    server: Server
    tickets: dict[str, str] = field(default_factory=dict)
    structure: int = 0
    job: str = ""

    def addresses(self, path: str) -> Iterator[str]:
        """Yield where a path of the dashboard leads here."""
        if "<ticket>" in path:
            yield from (path.replace("<ticket>", ticket) for ticket in self.tickets.values())
        else:
            known = {"<bot>": "condor", "<number>": str(self.structure), "<job>": self.job}
            for place, value in known.items():
                path = path.replace(place, value)
            yield path


def play(server: Server) -> Scene:
    """Let a day's alerts come in, and wait until what takes its time is there."""
    scene = Scene(server)
    server.call("PUT", "/api/paper/prices", {"AAPL": "100", "SPY": "600", "ETH-USD": "2000"})
    server.create_bot("condor", name="Condor", **FAST_CONDOR)
    server.call("POST", f"/webhook/{ACCOUNT_SECRET}/enter/{_number(server, 'condor')}", {})
    scene.tickets["filled"] = alert(server, strategy_order_price="99.90")
    alert(server, symbol="BTC-USD", strategy_order_price="64340.15")
    alert(server, symbol="BTC-USD", strategy_order_action="sell", strategy_order_price="65210.00")
    scene.tickets["denied"] = alert(server, symbol="SPX")
    _works(server)
    _refused(server)
    scene.job = server.call("POST", "/api/jobs", {"kind": "replay", "min_confidence": "0.8"}).body["id"]
    scene.tickets["waiting"] = ask_first(server)
    scene.structure = until(lambda: _open_structure(server))
    return scene


def alert(server: Server, **changes: Any) -> str:
    """Send a strategy alert of the default bot; return its ticket."""
    answer = server.call("POST", "/webhook", strategy_alert(secret=WEBHOOK_SECRET, **changes))
    return str(answer.body["ticket"])


def ask_first(server: Server, bot: str = "careful", **changes: Any) -> str:
    """Send an idea to a bot that asks its owner first; return the ticket once it waits."""
    secret = server.create_bot(bot, name=bot.title(), approval="always")
    answer = server.call("POST", f"/webhooks/optionomics/trade-ideas?secret={secret}", trade_idea(**changes))
    ticket = str(answer.body["ticket"])
    until(lambda: server.call("GET", f"/api/tickets/{ticket}").body["status"] == "awaiting_approval")
    return ticket


def until(look: Callable[[], Any]) -> Any:
    """Look again and again until there is something; return it."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, "What was waited for has not come."
        time.sleep(0.1)
    return found


def _number(server: Server, bot: str) -> int:
    bots = server.call("GET", "/api/bots").body["bots"]
    return next(int(each["number"]) for each in bots if each["id"] == bot)


def _works(server: Server) -> Answer:
    order = bridge_alert(secret=WEBHOOK_SECRET, symbol="ETH-USD", limit_price="1900", quantity="0.5")
    return server.call("POST", "/tradingview/webhook", order)


def _refused(server: Server) -> Answer:
    return server.call("POST", "/webhook", strategy_alert(secret="not-the-secret"))


def _open_structure(server: Server) -> int:
    trades = server.call("GET", "/api/trades").body["trades"]
    return next((t["number"] for t in trades if t["structure"] and t["state"] == "open"), 0)
