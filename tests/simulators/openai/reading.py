"""Read a request as the model would: its texts, the idea in them, what tools have said."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Item = dict[str, Any]
Idea = dict[str, Any]

ALERT_KEYS = ("direction", "action", "side", "strategy", "strategy_order_action")
MAXIMUM = re.compile(r"max(?:imum)?[ _]notional[^$\d\n]{0,60}\$?(\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
DEFAULT_NOTIONAL = 100.0
MOST_OBJECTS = 200
DECODER = json.JSONDecoder()


@dataclass(slots=True)
class Turn:
    """One request in a conversation: earlier items, its own, and the idea that it is about."""

    body: dict[str, Any]
    items: list[Item]
    number: int = 1
    found: list[str] = field(default_factory=list)

    @property
    def idea(self) -> Idea:
        """The first alert in the input, empty without one."""
        objects = [each for text in self.asked for each in json_objects(text)]
        alerts = [each for each in objects if "symbol" in each or "ticker" in each]
        return next((each for each in alerts if any(key in each for key in ALERT_KEYS)), (alerts or [{}])[0])

    @property
    def symbol(self) -> str:
        return str(self.idea.get("symbol", self.idea.get("ticker", "")))

    @property
    def key(self) -> str:
        """What is the same for every request about one idea."""
        return hashlib.sha256(json.dumps(self.idea, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def asked(self) -> list[str]:
        """The texts that were given as input."""
        return [text for item in self.items if is_prompt(item) for text in texts_of(item.get("content"))]

    @property
    def told(self) -> list[str]:
        """The texts that tools gave, here or in the application."""
        outputs = [text for item in self.items for text in texts_of(item.get("output"))]
        return [*outputs, *self.found]

    @property
    def everything(self) -> list[str]:
        """Every text that the model sees, tool descriptions included."""
        tools = [str(tool.get("description") or "") for tool in self.body.get("tools") or []]
        listed = [
            str(tool.get("description") or "")
            for item in self.items
            if item.get("type") == "mcp_list_tools"
            for tool in item["tools"]
        ]
        return [str(self.body.get("instructions") or ""), *tools, *listed, *self.asked, *self.told]

    @property
    def most_notional(self) -> float:
        """The limit in dollars that the prompt names."""
        named = next((match for text in self.asked if (match := MAXIMUM.search(text))), None)
        return float(named[1].replace(",", "")) if named is not None else DEFAULT_NOTIONAL

    def of_type(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.get("type") == kind]


def is_prompt(item: Item) -> bool:
    return item.get("type", "message") == "message" and item.get("role") != "assistant"


def items_of(given: Any) -> list[Item]:
    """Return input as a list of items."""
    return [{"type": "message", "role": "user", "content": given}] if isinstance(given, str) else list(given)


def texts_of(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else []
    return [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in a text, outer ones first, and the objects inside them."""
    begin, tries = text.find("{"), 0
    while begin != -1 and tries < MOST_OBJECTS:
        tries += 1
        try:
            value, end = DECODER.raw_decode(text, begin)
        except ValueError:
            end = begin + 1
        else:
            yield from inside(value)
        begin = text.find("{", end)


def inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(each)
