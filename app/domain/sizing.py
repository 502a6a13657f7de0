"""How large an entry is."""

from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.alert_terms import AlertTerms
from app.domain.bots import BotConfiguration
from app.domain.instruments import Instrument
from app.domain.money import DOWN, ONE, ZERO, round_down


@dataclass(frozen=True, slots=True)
class Size:
    """An entry's size in units; `notional` is set when it was asked for as an amount of money.

    `budget` is the money that it was worked out from, None where that was no money.
    """

    quantity: Decimal
    notional: Decimal | None = None
    source: str = "contracts"
    budget: Decimal | None = None


def size_entry(
    bot: BotConfiguration,
    instrument: Instrument,
    *,
    contracts: Decimal | None,
    price: Decimal,
    account: Account | None,
    increment: Decimal,
    whole: bool = False,
) -> Size:
    """Size by contracts, else by the bot's notional, else by a fraction of equity (account currency).

    `increment` is the smallest step of a quantity here. With `whole` the bot's own sizes come in whole units
    and not as an amount of money; contracts stay what the alert says.
    """
    if contracts is not None:
        return Size(round_down(contracts, increment))
    value, source = bot.notional, "notional"
    if value is None:
        value, source = _equity(account) * bot.base_order_pct, "equity"
    step = max(increment, ONE) if whole else increment
    quantity = round_down(value / (price * instrument.multiplier), step)
    return Size(quantity, None if whole else bot.notional, source, value)


def sizing_conflict(bot: BotConfiguration) -> str | None:
    """Tell why a bot's ways to size an entry do not go together; None where they do."""
    ways = {
        "risk_pct": bot.risk_pct is not None,
        "risk_amount": bot.risk_amount is not None,
        "notional": bot.notional is not None,
        "use_strategy_contracts": bot.use_strategy_contracts,
    }
    chosen = [name for name, is_set in ways.items() if is_set]
    if len(chosen) < 2 or not (ways["risk_pct"] or ways["risk_amount"]):  # noqa: PLR2004  # two are one too many
        return None
    return f"An entry is sized in one way: set only one of {', '.join(chosen[:-1])} and {chosen[-1]}."


def risk_of(bot: BotConfiguration, account: Account | None) -> Decimal | None:
    """Return what an entry may lose at its stop (account currency); None: it is not sized by that."""
    if bot.risk_amount is not None:
        return bot.risk_amount
    return None if bot.risk_pct is None else _equity(account) * bot.risk_pct


def _equity(account: Account | None) -> Decimal:
    """Return what sizes are a part of: nothing where it is unknown, so that none follows from a guess."""
    return ZERO if account is None else max(account.equity, ZERO)


def sized_by_alert(bot: BotConfiguration, terms: AlertTerms) -> BotConfiguration:
    """Return a bot's configuration with the alert's own amount of money or equity in its place."""
    if not terms.is_by_money:
        return bot
    fraction = bot.base_order_pct if terms.equity_fraction is None else terms.equity_fraction
    return replace(bot, notional=terms.notional, base_order_pct=fraction)


def least_risk(terms: AlertTerms, bot: BotConfiguration, account: Account | None) -> Decimal | None:
    """Return what an entry may lose at its stop by its alert and its bot: the smaller; None: neither says."""
    fraction = terms.risk_fraction
    of_alert = terms.risk_amount if fraction is None else _equity(account) * fraction
    of_bot = risk_of(bot, account)
    if of_alert is None or of_bot is None:
        return of_bot if of_alert is None else of_alert
    return min(of_alert, of_bot)


def size_by_risk(risk: Decimal, unit_loss: Decimal, step: Decimal) -> Size:
    """Return the most units that lose no more than the risk; nothing where a unit's loss is not known.

    `unit_loss` is what one unit loses between its price and its stop, in the account's currency.
    """
    if unit_loss <= ZERO:
        return Size(ZERO, source="risk")
    return Size(round_down(DOWN.divide(risk, unit_loss), step), source="risk")


def at_most(size: Size, quantity: Decimal | None, step: Decimal, *, source: str) -> Size:
    """Bring a size down to a number of units that `source` sets; None is no limit."""
    if quantity is None or size.quantity <= quantity:
        return size
    return Size(round_down(quantity, step), source=source)


def shrunk(
    size: Size, notional: Decimal, unit_value: Decimal, increment: Decimal, *, whole: bool, source: str
) -> Size:
    """Bring a size down to a value (account's currency) that `source` sets; what is worth less stays."""
    if size.quantity * unit_value <= notional:
        return size
    quantity = round_down(DOWN.divide(notional, unit_value), max(increment, ONE) if whole else increment)
    return Size(quantity, notional if size.notional is not None else None, source, notional)
