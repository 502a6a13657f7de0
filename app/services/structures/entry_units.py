"""How many units of a structure are entered: what is asked for, and what of it others leave."""

from decimal import Decimal

from app.domain.accounts import MarketSnapshot
from app.domain.money import ZERO
from app.domain.reasons import Reason
from app.domain.refusals import money
from app.domain.structures.commands import EnterCommand
from app.domain.structures.legs import StructureRefused
from app.domain.structures.payoff import largest_loss
from app.services.structures.choices import ContractChoice
from app.services.trading.context import OrderContext


def units_of(
    context: OrderContext,
    choice: ContractChoice,
    command: EnterCommand,
    worst: Decimal,
    view: MarketSnapshot | None,
) -> int:
    """Return how many units are wanted: by the command, else the bot's, else by risk, else one."""
    keys = context.bot.configuration
    asked = command.units or keys.contracts
    if command.legs or asked is not None:
        return choice.units * (asked or 1)
    risk = keys.risk_amount
    if keys.risk_pct is not None and view is not None and view.account is not None:
        risk = keys.risk_pct * view.account.equity
    if risk is None:
        return 1
    loss = largest_loss(choice.structure, worst)
    if not loss:
        raise StructureRefused(Reason.MAX_LOSS_EXCEEDED, "Its loss has no end, so no size fits a risk.")
    units = int(risk / loss)
    if units == 0:
        currency = choice.structure.currency
        told = f"{money(loss, currency)} a unit, {money(risk, currency)} may be risked"
        raise StructureRefused(Reason.QUANTITY_ZERO, told)
    return units


def units_agreed(context: OrderContext, units: int, each: Decimal, currency: str) -> int:
    """Return how many of the units the cap of ideas, the opinion and an approval leave.

    `each` is what one unit counts for. An opinion can only take units away, down to a refusal.
    """
    limits = dict(context.value_limits)
    approved = context.advice.most(each)
    if approved is not None:
        limits["the approval"] = approved
    if not limits or each <= ZERO:
        return units
    source, most = min(limits.items(), key=lambda item: item[1])
    if most < each:
        told = f"one unit counts for {money(each, currency)}, {source} allows {money(most, currency)}"
        raise StructureRefused(Reason.NOTIONAL_EXCEEDS_LIMIT, told)
    return min(units, int(most / each))
