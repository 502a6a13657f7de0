"""Response objects with every field, and the items in them."""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Item = dict[str, Any]
Part = dict[str, Any]

CHARACTERS_PER_TOKEN = 4
COUNTER = itertools.count(1)
REDACTED_TOOL_FIELDS = frozenset({"authorization", "headers"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What a generation came to, before it is put into a Response."""

    output: list[Item]
    status: str = "completed"
    error: dict[str, str] | None = None
    reason: str | None = None

    def ending(self, *items: Item, **changes: Any) -> "Draft":
        """Return it with these items in the place of its messages."""
        kept = [item for item in self.output if item["type"] != "message"]
        return replace(self, output=[*kept, *items], **changes)

    @property
    def text(self) -> str:
        messages = (item for item in self.output if item["type"] == "message" and not is_commentary(item))
        parts = [part for item in messages for part in item["content"]]
        return "".join(part.get("text", "") for part in parts)

    @property
    def is_final(self) -> bool:
        """True when the model has answered and asks for nothing more."""
        return self.output != [] and self.output[-1]["type"] == "message"


def new_id(prefix: str) -> str:
    return f"{prefix}_{next(COUNTER):032x}"


def is_commentary(item: Item) -> bool:
    """True for what the model says on its way to an answer."""
    return item.get("phase") == "commentary"


def message(*parts: Part, status: str = "completed", phase: str | None = None) -> Item:
    """Return a message; older models give it no phase at all."""
    said = {} if phase is None else {"phase": phase}
    return said | {
        "id": new_id("msg"),
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": list(parts),
    }


def output_text(text: str) -> Part:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def refusal(text: str) -> Part:
    return {"type": "refusal", "refusal": text}


def function_call(name: str, arguments: str) -> Item:
    return {
        "id": new_id("fc"),
        "type": "function_call",
        "status": "completed",
        "arguments": arguments,
        "call_id": new_id("call"),
        "name": name,
    }


def approval_request(label: str, name: str, arguments: str) -> Item:
    return {
        "id": new_id("mcpr"),
        "type": "mcp_approval_request",
        "arguments": arguments,
        "name": name,
        "server_label": label,
    }


def tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def usage_of(seen: list[str], output: list[Item]) -> dict[str, Any]:
    """Count tokens roughly, but the same way every time."""
    given = tokens("".join(seen)) + 8
    made = tokens(json.dumps([item for item in output if item["type"] in {"message", "function_call"}]))
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": given + made,
    }


DEFAULTS: dict[str, Callable[[], Any]] = {
    "background": lambda: False,
    "instructions": lambda: None,
    "max_output_tokens": lambda: None,
    "max_tool_calls": lambda: None,
    "metadata": dict,
    "parallel_tool_calls": lambda: True,
    "previous_response_id": lambda: None,
    "prompt_cache_key": lambda: None,
    "safety_identifier": lambda: None,
    "store": lambda: True,
    "temperature": lambda: 1.0,
    "tool_choice": lambda: "auto",
    "top_logprobs": lambda: 0,
    "top_p": lambda: 1.0,
    "truncation": lambda: "disabled",
    "user": lambda: None,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a Response that its request decides."""

    body: dict[str, Any]
    seen: list[str]
    id: str = field(default_factory=lambda: new_id("resp"))

    def response(self, draft: Draft) -> dict[str, Any]:
        """Return the whole Response object."""
        now = int(time.time())
        echoed = {name: self._echo(name, default()) for name, default in DEFAULTS.items()}
        return {
            "id": self.id,
            "object": "response",
            "created_at": now,
            "completed_at": now if draft.status == "completed" else None,
            "status": draft.status,
            "error": draft.error,
            "incomplete_details": None if draft.reason is None else {"reason": draft.reason},
            "model": self.body["model"],
            "output": draft.output,
            **echoed,
            "reasoning": {"effort": None, "summary": None, **(self.body.get("reasoning") or {})},
            "service_tier": "default",
            "text": {"format": {"type": "text"}, "verbosity": "medium", **(self.body.get("text") or {})},
            "tools": [without_secrets(tool) for tool in self.body.get("tools") or []],
            "usage": None if draft.status in {"queued", "in_progress"} else usage_of(self.seen, draft.output),
        }

    def _echo(self, name: str, default: Any) -> Any:
        value = self.body.get(name)
        return default if value is None else value


def without_secrets(tool: dict[str, Any]) -> dict[str, Any]:
    """Tokens and header values are not stored and do not come back."""
    shown = {name: value for name, value in tool.items() if name not in REDACTED_TOOL_FIELDS}
    if tool["type"] == "mcp":
        return {"allowed_tools": None, "require_approval": "always", "headers": None, **shown}
    return {"strict": True, "description": None, "parameters": None, **shown}
