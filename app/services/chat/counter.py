"""The counter of chat: answers within what a platform waits, and sends on what takes longer."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import field

from app.dataclass import dataclass
from app.domain.chat import ChatAnswer, ChatRequest
from app.logs import carried
from app.services.chat.desk import ChatDesk

# Slack and Discord wait three seconds.
PATIENCE_SECONDS = 2.2
AT_ONE_TIME = 4
SORRY = ChatAnswer("Something went wrong here; the log says what. Look at `tickets` before you repeat it.")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatCounter:
    """Lets the desk work beside the request; what was begun is always brought to its end."""

    desk: ChatDesk
    patience_seconds: float = PATIENCE_SECONDS
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONE_TIME, thread_name_prefix="chat"), init=False
    )
    _begun: set[Future[ChatAnswer]] = field(default_factory=set, init=False)

    def serve(self, request: ChatRequest, later: Callable[[ChatAnswer], object]) -> ChatAnswer | None:
        """Return the answer, or None where it takes longer: `later` gets it then."""
        work = self._begin(request)
        try:
            return work.result(self.patience_seconds)
        except TooSlow:
            # In a thread of the counter: sending must not hold up the request that is answered now.
            self._threads.submit(carried(lambda: later(work.result())))
            return None

    def serve_later(self, request: ChatRequest, later: Callable[[ChatAnswer], object]) -> None:
        """Return at once; `later` gets the answer."""
        self._begin(request, later)

    def close(self, timeout: float) -> None:
        """Begin nothing more, and wait so long for what was begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._begun), timeout)

    def _begin(
        self, request: ChatRequest, later: Callable[[ChatAnswer], object] | None = None
    ) -> Future[ChatAnswer]:
        work = self._threads.submit(carried(lambda: self._answer(request, later)))
        self._begun.add(work)
        work.add_done_callback(self._begun.discard)
        return work

    def _answer(self, request: ChatRequest, later: Callable[[ChatAnswer], object] | None) -> ChatAnswer:
        try:
            answer = self.desk.answer(request)
        except Exception:  # the speaker must hear something, and the log the rest
            _logger.exception("A chat request failed")
            answer = SORRY
        if later is not None:
            later(answer)
        return answer
