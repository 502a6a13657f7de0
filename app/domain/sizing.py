"""How large an entry is."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.bots import BotConfiguration
from app.domain.instruments import Instrument
from app.domain.money import DOWN, ONE, ZERO, round_down


@dataclass(frozen=True, slots=True)
class Size:
    """An entry's size in units; `notional` is set when it was asked for as an amount of money."""

    quantity: Decimal
    notional: Decimal | None = None
    source: str = "contracts"


def size_entry(
    bot: BotConfiguration,
    instrument: Instrument,
    *,
    contracts: Decimal | None,
    price: Decimal,
    equity: Decimal,
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
        value, source = max(equity, ZERO) * bot.base_order_pct, "equity"
    step = max(increment, ONE) if whole else increment
    quantity = round_down(value / (price * instrument.multiplier), step)
    return Size(quantity, None if whole else bot.notional, source)


def shrunk(size: Size, notional: Decimal, unit_value: Decimal, increment: Decimal, *, whole: bool) -> Size:
    """Bring a size down to a value in the account's currency; what is worth less stays as it is."""
    if size.quantity * unit_value <= notional:
        return size
    quantity = round_down(DOWN.divide(notional, unit_value), max(increment, ONE) if whole else increment)
    return Size(quantity, notional if size.notional is not None else None, "opinion")
