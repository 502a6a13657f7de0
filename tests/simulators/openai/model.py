"""The model: asks tools, then decides; without judgement of its own when it is told to obey."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulators.openai import functions
from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.hosted import Server, connected
from tests.simulators.openai.obedience import demanded_calls, obeyed
from tests.simulators.openai.reading import Idea, Item, Turn
from tests.simulators.openai.schemas import filled
from tests.simulators.openai.shapes import Draft, message, output_text

Decision = dict[str, Any]
Decide = Callable[[Idea, Turn], Decision]
Plan = Callable[[Idea, list[str]], list[str]]

MOST_ROUNDS = 3
PREAMBLE = "I will look at the evidence on"
FAVOURITES = ("quote", "options_flow", "news")
ACTIONS = {
    "bullish": "buy",
    "bearish": "sell_short",
    "buy": "buy",
    "long": "buy",
    "sell": "sell_short",
    "short": "sell_short",
}


def sensible(idea: Idea, turn: Turn) -> Decision:
    """Go the way that the idea points, at the notional that the prompt allows."""
    way = next((str(idea[key]) for key in ("direction", "action", "side") if key in idea), "")
    action = ACTIONS.get(way.lower(), "skip")
    return {
        "action": action,
        "symbol": turn.symbol,
        "notional_usd": 0.0 if action == "skip" else turn.most_notional,
        "confidence": 0.84,
        "rationale": f"The idea is {way or 'unclear'}; {len(turn.told)} tool results were read.",
        "risk_notes": ["simulated"],
    }


def favourites(idea: Idea, names: list[str]) -> list[str]:
    """Choose the tools to ask about an idea."""
    return [] if not idea else [name for name in FAVOURITES if name in names] or names[:2]


@dataclass(slots=True)
class Model:
    """How the next requests are thought about; assign to its fields at any time.

    With `phases` it comments before it calls functions and before it answers, and marks the answer as final.
    """

    obey: bool = False
    phases: bool = False
    decide: Decide = sensible
    plan: Plan = favourites
    reaches_loopback: bool = True
    mcp_timeout_seconds: float = 30.0

    def generate(self, turn: Turn, oddity: Behaviour | None) -> Draft:
        """Think about a turn; raise Refused when an MCP server does not list its tools."""
        with connected(
            turn, reaches_loopback=self.reaches_loopback, timeout=self.mcp_timeout_seconds
        ) as servers:
            output = [server.listing for server in servers if server.fresh]
            turn.items.extend(output)
            output = output + self._hosted(turn, servers)
        if any(item["type"] == "mcp_approval_request" for item in output):
            return Draft(output)
        calls = functions.calls(turn, self.plan, oddity, obey=self.obey)
        if calls:
            return Draft([*output, *self._comment(turn), *calls])
        final = "final_answer" if self.phases else None
        answer = message(output_text(json.dumps(self.decision(turn))), phase=final)
        return Draft([*output, *self._comment(turn), answer])

    def _comment(self, turn: Turn) -> list[Item]:
        text = f"{PREAMBLE} {turn.symbol}, turn {turn.number}."
        return [message(output_text(text), phase="commentary")] if self.phases else []

    def decision(self, turn: Turn) -> Decision:
        """Decide, in the keys that the schema of the request has."""
        decision = self.decide(turn.idea, turn)
        form = (turn.body.get("text") or {}).get("format") or {}
        if form.get("type") == "json_schema":
            decision = filled(form["schema"], decision)
        if not self.obey:
            return decision
        told = obeyed(turn.everything, decision)
        return {name: told[name] for name in decision} if form.get("type") == "json_schema" else told

    def _hosted(self, turn: Turn, servers: list[Server]) -> list[Item]:
        """Call hosted tools; ends with approval requests where they are wanted."""
        answered = [item for server in servers for item in approved(turn, server)]
        turn.found.extend(str(item["output"]) for item in answered if item["output"] is not None)
        if turn.of_type("mcp_approval_response") or turn.of_type("mcp_call"):
            return answered
        made: list[Item] = []
        for _ in range(MOST_ROUNDS):
            batch = [item for server in servers for item in self._round(turn, server, made)]
            made.extend(batch)
            if batch == [] or any(item["type"] == "mcp_approval_request" for item in batch):
                break
        return made

    def _round(self, turn: Turn, server: Server, made: list[Item]) -> list[Item]:
        """Call what is planned on the first round, and what texts demand on any."""
        wanted: list[tuple[str, Any]] = demanded_calls(turn.everything) if self.obey else []
        names = [tool["name"] for tool in server.listing["tools"]]
        if made == [] and turn.body.get("tool_choice") != "none":
            wanted = [*((name, None) for name in self.plan(turn.idea, names)), *wanted]
        items: list[Item] = []
        for name, arguments in wanted:
            schema = server.schema_of(name)
            if schema is None or name in server.named or self._is_enough(turn, [*made, *items]):
                continue
            server.named.append(name)
            given = functions.arguments_for(schema, turn.symbol) if arguments is None else arguments
            items.append(ask(turn, server, name, given))
        return items

    def _is_enough(self, turn: Turn, made: list[Item]) -> bool:
        most = turn.body.get("max_tool_calls")
        return most is not None and len(made) >= most


def ask(turn: Turn, server: Server, name: str, arguments: dict[str, Any]) -> Item:
    if server.needs_approval(name):
        return server.request_approval(name, arguments)
    item = server.call(name, json.dumps(arguments))
    turn.found.append(json.dumps(item["error"]) if item["output"] is None else item["output"])
    return item


def approved(turn: Turn, server: Server) -> list[Item]:
    """Make the calls that were waiting for a yes and have it now."""
    requests = {item["id"]: item for item in turn.of_type("mcp_approval_request")}
    made = {item["approval_request_id"] for item in turn.of_type("mcp_call")}
    return [
        server.call(request["name"], request["arguments"], request["id"])
        for reply in turn.of_type("mcp_approval_response")
        if reply["approve"] and (request := requests[reply["approval_request_id"]])["id"] not in made
        if request["server_label"] == server.label
    ]
