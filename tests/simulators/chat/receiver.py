"""What Slack and Discord take, and what they refuse: their APIs and their response addresses."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

SLACK_TOKEN, DISCORD_TOKEN = "xoxb-simulated", "simulated-bot-token"
POSTS_PER_ADDRESS = 5
SLACK_RESPONSE = {"response_type", "text", "blocks", "replace_original"}
SLACK_POST = {"channel", "text", "blocks"}
DISCORD_MESSAGE = {"content", "components", "allowed_mentions"}
DISCORD_APPLICATION, UNKNOWN_APPLICATION = "1001", "404404"
# As the API reference wants it.
DISCORD_AGENT = re.compile(r"DiscordBot \(\S+, \S+\)")
COMMAND_NAME = re.compile(r"[-_a-z0-9]{1,32}")
OK, CREATED = 200, 201


class Refused(Exception):
    """What a platform does not take."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status, self.body = status, body


class Receiver:
    """Listens on a free port; `taken` are (path, body), `refused` what was wrong with the others."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[tuple[str, dict[str, Any]]] = []
        # Interactions whose first answer has come; before it there is nothing to edit.
        self.answered: set[str] = set()
        # What Discord knows of each application, by its name.
        self.commands: dict[str, dict[str, Any]] = {}
        self.failures, self.failure_status = 0, 503
        self._posts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def posted(self, path: str, seconds: float = 0) -> dict[str, Any] | None:
        """Return what was posted to a path first, waiting so long for it; None where that is nothing."""
        end = time.monotonic() + seconds
        while True:
            found = next((body for where, body in list(self.taken) if where == path), None)
            if found is not None or time.monotonic() >= end:
                return found
            time.sleep(0.02)

    def take(
        self, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        """Return status and body of the answer; raise Refused."""
        with self._lock:
            try:
                self._fail()
                answer = self._taken(method, path, headers, body)
            except Refused as refusal:
                self.refused.append((path, refusal.body))
                raise
            self.taken.append((path, body))
            return answer

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise Refused(self.failure_status, {})

    def _taken(
        self, method: str, path: str, headers: Mapping[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        authorization = headers.get("Authorization", "")
        if (method, path) == ("POST", "/slack/chat.postMessage"):
            _require(authorization == f"Bearer {SLACK_TOKEN}", 200, {"ok": False, "error": "invalid_auth"})
            _require(
                set(body) == {"channel", "text", "blocks"}, 200, {"ok": False, "error": "invalid_arguments"}
            )
            _check_blocks(body["blocks"])
            return OK, {"ok": True, "ts": "1.2"}
        if method == "POST" and path.startswith("/commands/"):
            self._posts[path] += 1
            _require(self._posts[path] <= POSTS_PER_ADDRESS, 404, {"error": "expired_url"})
            _require(set(body) <= SLACK_RESPONSE, 400, {"error": "invalid_payload"})
            _check_blocks(body["blocks"])
            return OK, {"ok": True}
        _require(DISCORD_AGENT.fullmatch(headers.get("User-Agent", "")), 403, {"message": "error code: 1010"})
        return self._taken_by_discord(method, path, authorization, body)

    def _taken_by_discord(
        self, method: str, path: str, authorization: str, body: Any
    ) -> tuple[int, dict[str, Any]]:
        edited = re.fullmatch(r"/discord/webhooks/(\d+)/([\w-]+)/messages/@original", path)
        if edited is not None and method == "PATCH":
            _require(edited[2] in self.answered, 404, {"message": "Unknown Webhook", "code": 10015})
            _check_discord(body)
            return OK, {"id": "1"}
        _require(authorization == f"Bot {DISCORD_TOKEN}", 401, {"message": "401: Unauthorized", "code": 0})
        if method == "POST" and re.fullmatch(r"/discord/channels/\d+/messages", path):
            _check_discord(body)
            return OK, {"id": "1"}
        registered = re.fullmatch(r"/discord/applications/(\d+)/commands", path)
        if registered is not None and method == "POST":
            _require(
                registered[1] != UNKNOWN_APPLICATION, 404, {"message": "Unknown Application", "code": 10002}
            )
            _require(registered[1] == DISCORD_APPLICATION, 403, {"message": "Missing Access", "code": 50001})
            _check_command(body)
            return self._registered(body)
        raise Refused(404, {"message": "404: Not Found", "code": 0})

    def _registered(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Replace the command of a name, which keeps its id; a new one gets one."""
        known = self.commands.get(body["name"])
        number = str(len(self.commands) + 1) if known is None else known["id"]
        self.commands[body["name"]] = {"id": number, "application_id": DISCORD_APPLICATION, **body}
        return CREATED if known is None else OK, self.commands[body["name"]]


def _require(holds: object, status: int, body: dict[str, Any]) -> None:
    if not holds:
        raise Refused(status, body)


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    wrong = {"ok": False, "error": "invalid_blocks"}
    for block in blocks:
        if block["type"] == "section":
            _require(0 < len(block["text"]["text"]) <= 3000, 200, wrong)
            _require(re.search(r"<[!@#]", block["text"]["text"]) is None, 200, wrong)
        else:
            _require(block["type"] == "actions" and 0 < len(block["elements"]) <= 25, 200, wrong)
            for button in block["elements"]:
                _require(button["type"] == "button" and len(button["value"]) <= 2000, 200, wrong)
                _require(button.get("style", "danger") in {"danger", "primary"}, 200, wrong)
            names = [button["action_id"] for button in block["elements"]]
            _require(len(names) == len(set(names)), 200, wrong)


def _check_discord(body: dict[str, Any]) -> None:
    wrong = {"message": "Invalid Form Body", "code": 50035}
    _require(set(body) == DISCORD_MESSAGE, 400, wrong)
    _require(0 < len(body["content"]) <= 2000, 400, wrong)
    _require(body["allowed_mentions"] == {"parse": []}, 400, wrong)
    for row in body["components"]:
        _require(row["type"] == 1 and 0 < len(row["components"]) <= 5, 400, wrong)
        for button in row["components"]:
            _require(set(button) == {"type", "label", "style", "custom_id"}, 400, wrong)
            _require(len(button["custom_id"]) <= 100 and button["style"] in {1, 2, 3, 4}, 400, wrong)


def _check_command(body: dict[str, Any]) -> None:
    wrong = {"message": "Invalid Form Body", "code": 50035}
    options = body.get("options", [])
    for each in (body, *options):
        _require(COMMAND_NAME.fullmatch(each["name"]) is not None, 400, wrong)
        _require(0 < len(each["description"]) <= 100, 400, wrong)
    _require(body["type"] == 1, 400, wrong)
    _require(len({each["name"] for each in options}) == len(options) <= 25, 400, wrong)
    # What must be said comes before what may be.
    needed = [each.get("required", False) for each in options]
    _require(needed == sorted(needed, reverse=True), 400, wrong)
    _require(all(each["type"] in range(1, 12) for each in options), 400, wrong)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                status, answer = receiver.take(self.command, self.path, self.headers, json.loads(content))
            except Refused as refusal:
                status, answer = refusal.status, refusal.body
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_PATCH = do_POST  # noqa: N815  # the standard library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
