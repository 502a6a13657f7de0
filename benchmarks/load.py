"""The load generator, a process of its own: distinct strategy alerts over kept connections.

Prints one JSON object: `seconds` for all, each alert's latency in milliseconds, and when the alert of each
order was sent, by `time.monotonic()`.
"""

import argparse
import http.client
import itertools
import json
import sys
import threading
import time

from tests.reliability.alerts import strategy_alert

SYMBOLS = ["AAPL", *("".join(letters) for letters in itertools.product("KLMNPQR", repeat=4))]


class Client(threading.Thread):
    """One sender with one connection, that waits for each answer."""

    def __init__(self, port: int, bodies: list[bytes]) -> None:
        super().__init__()
        self.milliseconds: list[float] = []
        self.answers: list[tuple[float, bytes]] = []
        self.failure: str | None = None
        self._bodies = bodies
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._connection.connect()

    def run(self) -> None:
        """Send every alert; stop at the first that is not answered with 200."""
        for body in self._bodies:
            started = time.monotonic()
            self._connection.request("POST", "/webhook", body, {"Content-Type": "text/plain"})
            answer = self._connection.getresponse()
            text = answer.read()
            self.milliseconds.append((time.monotonic() - started) * 1000)
            if answer.status != http.client.OK:
                self.failure = f"{answer.status} {text.decode()}"
                return
            self.answers.append((started, text))


def main() -> None:
    """Send and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--alerts", type=int, required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--name", required=True, help="makes the bodies distinct from other runs'")
    parser.add_argument("--symbols", type=int, default=1, help="how many different ones, in turn")
    options = parser.parse_args()
    bodies = [
        strategy_alert(f"{options.name}-{number}", symbol=SYMBOLS[number % options.symbols]).body
        for number in range(options.alerts)
    ]
    clients = [
        Client(options.port, bodies[place :: options.concurrency]) for place in range(options.concurrency)
    ]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - started
    failure = next((client.failure for client in clients if client.failure), None)
    if failure is not None:
        sys.exit(f"An alert was answered with {failure}")
    latencies = [value for client in clients for value in client.milliseconds]
    answers = ((at, json.loads(text)) for client in clients for at, text in client.answers)
    sent = {answer["order"]["client_order_id"]: at for at, answer in answers if "order" in answer}
    sys.stdout.write(json.dumps({"seconds": seconds, "milliseconds": latencies, "sent": sent}))


if __name__ == "__main__":
    main()
