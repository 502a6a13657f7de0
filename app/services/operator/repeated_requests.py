"""An operator's request that comes again under its key gets the first answer and does nothing more."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from app.clock import Budget, Clock, Patience, Wait
from app.dataclass import dataclass
from app.errors import AppError, IdempotencyKeyReused, RequestUnfinished, StoreError
from app.repositories.operator_requests import GivenAnswer, OperatorRequests

KEPT = timedelta(days=1)
PERIOD_SECONDS = 3600.0
# How long the second of two waits for the first one's answer.
PATIENCE = Budget(seconds=10, poll_seconds=0.1)
# Refused before anything was done: the same key may be used again, rightly this time.
NOT_BEGUN = frozenset({400, 401, 403, 412, 413, 428, 429})


@dataclass(frozen=True, slots=True)
class RepeatedRequests:
    """Carries a request out once; what became of it is answered for a day, refusals included."""

    stored: OperatorRequests
    clock: Clock
    wait: Wait

    def carry_out(
        self,
        key: str,
        what: str,
        act: Callable[[], GivenAnswer],
        told: Callable[[AppError], GivenAnswer],
    ) -> tuple[GivenAnswer, bool]:
        """Return the answer, and whether it was given before.

        Raise IdempotencyKeyReused where the key stands for another request, RequestUnfinished where the
        first one is not answered yet or was cut off.
        """
        if not self.stored.begin(key, what, self.clock()):
            return self._first_answer(key, what), True
        try:
            answer = act()
        except StoreError:
            # Nothing is sent before it is stored; a fault later leaves the key taken, which is the safe side.
            raise
        except AppError as error:
            answer = told(error)
            if answer.status in NOT_BEGUN:
                self.stored.forget(key)
                raise
        # What was done was done: without its answer a repeat is told that the first one is unfinished.
        with suppress(StoreError):
            self.stored.finish(key, answer, self.clock())
        return answer, False

    def purge(self) -> int:
        """Forget what was asked more than a day ago."""
        return self.stored.purge(self.clock() - KEPT)

    def _first_answer(self, key: str, what: str) -> GivenAnswer:
        patience = Patience(PATIENCE, self.wait)
        while True:
            known = self.stored.find(key)
            if known is not None and known.what != what:
                raise IdempotencyKeyReused("This Idempotency-Key stands for another request; make a new one.")
            if known is not None and known.answer is not None:
                return known.answer
            if known is None or not patience.lasts():
                raise RequestUnfinished(
                    "The first request with this Idempotency-Key has no answer yet, or was cut off. Look at "
                    "orders and positions before you send it with a new key."
                )
