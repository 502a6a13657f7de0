"""Where notifications arrive: a loopback server that takes what apprise's `json://` sends."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Mailbox:
    """Keep every message as title and text; use as a context manager and give `url` as NOTIFICATION_URL."""

    def __init__(self, on_message: Callable[[str, str], object] = lambda _title, _text: None) -> None:
        self.messages: list[tuple[str, str]] = []
        self._arrived = threading.Condition()
        self._on_message = on_message
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"json://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, title: str, *, seconds: float = 60) -> str:
        """Return the text of the last message with a title, once it has come; raise TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: title in dict(self.messages), seconds):
                raise TimeoutError(title)
            return dict(self.messages)[title]

    def put(self, title: str, text: str) -> None:
        """Take a message."""
        with self._arrived:
            self.messages.append((title, text))
            self._arrived.notify_all()
        self._on_message(title, text)


def _handler(mailbox: Mailbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the base class asks for this name
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            mailbox.put(body["title"], body["message"])

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    return Handler
