"""Questions for a person, sent into a channel with buttons: never in an order's way."""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.chat import ChatAction, ChatAnswer, ChatButton

if TYPE_CHECKING:
    from requests import Response

TIMEOUT_SECONDS = 5.0
# Between the attempts for one question; a link or the dashboard decides on it all the same.
PAUSES_SECONDS = (2.0, 10.0)

_WORD = re.compile(r"[A-Za-z0-9_ .]{1,80}")
_logger = logging.getLogger(__name__)


class NotTaken(Exception):
    """A platform did not take a message; the sentence names no address. `status` is 0 without an answer."""

    def __init__(self, sentence: str, *, is_final: bool, status: int = 0) -> None:
        super().__init__(sentence)
        self.is_final, self.status = is_final, status


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChannel:
    """Where questions are asked; `write` is how the platform takes them."""

    platform: str
    address: str
    headers: Mapping[str, str] = field(repr=False)
    write: Callable[[ChatAnswer], dict[str, Any]]

    def send(self, answer: ChatAnswer) -> None:
        """Send once; raise NotTaken."""
        send(self.platform, self.address, self.headers, self.write(answer))


@dataclass(frozen=True, slots=True)
class Announcer:
    """Asks in every channel, from threads of its own; without a channel it is silent."""

    channels: tuple[ChatChannel, ...] = ()
    pauses_seconds: tuple[float, ...] = PAUSES_SECONDS
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="chat-questions"), init=False
    )
    _closing: threading.Event = field(default_factory=threading.Event, init=False)
    _begun: set[Future[None]] = field(default_factory=set, init=False)

    def ask(self, ticket: UUID, summary: str) -> None:
        """Leave a question to be sent; return at once, whatever becomes of it."""
        for channel in self.channels:
            try:
                work = self._threads.submit(self._send, channel, question(ticket, summary))
            except RuntimeError:
                # It stops, or no thread can be had; the ticket waits all the same.
                _logger.warning("%s was not asked about ticket %s", channel.platform, ticket)
            else:
                self._begun.add(work)
                work.add_done_callback(self._begun.discard)

    def close(self, timeout: float) -> None:
        """Send what is left, for at most `timeout` seconds and without further attempts."""
        self._closing.set()
        wait(tuple(self._begun), timeout)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, channel: ChatChannel, answer: ChatAnswer) -> None:
        for pause in (*self.pauses_seconds, None):
            try:
                return channel.send(answer)
            except NotTaken as error:
                _logger.warning("A question was not sent: %s", error)
                if error.is_final or pause is None or self._closing.wait(pause):
                    return None
            except Exception:  # the edge of a background thread
                _logger.exception("A question could not be sent")
                return None
        return None


def question(ticket: UUID, summary: str) -> ChatAnswer:
    """Ask for an approval."""
    buttons = (
        ChatButton("Approve", ChatAction.APPROVE, str(ticket)),
        ChatButton("Reject", ChatAction.REJECT, str(ticket), is_dangerous=True),
    )
    return ChatAnswer(f"Waits for you: {summary} ({ticket})", buttons)


def send(platform: str, address: str, headers: Mapping[str, str], body: dict[str, Any]) -> None:
    """Post JSON once; raise NotTaken unless the platform says that it has it."""
    import requests

    try:
        answer = requests.post(
            address, json=body, headers=dict(headers), timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise NotTaken(f"{platform} does not answer ({type(error).__name__}).", is_final=False) from None
    refusal = _refusal(answer)
    if refusal is not None:
        is_passing = answer.status_code in {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}
        raise NotTaken(
            f"{platform} refused it: {refusal}.", is_final=not is_passing, status=answer.status_code
        )


def _refusal(answer: "Response") -> str | None:
    """Return why a message was not taken: Slack says so in an answer of status 200."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    said = body if isinstance(body, dict) else {}
    if answer.status_code in {HTTPStatus.OK, HTTPStatus.CREATED} and said.get("ok", True) is True:
        return None
    word = str(said.get("error") or said.get("message") or "")
    return f"status {answer.status_code}{f', {word}' if _WORD.fullmatch(word) else ''}"
