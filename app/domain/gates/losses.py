"""Whether what was lost today lets the bot enter at all."""

from decimal import Decimal
from operator import attrgetter

from app.domain.gates.gate import NOT_LIMITED, GateGroup, Outcome, entry_gate
from app.domain.losses import Gain
from app.domain.order_check import OrderCheck
from app.domain.reasons import Reason
from app.domain.refusals import count, money


@entry_gate(Reason.DAILY_LOSS_LIMIT, Reason.LOSS_UNKNOWN, of="limits.daily_loss_limit")
def daily_loss(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse entries once the bot has lost its limit since the session began."""
    losses = check.losses
    return _within(check, limit, losses.bot, losses.bot_stop, Reason.DAILY_LOSS_LIMIT)


@entry_gate(Reason.ACCOUNT_LOSS_LIMIT, Reason.LOSS_UNKNOWN, of="limits.account_loss_limit")
def account_loss(check: OrderCheck, limit: Decimal) -> Outcome:
    """Refuse entries once all bots together have lost the account's limit since the session began."""
    losses = check.losses
    return _within(check, limit, losses.account, losses.account_stop, Reason.ACCOUNT_LOSS_LIMIT)


@entry_gate(Reason.CONSECUTIVE_LOSSES, of="limits.max_consecutive_losses")
def losses_in_a_row(check: OrderCheck, limit: int) -> Outcome:
    """Refuse entries once so many trades in a row were lost since the session began."""
    lost = check.losses.in_a_row
    detail = f"{count(lost, 'loss', 'losses')} in a row today, limit {limit}"
    if lost < limit:
        return None, detail
    return Reason.CONSECUTIVE_LOSSES, f"{detail}, {_until(check)} or flask bots resume {check.bot.id}"


def _within(
    check: OrderCheck, limit: Decimal, gain: Gain | None, stop: Decimal | None, code: Reason
) -> Outcome:
    most = f"limit {money(limit, check.currency)}"
    # What was lost once stays so until the next session, although an open trade has recovered since.
    if stop is not None and stop >= limit:
        return code, f"{money(stop, check.currency)} lost today, {most}, {_until(check)}"
    if gain is None:
        return Reason.LOSS_UNKNOWN, most
    if gain.is_doubtful(limit):
        return Reason.LOSS_UNKNOWN, f"{'; '.join(gain.unknown)}, {most}"
    detail = f"{money(gain.loss, check.currency)} lost today, {most}"
    return (code, f"{detail}, {_until(check)}") if gain.reaches(limit) else (None, detail)


def _until(check: OrderCheck) -> str:
    until = check.losses.until
    return "entries again in the next session" if until is None else f"entries again from {until:%H:%M} UTC"


LOSSES = GateGroup(
    "losses", (daily_loss, account_loss, losses_in_a_row), attrgetter("limits.limits_losses"), NOT_LIMITED
)
