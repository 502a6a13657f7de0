"""One HTTP request as it arrived, one answer as it goes back."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl, urlsplit

REASONS = {status.value: status.phrase for status in HTTPStatus}
LONGEST_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The JSON that was sent, None without any; raise JSONDecodeError."""
        return json.loads(self.content) if self.content else None

    def as_json(self) -> dict[str, Any]:
        text = self.content.decode(errors="replace")
        return {"method": self.method, "path": self.path, "query": self.query, "body": text}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def as_bytes(self, extra: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        length = {} if self.status == 204 else {"Content-Length": str(len(self.content))}
        lines += [f"{name}: {value}" for name, value in (self.headers | extra | length).items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.content


def read_request(stream: BufferedIOBase) -> Request | None:
    """Read one request; None when the client has hung up."""
    line = stream.readline(LONGEST_LINE).decode("latin-1").split()
    if len(line) != 3:  # method, target, version
        return None
    headers = {}
    while (header := stream.readline(LONGEST_LINE).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    url = urlsplit(line[1])
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    content = stream.read(int(headers.get("content-length", 0)))
    return Request(line[0], url.path, query, headers, content)


def in_json(body: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=UTF-8"})
