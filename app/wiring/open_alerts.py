"""How what is known of alerts that are not finished is made: where they wait, and whose turn it is."""

from functools import cached_property

from app.repositories.inbox import Inbox
from app.repositories.opinions import GivenOpinions
from app.services.chat.announcer import Announcer
from app.services.intake.in_flight import InFlight
from app.services.intake.interrupted import Interrupted
from app.services.intake.recovery_order import RecoveryOrder
from app.services.review.approvals import Approvals
from app.services.review.opinions import Opinions
from app.services.review.progress import ReviewProgress
from app.wiring.announcing import announcer
from app.wiring.foundation import Foundation


class OpenAlerts:
    """Alerts that are not finished, by the parts that know of them; none of these carries one out."""

    def __init__(self, base: Foundation) -> None:
        self.base = base

    @cached_property
    def inbox(self) -> Inbox:
        """The idempotency cache and durable queue."""
        lifetime = self.base.settings.idempotency_ttl_seconds
        return Inbox(self.base.store, self.base.clock, self.base.locks.owner, ttl_seconds=lifetime)

    @cached_property
    def opinions(self) -> Opinions:
        """What analysts said of tickets that are not finished."""
        research = self.base.research
        return Opinions(
            stored=GivenOpinions(self.base.store),
            analyst=lambda: research.analyst,
            failures=research.failures,
        )

    @cached_property
    def approvals(self) -> Approvals:
        """What waits for a person."""
        return Approvals(
            store=self.base.store,
            audit=self.base.audit,
            notifier=self.base.notifier,
            clock=self.base.clock,
            timeout_seconds=self.base.settings.approval_timeout_seconds,
            public_url=self.base.settings.public_url,
            journal=self.base.journal,
            ask_in_chat=self.announcer.ask,
        )

    @cached_property
    def announcer(self) -> Announcer:
        """What asks for approvals in channels of Slack and Discord."""
        return announcer(self.base.settings)

    @cached_property
    def in_flight(self) -> InFlight:
        """What this process is working on."""
        return InFlight(self.base.wait)

    @cached_property
    def progress(self) -> ReviewProgress:
        """How far what asks others first has come."""
        return ReviewProgress(self.approvals, self.opinions)

    @cached_property
    def interrupted(self) -> Interrupted:
        """What may have placed an order that no book shows."""
        return Interrupted(
            self.inbox,
            self.in_flight,
            self.progress,
            self.base.locks,
            self.order,
            self.base.settings.web_concurrency,
        )

    @cached_property
    def order(self) -> RecoveryOrder:
        """Whose turn it is in the recovery."""
        return RecoveryOrder(
            bots=self.base.bots,
            registry=self.base.registry,
            progress=self.progress,
            clock=self.base.clock,
            default_broker=self.base.settings.default_broker,
            is_new=self.in_flight.is_not_begun,
        )
