"""What a test may turn on a running server."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
EVERY_VERSION = (*HANDSHAKE_VERSIONS, "2026-07-28")


@dataclass(slots=True, kw_only=True)
class Switches:
    """How the server behaves from now on; assign to its fields at any time.

    `json_answers` holds for sessions opened afterwards. `status` answers every request with it, at most
    `status_times` times and only for the JSON-RPC `status_method` if given. `texts`, `failing`, `delays`
    (seconds) and `sizes` (bytes) are by tool name, "*" means every tool. `extra_tools` maps a name to its
    description, `descriptions` replaces those listed anyway. `chatty` puts a notification before each result.
    """

    mcp_access: bool = True
    json_answers: bool = False
    stateless: bool = False
    protocol_versions: tuple[str, ...] = EVERY_VERSION
    status: int | None = None
    status_times: int | None = None
    status_method: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    extra_tools: dict[str, str] = field(default_factory=dict)
    tools_per_page: int | None = None
    chatty: bool = False

    def change(self, changes: dict[str, Any]) -> None:
        """Take changes by name, as from JSON; raise ValueError for an unknown one."""
        known = {each.name for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no switch is called {name}")
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    def reset(self) -> None:
        """Behave well again."""
        self.change(asdict(Switches()))

    def take_status(self, method: str) -> int | None:
        """Return the HTTP status that a request must fail with, None when it may pass."""
        if self.status is None or self.status_times == 0 or self.status_method not in {"", method}:
            return None
        if self.status_times is not None:
            self.status_times -= 1
        return self.status

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def setting_for(tool: str, settings: dict[str, Any]) -> Any:
    """Return what is set for a tool or for all of them, None when nothing is."""
    return settings.get(tool, settings.get("*"))
