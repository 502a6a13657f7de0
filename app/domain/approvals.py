"""An order that waits for a person."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.dataclass import dataclass
from app.domain.bots import Approval, BotConfiguration
from app.domain.structures.kinds import StructureKind


class ApprovalDecision(StrEnum):
    """What became of the question whether an order may be sent."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """A ticket that waits, as it is shown meanwhile; `summary` tells a person what it would do.

    `broker`, `value` (in the account's currency) and `quantity` are those of the entry that was asked about,
    of a `structure` its largest loss and its units.
    """

    ticket: dict[str, Any]
    asked_at: datetime
    expires_at: datetime
    summary: str
    verdict: ApprovalDecision | None = None
    by: str | None = None
    decided_at: datetime | None = None
    broker: str | None = None
    value: Decimal | None = None
    quantity: Decimal | None = None
    structure: StructureKind | None = None


def is_asked_for(bot: BotConfiguration, value: Decimal | None) -> bool:
    """Tell whether a person must approve an entry of this value; unknown values need one."""
    if bot.approval is not Approval.ABOVE_NOTIONAL:
        return bot.approval is Approval.ALWAYS
    return value is None or bot.approval_above_notional is None or value > bot.approval_above_notional
