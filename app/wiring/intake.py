"""How what takes alerts in is made: the inbox, who works it off, and whom they ask."""

from collections.abc import Callable
from functools import cached_property

from app.schemas.alerts import read_stored_signal
from app.services.amendments import Amendments
from app.services.intake.alerts import Intake
from app.services.intake.approval_decisions import ApprovalService
from app.services.intake.handlers import Handlers
from app.services.intake.in_turn import InTurn
from app.services.intake.left_alerts import LeftAlerts
from app.services.intake.recovery import Recovery
from app.services.intake.repeats import Repeats
from app.services.review.idea_routes import IdeaRoutes
from app.services.review.reviewer import Reviewer
from app.services.runtime.supervisor import Task
from app.services.runtime.worker_pool import WorkPool
from app.services.structures.handler import StructureHandler
from app.services.trading.execution import Trading
from app.services.trading.numbered_exits import NumberedExits
from app.wiring.foundation import Foundation
from app.wiring.open_alerts import OpenAlerts
from app.wiring.policies import recovery_rules
from app.wiring.pursuits import numbered_trades

INBOX_PERIOD_SECONDS = 2.0
PURGE_PERIOD_SECONDS = 60.0
APPROVALS_PERIOD_SECONDS = 5.0


class Reception:
    """The collaborators between an alert's arrival and its trading, by name.

    `agree` brings the books of a broker's symbol in line with it.
    """

    def __init__(
        self,
        base: Foundation,
        open_alerts: OpenAlerts,
        trading: Trading,
        commands: Amendments,
        structures: StructureHandler,
        agree: Callable[[str, str], bool],
    ) -> None:
        self.base = base
        self.open_alerts = open_alerts
        self.trading = trading
        self.commands = commands
        self.structures = structures
        self.agree = agree

    @cached_property
    def pool(self) -> WorkPool:
        """The threads for what takes its time."""
        return WorkPool(self.base.settings.analyst_workers)

    @cached_property
    def intake(self) -> Intake:
        """From an alert to its answer."""
        review = Reviewer(
            trading=self.trading,
            structures=self.structures,
            routes=self.routes,
            opinions=self.open_alerts.opinions,
            approvals=self.open_alerts.approvals,
            bots=self.base.bots,
            ledger=self.base.ledger,
            switch=self.base.switch,
            clock=self.base.clock,
            is_stopping=lambda: self.pool.is_stopping,
        )
        numbered = NumberedExits(self.trading, numbered_trades(self.base))
        return Intake(
            store=self.base.store,
            inbox=self.open_alerts.inbox,
            ledger=self.base.ledger,
            workers=Handlers(self.trading, self.commands, review, self.structures, numbered, self.pool),
            in_flight=self.open_alerts.in_flight,
            in_turn=InTurn(
                lambda ticket: self.recovery.finish_ticket(ticket),  # noqa: PLW0108  # made later
                self.base.wait,
            ),
            routes=self.routes,
            repeats=Repeats(
                store=self.base.store,
                inbox=self.open_alerts.inbox,
                ledger=self.base.ledger,
                in_flight=self.open_alerts.in_flight,
            ),
            journal=self.base.journal,
            metrics=self.base.metrics,
            ticket_messages=self.base.ticket_messages,
            clock=self.base.clock,
            new_ticket_id=self.base.new_ticket_id,
        )

    @property
    def routes(self) -> IdeaRoutes:
        """Which bot carries an idea out."""
        return IdeaRoutes(self.base.bots)

    @cached_property
    def recovery(self) -> Recovery:
        """What a crash left in the inbox."""
        return Recovery(
            inbox=self.open_alerts.inbox,
            intake=self.intake,
            in_flight=self.open_alerts.in_flight,
            ledger=self.base.ledger,
            bots=self.base.bots,
            registry=self.base.registry,
            locks=self.base.locks,
            metrics=self.base.metrics,
            ticket_messages=self.base.ticket_messages,
            clock=self.base.clock,
            read_signal=read_stored_signal,
            rules=recovery_rules(self.base.settings),
            agree=self.agree,
            progress=self.open_alerts.progress,
            left_alerts=LeftAlerts(
                registry=self.base.registry, policy=self.base.resubmission, clock=self.base.clock
            ),
            order=self.open_alerts.order,
        )

    @cached_property
    def approval_service(self) -> ApprovalService:
        """Where people decide."""
        return ApprovalService(
            approvals=self.open_alerts.approvals,
            inbox=self.open_alerts.inbox,
            recovery=self.recovery,
            ledger=self.base.ledger,
            journal=self.base.journal,
        )

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is done with the inbox by the clock."""
        return (
            Task("inbox", INBOX_PERIOD_SECONDS, self.recovery.recover, everywhere=True),
            Task("purge", PURGE_PERIOD_SECONDS, self.open_alerts.inbox.purge, everywhere=True),
            Task("approvals", APPROVALS_PERIOD_SECONDS, self.approval_service.expire),
        )
