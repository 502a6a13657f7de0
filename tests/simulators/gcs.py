"""A strict loopback Cloud Storage: the JSON API as google-cloud-storage speaks it, with faults on demand.

`python -m tests.simulators.gcs --port 9000 --bucket gatehouse` serves it for STORAGE_EMULATOR_HOST.
"""

import argparse
import email.parser
import email.policy
import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

from tests.simulators.gcs_bucket import COMMON, CONDITIONS, Bucket, Query, Refused, Resource, known

REASONS = {400: "invalid", 404: "notFound", 412: "conditionNotMet", 429: "rateLimitExceeded"}
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request: something before it, a refusal, an answer lost or torn after it."""

    status: int | None = None
    delay_seconds: float = 0
    before: Callable[[], object] | None = None
    drop: bool = False
    tear: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: Query
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class FakeGcs:
    """One bucket on a loopback port; use as a context manager and read `url`."""

    def __init__(
        self, bucket: str = "gatehouse", *, port: int = 0, update_interval_seconds: float = 0
    ) -> None:
        self.bucket = Bucket(bucket, update_interval_seconds)
        self.requests: list[str] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._faults: dict[int, Fault] = {}
        self._uploads: dict[str, tuple[Query, Resource, bytes]] = {}
        self._server = Server(("127.0.0.1", port), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until the context ends."""
        self._server.serve_forever(poll_interval=0.01)

    def refuse(self, status: int, *, nth: int = 1, times: int = 1) -> None:
        """Refuse the n-th request from now, and `times - 1` after it."""
        self._plan(Fault(status=status), nth, times)

    def delay(self, seconds: float, *, nth: int = 1, times: int = 1) -> None:
        """Let the n-th request from now wait before it is looked at."""
        self._plan(Fault(delay_seconds=seconds), nth, times)

    def meanwhile(self, action: Callable[[], object], *, nth: int = 1) -> None:
        """Let something else happen just before the n-th request from now."""
        self._plan(Fault(before=action), nth, 1)

    def commit_then_drop(self, *, nth: int = 1, times: int = 1) -> None:
        """Carry the n-th request from now out, then close the connection without an answer."""
        self._plan(Fault(drop=True), nth, times)

    def tear(self, *, nth: int = 1, times: int = 1) -> None:
        """Send only half of the answer to the n-th request from now."""
        self._plan(Fault(tear=True), nth, times)

    def arrival(self, line: str) -> Fault:
        with self._lock:
            self.requests.append(line)
            return self._faults.pop(len(self.requests), Fault())

    def answer(self, request: Request) -> Answer:
        for method, pattern, action in ROUTES:
            if method == request.method and (match := re.fullmatch(pattern, request.path)):
                bucket, *name = (unquote(part) for part in match.groups())
                if bucket != self.bucket.name:
                    raise Refused(404, "The specified bucket does not exist.")
                with self._lock:
                    return action(self, request, *name)
        raise Refused(404, "Not Found")

    def upload(self, request: Request) -> Answer:
        known(request.query, CONDITIONS | COMMON | {"uploadType", "name"})
        content_type = request.headers.get("Content-Type", "")
        match request.query.get("uploadType"):
            case "multipart":
                resource, content = multipart(content_type, request.body)
                return in_json(self.bucket.store(request.query, resource, content))
            case "media":
                return in_json(self.bucket.store(request.query, {"contentType": content_type}, request.body))
            case "resumable":
                return self._begin(request.query, json.loads(request.body or b"{}"))
        raise Refused(400, "Invalid uploadType.")

    def resume(self, request: Request) -> Answer:
        token = request.query["upload_id"]
        if token not in self._uploads:
            raise Refused(404, "No such upload.")
        query, resource, content = self._uploads[token]
        span = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", request.headers["Content-Range"])
        if span is None or (span[1] and int(span[1]) != len(content)):
            raise Refused(400, "Invalid Content-Range.")
        content += request.body
        if span[3] == str(len(content)):
            del self._uploads[token]
            return in_json(self.bucket.store(query, resource, content))
        self._uploads[token] = (query, resource, content)
        return Answer(308, headers={"Range": f"bytes=0-{len(content) - 1}"} if content else {})

    def read(self, request: Request, name: str) -> Answer:
        held = self.bucket.read(request.query, name)
        if request.query.get("alt") == "media":
            return Answer(200, held.content, held.headers())
        return in_json(held.resource(self.bucket.name))

    def patch(self, request: Request, name: str) -> Answer:
        return in_json(self.bucket.patch(request.query, name, json.loads(request.body)))

    def remove(self, request: Request, name: str) -> Answer:
        self.bucket.remove(request.query, name)
        return Answer(204)

    def list(self, request: Request) -> Answer:
        return in_json(self.bucket.list(request.query))

    def bucket_itself(self, _request: Request) -> Answer:
        return in_json({"kind": "storage#bucket", "id": self.bucket.name, "name": self.bucket.name})

    def _begin(self, query: Query, resource: Resource) -> Answer:
        self.bucket.admit(query, resource)
        token = uuid4().hex
        self._uploads[token] = (query, resource, b"")
        path = f"/upload/storage/v1/b/{self.bucket.name}/o?uploadType=resumable&upload_id={token}"
        return Answer(200, headers={"Location": self.url + path})

    def _plan(self, fault: Fault, nth: int, times: int) -> None:
        first = len(self.requests) + nth
        self._faults |= dict.fromkeys(range(first, first + times), fault)


ROUTES = (
    ("POST", r"/upload/storage/v1/b/([^/]+)/o", FakeGcs.upload),
    ("PUT", r"/upload/storage/v1/b/([^/]+)/o", FakeGcs.resume),
    ("GET", r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.read),
    ("PATCH", r"/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.patch),
    ("DELETE", r"/storage/v1/b/([^/]+)/o/([^/]+)", FakeGcs.remove),
    ("GET", r"/storage/v1/b/([^/]+)/o", FakeGcs.list),
    ("GET", r"/storage/v1/b/([^/]+)", FakeGcs.bucket_itself),
)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: FakeGcs) -> None:
        self.fake = fake
        super().__init__(address, Handler)

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    server: Server

    def respond(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fake.arrival(f"{self.command} {self.path}")
        if fault.delay_seconds:
            self.server.fake.stopping.wait(fault.delay_seconds)
        if fault.before is not None:
            fault.before()
        answer = self.outcome(Request(self.command, url.path, query, self.headers, body), fault)
        if fault.drop:
            self.hang_up()
        else:
            self.tell(answer, torn=fault.tear)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815  # http.server's names

    def outcome(self, request: Request, fault: Fault) -> Answer:
        media = request.query.get("alt") == "media"
        if fault.status is not None:
            return refused(Refused(fault.status, "Injected."), media=media)
        try:
            return self.server.fake.answer(request)
        except Refused as refusal:
            return refused(refusal, media=media)
        except MALFORMED:
            return refused(Refused(400, "Parse Error"), media=media)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def tell(self, answer: Answer, *, torn: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if torn else answer.body)
        if torn:
            self.wfile.flush()
            self.hang_up()

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


def multipart(content_type: str, body: bytes) -> tuple[Resource, bytes]:
    boundary = re.fullmatch(r'multipart/related; ?boundary="?([^"]+?)"?', content_type)
    parts = body.split(b"--" + boundary[1].encode()) if boundary else []
    if len(parts) != 4 or parts[3].strip() != b"--":
        raise Refused(400, "Malformed multipart body.")
    (_, resource), (head, content) = (part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1) for part in parts[1:3])
    head = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + b"\r\n\r\n")
    return {"contentType": head["Content-Type"], **json.loads(resource)}, content.removesuffix(b"\r\n")


def refused(refusal: Refused, *, media: bool) -> Answer:
    if refusal.status == 304:
        return Answer(304)
    if media:
        return Answer(refusal.status, str(refusal).encode(), {"Content-Type": "text/html; charset=UTF-8"})
    reason = REASONS.get(refusal.status, "backendError")
    error = {"message": str(refusal), "domain": "global", "reason": reason}
    body = {"error": {"code": refusal.status, "message": str(refusal), "errors": [error]}}
    return in_json(body, refusal.status)


def in_json(body: Resource, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=UTF-8"})


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve a strict fake of Cloud Storage on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bucket", default="gatehouse")
    fake = FakeGcs(**vars(parser.parse_args()))
    print(fake.url, flush=True)  # noqa: T201  # the caller reads it
    fake.serve()


if __name__ == "__main__":
    main()
