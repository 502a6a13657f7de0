"""What one attack is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An alert with a poison in it, and tools and a model that spread it.

    `idea` changes the alert, `tools` the switches of the MCP server, `bot` the bot; `answer` is a behaviour
    of the model's API, `at` the broker. `ends` is the ticket's reason, or its status, or `malformed`;
    `hosted` says so where it ends otherwise when the model's server calls the tools. `in_vain`: not even a
    model that obeys can follow.
    """

    name: str
    ends: str
    hosted: str | None = None
    idea: Mapping[str, Any] = field(default_factory=dict)
    tools: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    bot: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    at: str = "paper"
    in_vain: bool = False

    def ending(self, mode: str) -> str:
        """Return how it must end."""
        return self.hosted if mode == "hosted" and self.hosted is not None else self.ends

    def __str__(self) -> str:
        return self.name
