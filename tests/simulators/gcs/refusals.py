"""Google's refusals: a status and a sentence, in JSON or, where content was asked for, in words."""

from tests.simulators.loopback.messages import Answer
from tests.simulators.loopback.refusals import Refusal

REASONS = {400: "invalid", 404: "notFound", 412: "conditionNotMet", 429: "rateLimitExceeded"}


class Refused(Refusal):
    """What Cloud Storage does not do."""

    def __init__(self, status: int, message: str) -> None:
        reason = REASONS.get(status, "backendError")
        error = {"message": message, "domain": "global", "reason": reason}
        super().__init__(status, message, {"error": {"code": status, "message": message, "errors": [error]}})

    def answer_to(self, *, media: bool) -> Answer:
        """Return what goes back to whoever asked for content, or for a description."""
        if self.status == 304:
            return Answer(304)
        if media:
            return Answer(self.status, str(self).encode(), {"Content-Type": "text/html; charset=UTF-8"})
        return self.answer()
