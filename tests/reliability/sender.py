"""Alerts sent the way TradingView sends them: again on 5xx (not 504) or without an answer, byte for byte."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from tests.reliability.alerts import Alert
from tests.reliability.server import Answer, Lost, ask

# TradingView waits 3 s for an answer and some seconds between its at most three resends; the latter scaled.
ANSWER_SECONDS = 3.0
RESEND_DELAYS = (0.15, 0.4, 0.9)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a port, in epoch seconds; without an answer when the connection was lost."""

    port: int
    started: float
    ended: float
    answer: Answer | None


@dataclass(slots=True)
class Sent:
    """An alert and everything that was tried with it."""

    alert: Alert
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """What came back, in order."""
        return [attempt.answer for attempt in self.attempts if attempt.answer is not None]

    @property
    def is_acknowledged(self) -> bool:
        """True when the server said that it has the alert, or that it refuses it."""
        return any(answer.status < 500 for answer in self.answers)


class Sender:
    """Threads that each send one alert after another until told to stop.

    Of several ports each alert goes to the next one, and again to the one after it, as a load balancer sends
    it. With `repeats` every so manieth alert is sent once more although it was acknowledged.
    """

    def __init__(self, ports: Sequence[int], streams: list[Iterator[Alert]], *, repeats: int = 0) -> None:
        self.sent: list[Sent] = []
        self._acknowledged = Counter[int]()
        self._ports = ports
        self._repeats = repeats
        self._numbers = count()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(alerts,)) for alerts in streams]

    @property
    def acknowledged(self) -> int:
        """How many answers below 500 have come."""
        return self._acknowledged.total()

    def acknowledged_by(self, port: int) -> int:
        """Return how many of them have come from one port."""
        return self._acknowledged[port]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the alerts that are under way, their resends included."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, alerts: Iterator[Alert]) -> None:
        while not self._stop.is_set():
            sent = Sent(next(alerts))
            self.sent.append(sent)
            self._send(sent, next(self._numbers))

    def _send(self, sent: Sent, number: int) -> None:
        for turn, delay in enumerate((*RESEND_DELAYS, None), start=number):
            answer = self._try(sent, turn)
            if answer is not None and (answer.status < 500 or answer.status == 504):
                if self._repeats and number % self._repeats == 0:
                    self._try(sent, turn + 1)
                return
            if delay is not None:
                time.sleep(delay)

    def _try(self, sent: Sent, turn: int) -> Answer | None:
        port, started, answer = self._ports[turn % len(self._ports)], time.time(), None
        with suppress(Lost):
            answer = ask(port, "POST", sent.alert.path, sent.alert.body, timeout_seconds=ANSWER_SECONDS)
        sent.attempts.append(Attempt(port, started, time.time(), answer))
        if answer is not None and answer.status < 500:
            self._acknowledged[port] += 1
        return answer
