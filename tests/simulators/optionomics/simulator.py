"""A loopback Optionomics: the MCP server on a thread of its own, with switches and a record of calls."""

import threading
from typing import TYPE_CHECKING, Any, Self

from tests.simulators.optionomics.gate import Arrival, Gate, bearer
from tests.simulators.optionomics.switches import Switches

if TYPE_CHECKING:
    from tests.simulators.optionomics.mcp_server import Call

STOP_SECONDS = 10


class FakeOptionomics:
    """An account's MCP server on a loopback port; use as a context manager and read `url`.

    Turn `switches` at any time; `calls` and `requests` hold what arrived, oldest first.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        email: str = "trader@example.com",
        token: str = "simulated-token",
        **switches: Any,
    ) -> None:
        # What speaks the protocol takes most of a second to load: only whoever serves pays for it.
        from tests.simulators.optionomics.mcp_server import ToolServer
        from tests.simulators.optionomics.serving import Server, listening, quiet

        self.email, self.token = email, token
        self.switches = Switches(**switches)
        self.requests: list[Arrival] = []
        self._stopping = threading.Event()
        self.tools = ToolServer(self.switches, self._stopping)
        self._gate = Gate(self, self.tools.application())
        self._socket = listening(port)
        self._server = Server(quiet(self._gate))
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/mcp"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.end()
        self._thread.join(STOP_SECONDS)
        self._socket.close()

    @property
    def authorization(self) -> str:
        """The Authorization header that is right."""
        return bearer(self.email, self.token)

    @property
    def calls(self) -> list["Call"]:
        """The tool calls so far, oldest first."""
        return self.tools.calls

    @property
    def called(self) -> list[str]:
        """The names of the tools called so far, oldest first."""
        return [call.tool for call in list(self.calls)]

    def serve(self) -> None:
        """Serve until the context ends."""
        self._server.run(sockets=[self._socket])

    def expire_sessions(self) -> None:
        """Let every session so far be unknown from now on."""
        self._gate.expire_sessions()
