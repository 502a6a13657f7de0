"""Where the tools are, who may use them, and whether they answer."""

import base64
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from app.dataclass import dataclass
from app.domain.opinions import Mode

if TYPE_CHECKING:
    from app.services.analyst.mcp_client import McpClient

CHECK_SECONDS = 60.0
PATIENCE_SECONDS = 1.0
LABEL = "optionomics"
WORDS = {
    401: "401: e-mail or token is not accepted. Check OPTIONOMICS_EMAIL and OPTIONOMICS_TOKEN.",
    403: "403: the credentials are good, but the account has no MCP access: Optionomics wants the Vega plan.",
}
_logger = logging.getLogger(__name__)
NOT_SET_UP = "Set OPTIONOMICS_EMAIL and OPTIONOMICS_TOKEN to give the model tools."


def bearer(email: str, token: str) -> str:
    """Return what proves who we are; base64 hides nothing, so it is as secret as the token."""
    return f"Bearer {base64.b64encode(f'{email}:{token}'.encode()).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class HandshakeAnswer:
    """What an MCP server says to our handshake, in words."""

    is_good: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class McpAccess:
    """An MCP server and how it is used; an empty `allowed` allows every tool that it lists."""

    url: str
    authorization: str | None = field(repr=False)
    mode: Mode
    allowed: tuple[str, ...]
    tool_timeout_seconds: float

    def client(self, seconds: Callable[[], float]) -> "McpClient":
        """Open a conversation."""
        from app.services.analyst.mcp_client import McpClient
        from app.services.analyst.mcp_transport import McpTransport

        return McpClient(McpTransport(self.url, self.authorization), seconds)

    def permits(self, name: str) -> bool:
        """Tell whether a tool may be used."""
        return not self.allowed or name in self.allowed

    def verify(self) -> HandshakeAnswer:
        """Do the handshake and say how it went."""
        from app.services.analyst.mcp_transport import McpTrouble

        try:
            with self.client(lambda: self.tool_timeout_seconds) as client:
                name = client.initialize()
        except McpTrouble as error:
            return HandshakeAnswer(False, WORDS.get(error.status or 0, error.message))
        return HandshakeAnswer(True, f"200: credentials and MCP access work; the server is {name}.")


class McpCheck:
    """What the server said last, for those who must not wait; it is asked again in the background."""

    def __init__(self, access: McpAccess | None, *, every_seconds: float = CHECK_SECONDS) -> None:
        self._access = access
        self._every = every_seconds
        self._said = "being asked" if access is not None else NOT_SET_UP
        self._asked_at = float("-inf")
        self._lock = threading.Lock()

    def check(self) -> str:
        """Return `ok` or a sentence, within about a second."""
        access = self._access
        if access is not None and self._is_due():
            thread = threading.Thread(target=self._ask, args=(access,), name="mcp-check", daemon=True)
            thread.start()
            thread.join(PATIENCE_SECONDS)
        return self._said

    def _is_due(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._asked_at < self._every:
                return False
            self._asked_at = now
            return True

    def _ask(self, access: McpAccess) -> None:
        try:
            verdict = access.verify()
        except Exception:  # a health check tells what is wrong and goes on
            _logger.exception("The check of the MCP server failed in an unforeseen way")
            self._said = "failed; the log has the details"
        else:
            self._said = "ok" if verdict.is_good else verdict.message
