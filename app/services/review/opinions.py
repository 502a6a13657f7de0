"""One opinion for each alert: asked for once, kept as soon as it is there, counted when it fails."""

import logging
from collections.abc import Callable
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.opinions import Failure, Opinion, Question
from app.domain.reasons import Reason
from app.repositories.opinions import GivenOpinions
from app.services.analyst.base import Analyst
from app.services.analyst.failure_limit import FailureCount
from app.storage.base import Delete

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Opinions from their asking to the end of their ticket.

    `analyst` is called when the first opinion is wanted: an analyst may cost memory and time to make.
    """

    stored: GivenOpinions
    analyst: Callable[[], Analyst]
    failures: FailureCount

    def given(self, ticket: UUID) -> Opinion | None:
        """Return what was said already."""
        return self.stored.find(ticket)

    def about(self, ticket: UUID, bot: Bot, question: Question, *, is_required: bool) -> Opinion:
        """Ask and keep the answer; whatever goes wrong is told in the opinion. Raise StoreUnavailable.

        Failures of an opinion that is not required are not counted: it must not stop a bot.
        """
        opinion = self._ask(question)
        # From here on no crash costs another call.
        # Where another process was faster its words count, so that both act on the same opinion.
        if not self.stored.keep(ticket, opinion):
            return self.given(ticket) or opinion
        if is_required:
            self.failures.count(bot, opinion)
        return opinion

    def forgetting(self, ticket: UUID) -> list[Delete]:
        """Return the changes that forget an opinion; its ticket keeps it."""
        return self.stored.forgetting(ticket)

    def _ask(self, question: Question) -> Opinion:
        analyst = self.analyst()
        try:
            return analyst.opine(question)
        except Exception:  # an analyst tells its troubles; what it does not foresee is one all the same
            _logger.exception("The analyst failed in an unforeseen way")
            failure = Failure(Reason.OPINION_FAILED, "The analyst failed; the log has the details.")
            return Opinion(analyst=analyst.name, model=analyst.model, failure=failure)
