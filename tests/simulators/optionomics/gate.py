"""What stands before the MCP server: credentials, access, faults, sessions and versions."""

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulators.optionomics import admin
from tests.simulators.optionomics.switches import HANDSHAKE_VERSIONS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.simulators.optionomics.simulator import FakeOptionomics

SECRETS = frozenset({"authorization", "x-user-token", "cookie"})
INVALID_REQUEST = -32600


@dataclass(frozen=True, slots=True)
class Arrival:
    """One HTTP request; header names are lower case, secrets are redacted."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def rpc(self) -> dict[str, Any]:
        """The JSON-RPC message inside, empty without any."""
        try:
            message = json.loads(self.content)
        except ValueError:
            return {}
        return message if isinstance(message, dict) else {}

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "headers": self.headers, "body": self.rpc}


@dataclass(eq=False)
class Denied(Exception):
    """An HTTP answer that the MCP server never sees."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class Gate:
    """Lets through what the switches and the credentials allow, and writes everything down."""

    def __init__(self, fake: "FakeOptionomics", inner: "ASGIApp") -> None:
        self.fake, self.inner = fake, inner
        self.sessions: set[str] = set()
        self.expired: set[str] = set()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        content = await read(receive)
        if scope["path"].startswith(admin.PREFIX):
            await tell(send, *admin.answer(self.fake, scope["method"], scope["path"], content))
            return
        arrival = Arrival(scope["method"], scope["path"], redacted(headers), content)
        self.fake.requests.append(arrival)
        try:
            self._admit(arrival, headers)
        except Denied as denied:
            await tell(send, denied.status, denied.body, denied.headers)
            return
        self.fake.tools.follow()
        await self.inner(scope, replay(self._aged(arrival), receive), self._watched(send))

    def expire_sessions(self) -> None:
        """Forget every session so far, as a restarted server does."""
        self.expired |= self.sessions

    def _admit(self, arrival: Arrival, headers: dict[str, str]) -> None:
        """Raise Denied unless the request may reach the MCP server."""
        rpc_method = str(arrival.rpc.get("method", ""))
        if (status := self.fake.switches.take_status(rpc_method)) is not None:
            raise Denied(status, {"error": "injected"}, {"Retry-After": "1"} if status in {429, 503} else {})
        if not self._is_known(headers):
            raise Denied(401, {"error": "Invalid email or token"}, {"WWW-Authenticate": "Bearer"})
        if not self.fake.switches.mcp_access:
            raise Denied(403, {"error": "MCP access requires the Vega plan"}, {})
        version = headers.get("mcp-protocol-version")
        if version is not None and version not in self.fake.switches.protocol_versions:
            raise Denied(400, complaint(f"Bad Request: Unsupported protocol version: {version}"), {})
        if headers.get("mcp-session-id") in self.expired:
            raise Denied(404, complaint("Session not found"), {})

    def _is_known(self, headers: dict[str, str]) -> bool:
        """True when a bearer token or the pair of headers came, and all that came is right."""
        pair = [headers.get("x-user-email"), headers.get("x-user-token")]
        presented = []
        if "authorization" in headers:
            presented.append(headers["authorization"] == self.fake.authorization)
        if pair != [None, None]:
            presented.append(pair == [self.fake.email, self.fake.token])
        return presented != [] and all(presented)

    def _aged(self, arrival: Arrival) -> bytes:
        """Return the body with an offered version that old servers do not know replaced by one they do."""
        versions = self.fake.switches.protocol_versions
        message = arrival.rpc
        offered = message.get("params") if message.get("method") == "initialize" else None
        if not isinstance(offered, dict) or offered.get("protocolVersion") in versions:
            return arrival.content
        handshakes = [version for version in versions if version in HANDSHAKE_VERSIONS]
        params = offered | {"protocolVersion": handshakes[-1] if handshakes else HANDSHAKE_VERSIONS[-1]}
        return json.dumps(message | {"params": params}).encode()

    def _watched(self, send: "Send") -> "Send":
        async def watch(message: "Message") -> None:
            for name, value in message.get("headers", []):
                if name.lower() == b"mcp-session-id":
                    self.sessions.add(value.decode())
            await send(message)

        return watch


def bearer(email: str, token: str) -> str:
    """Return the Authorization header that Optionomics expects."""
    return "Bearer " + base64.b64encode(f"{email}:{token}".encode()).decode()


def complaint(message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": message}}


def redacted(headers: dict[str, str]) -> dict[str, str]:
    return {name: "[redacted]" if name in SECRETS else value for name, value in headers.items()}


async def read(receive: "Receive") -> bytes:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return content


def replay(content: bytes, receive: "Receive") -> "Receive":
    """Give the body once more, then what the connection still brings."""
    waiting = [content]

    async def again() -> "Message":
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again


async def tell(send: "Send", status: int, body: Any, headers: dict[str, str] | None = None) -> None:
    content = json.dumps(body).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    encoded = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})
