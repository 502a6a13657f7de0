"""Messages to the owner: masked, folded, and never in an order's way."""

import logging
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

from app.clock import Clock
from app.dataclass import dataclass
from app.errors import SettingsError
from app.logs import escape, mask
from app.services.observability.events import Event, EventKind

CAPACITY = 100
FOLD_WINDOW = timedelta(minutes=5)
# Between the attempts for one message; after the last it is given up.
PAUSES_SECONDS = (2.0, 10.0, 30.0)
# What ntfy (4096 bytes) and Discord (2000 characters) show whole, whatever the alphabet.
LONGEST_ABOUT, LONGEST_MESSAGE = 80, 1000

_NTFY_SCHEMES = {"https": "ntfys", "http": "ntfy"}
_MENTION = re.compile(r"[@<]")
_HTTP_STATUS = re.compile(r"\berror=(\d{3})\b")
_logger = logging.getLogger(__name__)


class NotSent(Exception):
    """The message did not get out; the sentence names no address."""


Send: TypeAlias = Callable[[Event], None]


class Notifier:
    """Sends messages in the background, in every process by a thread of its own; without a URL it is silent.

    `send` replaces apprise and raises when a message did not get out. The same kind and key is sent once
    in a `window`, at whose end one message counts the rest.
    """

    def __init__(
        self,
        url: str | None,
        topic: str | None,
        *,
        clock: Clock,
        send: Send | None = None,
        window: timedelta = FOLD_WINDOW,
        pauses_seconds: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        if url is not None and send is None:
            check_address(url, topic)
        # Without an address nothing is sent, whoever would send it.
        self._send = None if url is None else send or _AppriseSender(url, topic)
        self._clock = clock
        self._window = window
        self._pauses = tuple(pauses_seconds)
        self._outboxes: dict[int, _Outbox] = {}

    def notify(self, kind: EventKind, message: str, *, key: str = "", about: str = "") -> None:
        """Leave a message to be sent; return at once, whatever becomes of it.

        The first of a kind and `key` is sent at once, others are folded; `about` ends the kind's title.
        """
        # Never sent from here: an order must not wait for somebody's chat server.
        if self._send is not None:
            self._outbox(self._send).put(Event(kind, message, key, about))

    @property
    def dropped(self) -> int:
        """How many messages this process gave up."""
        outbox = self._outboxes.get(os.getpid())
        return 0 if outbox is None else outbox.dropped

    def close(self, timeout: float) -> None:
        """Send what is left, counts of folded messages included, for at most `timeout` seconds."""
        outbox = self._outboxes.get(os.getpid())
        if outbox is not None:
            outbox.close(timeout)

    def _outbox(self, send: Send) -> "_Outbox":
        # A fork inherits neither threads nor sane locks, and its parent sends what was waiting.
        found = self._outboxes.get(os.getpid())
        made = found or _Outbox(send, self._clock, self._window, self._pauses)
        return found or self._outboxes.setdefault(os.getpid(), made)


def apprise_address(url: str, topic: str | None) -> str:
    """Return the address as apprise wants it: a web address with a topic is an ntfy server."""
    parts = urlsplit(url)
    scheme = _NTFY_SCHEMES.get(parts.scheme)
    if topic is None or scheme is None:
        return url
    return urlunsplit((scheme, parts.netloc, f"/{quote(topic, safe='')}", parts.query, ""))


def check_address(url: str, topic: str | None) -> None:
    """Raise SettingsError for a web address that could never carry a message; Slack's and such can."""
    try:
        if topic is None and urlsplit(url).scheme in _NTFY_SCHEMES:
            _load(url)
    except (NotSent, ValueError) as error:
        raise SettingsError(
            "NOTIFICATION_URL is a web address of no service that apprise knows: set NOTIFICATION_TOPIC where"
            " it is an ntfy server, or write the service's own form, such as json:// or slack://"
        ) from error


@dataclass(slots=True)
class _Fold:
    since: datetime
    last: Event
    more: int = 0


class _Outbox:
    """What one process still has to send, and the thread that sends it."""

    def __init__(self, send: Send, clock: Clock, window: timedelta, pauses: Sequence[float]) -> None:
        self.dropped = 0
        self._send = send
        self._clock = clock
        self._window = window
        self._pauses = pauses
        self._changed = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._folds: dict[tuple[EventKind, str], _Fold] = {}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._failing = False

    def put(self, event: Event) -> None:
        with self._changed:
            if not self._closing:
                self._fold(event)
                self._start()

    def close(self, timeout: float) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        # Where no thread can be had the message waits for the next one's attempt.
        with suppress(RuntimeError):
            thread.start()
            self._thread = thread

    def _fold(self, event: Event) -> None:
        where, now = (event.kind, event.key), self._clock()
        self._end_fold(where, now)
        fold = self._folds.get(where)
        if fold is None:
            self._folds[where] = _Fold(now, event)
            self._append(event)
        else:
            fold.last = event
            fold.more += 1

    def _end_fold(self, where: tuple[EventKind, str], now: datetime) -> None:
        fold = self._folds.get(where)
        if fold is None or (not self._closing and fold.since <= now < fold.since + self._window):
            return
        del self._folds[where]
        if fold.more:
            count = f"… {fold.more} more in the last {_spelled(self._window)}"
            self._append(replace(fold.last, message=f"{count}; the last: {fold.last.message}"))

    def _append(self, event: Event) -> None:
        if len(self._waiting) == CAPACITY:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(event)
        self._changed.notify_all()

    def _run(self) -> None:
        while (event := self._next()) is not None:
            self._deliver(_presentable(event))

    def _next(self) -> Event | None:
        with self._changed:
            while True:
                now = self._clock()
                for where in tuple(self._folds):
                    self._end_fold(where, now)
                if self._waiting:
                    return self._waiting.popleft()
                if self._closing:
                    return None
                self._changed.wait(self._seconds_to_next_end(now))

    def _seconds_to_next_end(self, now: datetime) -> float | None:
        ends = (fold.since + self._window for fold in self._folds.values())
        return min(((end - now).total_seconds() for end in ends), default=None)

    def _deliver(self, event: Event) -> None:
        pauses = iter(self._pauses)
        while not self._is_sent(event):
            pause = next(pauses, None)
            with self._changed:
                if pause is None or self._changed.wait_for(lambda: self._closing, pause):
                    self.dropped += 1
                    return

    def _is_sent(self, event: Event) -> bool:
        try:
            self._send(event)
        except Exception as error:  # noqa: BLE001  # the edge of a background loop
            if not self._failing:
                # Other people's errors quote the address, which is a credential.
                reason = str(error) if isinstance(error, NotSent) else type(error).__name__
                _logger.warning("Notifications cannot be sent: %s", reason)
            self._failing = True
            return False
        if self._failing:
            _logger.info("Notifications are sent again; %s were lost so far", self.dropped)
        self._failing = False
        return True


class _AppriseSender:
    """Sends through apprise, which is loaded for the first message."""

    def __init__(self, url: str, topic: str | None) -> None:
        self._url = url
        self._topic = topic
        self._apprise: Any = None

    def __call__(self, event: Event) -> None:
        if self._apprise is None:
            self._apprise = _load(apprise_address(self._url, self._topic))
        result = self._apprise.notify(event.message, event.title, event.severity.value, body_format="text")
        if not result:
            statuses = _HTTP_STATUS.findall(" ".join(entry.message for entry in result.logs()))
            answer = f"HTTP {statuses[-1]}" if statuses else "no answer"
            raise NotSent(f"the service did not take the message: {answer}")


def _load(address: str) -> Any:
    from apprise import Apprise, AppriseAsset

    # Its lines quote topics and addresses; it hands us those of a failure all the same.
    logging.getLogger("apprise").propagate = False
    # Our own thread does the work: a pool's threads would hold up the end of the process.
    asset = AppriseAsset(app_id="Gatehouse", async_mode=False, service_timeout=0, image_url_mask="")
    service = Apprise(asset=asset)
    if not service.add(address):
        raise NotSent("NOTIFICATION_URL is not an address that apprise knows")
    return service


def _presentable(event: Event) -> Event:
    about, message = _clean(event.about, LONGEST_ABOUT), _clean(event.message, LONGEST_MESSAGE)
    return replace(event, about=about, message=message)


def _clean(text: str, longest: int) -> str:
    lines = "\n".join(escape(line) for line in mask(text).split("\n"))
    # An alert's text must not call everybody in a channel (`@everyone`, `<!channel>`).
    quiet = _MENTION.sub("\\g<0>\u200b", lines)
    return quiet if len(quiet) <= longest else f"{quiet[: longest - 1]}…"


def _spelled(window: timedelta) -> str:
    minutes = window // timedelta(minutes=1)
    return f"{minutes} minutes" if minutes > 1 else f"{window.total_seconds():g} seconds"
