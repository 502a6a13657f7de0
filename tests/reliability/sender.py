"""Alerts sent the way TradingView sends them: again on 5xx (not 504) or without an answer, byte for byte."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.reliability.alerts import Alert
from tests.reliability.server import Answer, Lost, ask

# TradingView waits 3 s for an answer and some seconds between its at most three resends; the latter scaled.
ANSWER_SECONDS = 3.0
RESEND_DELAYS = (0.15, 0.4, 0.9)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, in epoch seconds; without an answer when the connection was lost."""

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
    """Threads that each send one alert after another until told to stop."""

    def __init__(self, port: int, streams: list[Iterator[Alert]]) -> None:
        self.sent: list[Sent] = []
        self.acknowledged = 0
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(alerts,)) for alerts in streams]

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
            self._send(sent)

    def _send(self, sent: Sent) -> None:
        for delay in (*RESEND_DELAYS, None):
            attempt = self._try(sent.alert)
            sent.attempts.append(attempt)
            if attempt.answer is not None and (attempt.answer.status < 500 or attempt.answer.status == 504):
                self.acknowledged += attempt.answer.status < 500
                return
            if delay is not None:
                time.sleep(delay)

    def _try(self, alert: Alert) -> Attempt:
        started = time.time()
        try:
            answer = ask(self._port, "POST", alert.path, alert.body, timeout_seconds=ANSWER_SECONDS)
        except Lost:
            return Attempt(started, time.time(), None)
        return Attempt(started, time.time(), answer)
