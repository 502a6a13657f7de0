"""A running service with something of everything in it, and Schemathesis against it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.signals import SECRET_FIELDS
from tests.builders import ACCOUNT_SECRET, bridge_alert, strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, ROOT, WEBHOOK_SECRET, Answer, Server

# Which of the values a query needs.
IN_QUERIES = {"underlying"}
SIGN_IN = "/api/session"
JSON = {"Content-Type": "application/json"}
HEADERS = {"X-Bot-Secret": WEBHOOK_SECRET, "If-Match": "*"}
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "shape_is_taken"),
)
# What may be wrong with how it generates is none of the service's faults.
OPTIONS = (
    *("--no-color", "--mode", "positive", "--generation-allow-x00", "false", "--generation-database", "none"),
    *("--suppress-health-check", "all", "--checks", ",".join(CHECKS), "--continue-on-failure"),
)


@dataclass(frozen=True, slots=True)
class Service:
    """A server, its document, and what there is in it by the names of paths' parameters."""

    server: Server
    values: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """What the service says of itself."""
        document: dict[str, Any] = self.server.call("GET", "/api/openapi.json").body
        return document

    def trade(self) -> None:
        """Put in a position, an order that rests, tickets, bots and a job, and remember their names."""
        alert = strategy_alert(secret=WEBHOOK_SECRET)
        filled = self.server.call("POST", "/webhook", alert).body
        self.server.call("PUT", "/api/paper/prices", {"ETH-USD": "2000"})
        resting = self.server.call(
            "POST",
            "/tradingview/webhook",
            bridge_alert(secret=WEBHOOK_SECRET, symbol="ETH-USD", limit_price="1900"),
        ).body
        self.server.create_bot("other")
        job = self.server.call("POST", "/api/jobs", {"kind": "replay", "min_confidence": "0.8"}).body
        self.values.update(
            ticket=[filled["ticket"], resting["ticket"]],
            name=[resting["order"]["client_order_id"]],
            bot=["default", 1, "other"],
            broker=["paper"],
            symbol=["AAPL"],
            number=[1],
            trade=[1],
            job=[job["id"]],
            underlying=["AAPL"],
            secret=[ACCOUNT_SECRET],
        )

    def ask(self, path: str, method: str, described: dict[str, Any]) -> Answer:
        """Call an operation with its example and with what there is."""
        # An alert comes with the secret of the example's bot, and no other's.
        is_alert = described["tags"] == ["Alerts"]
        for item in described.get("parameters", []):
            if item["in"] == "path":
                example = str(item["example"])
                named = example if is_alert else self._named(item["name"], example)
                path = path.replace(f"{{{item['name']}}}", named)
        asked = [item["name"] for item in described.get("parameters", []) if item.get("required")]
        path += "?" + "&".join(f"{name}={self.values[name][0]}" for name in asked if name in IN_QUERIES)
        content = described.get("requestBody", {}).get("content", {})
        example = next((each["example"] for each in content.values()), None)
        body = example | dict.fromkeys(SECRET_FIELDS[:1], WEBHOOK_SECRET) if _is_alert(described) else example
        body = {"token": OPERATOR_TOKEN} if path.startswith(SIGN_IN) and method == "post" else body
        return self.server.call(method.upper(), path, body, **HEADERS | JSON)

    def _named(self, name: str, example: str) -> str:
        """Return what is there under a parameter's name; a bot may be named by its number."""
        there = map(str, self.values.get(name, [example]))
        return [value for value in there if value.isdigit() == example.isdigit()][-1]

    def examine(self, examiner: "Examiner", document: str, *options: str) -> "Report":
        """Let Schemathesis ask by a document, an address or a file; its report says what failed, and how."""
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}", "X-Bot-Secret": WEBHOOK_SECRET}
        arguments = ["run", document, "--url", self.url, *OPTIONS, *options]
        for name, value in headers.items():
            arguments += ["--header", f"{name}: {value}"]
        return examiner.run(arguments, self.server.folder, self.values)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.port}"


@dataclass(frozen=True, slots=True)
class Report:
    """How a run of Schemathesis ended, and what it says."""

    code: int
    report: str


class Examiner:
    """Schemathesis in a process of its own, which can be asked for one run after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.asking"],
            cwd=ROOT,
            # What Hypothesis knows of characters and of our sources is kept there, for every run.
            env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: list[str], folder: Path, known: dict[str, list[Any]]) -> Report:
        """Run it once, with what there is at the service."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"arguments": arguments, "folder": str(folder), "known": known}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Report(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _is_alert(described: dict[str, Any]) -> bool:
    return {"secretInQuery": []} in described.get("security", [])


def started(folder: Path) -> Service:
    """Start a service with an account's secret in a folder."""
    server = Server(folder, ACCOUNT_SECRET=ACCOUNT_SECRET)
    server.start()
    return Service(server)
