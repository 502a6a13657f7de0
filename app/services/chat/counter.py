"""The counter of chat: answers within what a platform waits, and sends on what takes longer."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field

from app.domain.chat import ChatAnswer, ChatRequest
from app.logs import carried
from app.services.chat.desk import ChatDesk

# Slack and Discord wait three seconds.
PATIENCE_SECONDS = 2.2
AT_ONE_TIME = 4

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatCounter:
    """Lets the desk work beside the request; what was begun is always brought to its end."""

    desk: ChatDesk
    patience_seconds: float = PATIENCE_SECONDS
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONE_TIME, thread_name_prefix="chat"), init=False
    )

    def serve(self, request: ChatRequest, later: Callable[[ChatAnswer], object]) -> ChatAnswer | None:
        """Return the answer, or None where it takes longer: `later` gets it then."""
        answers: list[ChatAnswer] = []
        work: Future[None] = self._threads.submit(carried(lambda: answers.append(self._answer(request))))
        try:
            work.result(self.patience_seconds)
        except TooSlow:
            work.add_done_callback(lambda _: later(answers[0]))
            return None
        return answers[0]

    def close(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: ChatRequest) -> ChatAnswer:
        try:
            return self.desk.answer(request)
        except Exception:  # the speaker must hear something, and the log the rest
            _logger.exception("A chat request failed")
            return ChatAnswer(
                "Something went wrong here; the log says what. Look at `tickets` before you repeat it."
            )
