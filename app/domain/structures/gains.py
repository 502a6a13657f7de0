"""What an open structure has brought so far, as far as the prices of its legs are known."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.losses import Gain
from app.domain.money import ZERO
from app.domain.structures.trades import StructureTrade


def gain_of_structure(trade: StructureTrade, prices: Mapping[str, Decimal | None]) -> Gain:
    """Return what a trade has brought after fees at the prices of its contracts and shares, by name.

    Without one of them it is the least that it can be: the structure's largest loss, where that has an end.
    """
    missing = [name for name in trade.legs if prices.get(name) is None]
    if not missing:
        paid = (trade.entered_value + trade.exited_value) * trade.structure.multiplier
        gain = _worth(trade, prices) - paid - trade.fees
        return Gain(gain, gain)
    realized, loss = trade.realized - trade.fees, trade.largest_loss
    # Of legs without each other nobody has said what they can cost.
    least = realized - loss if loss is not None and trade.is_whole else None
    return Gain(realized, least, tuple(f"{name} has no price" for name in missing))


def _worth(trade: StructureTrade, prices: Mapping[str, Decimal | None]) -> Decimal:
    units = {leg.instrument.symbol: leg.instrument.multiplier for leg in trade.structure.legs}
    return sum(
        (held * (prices[name] or ZERO) * units.get(name, Decimal(1)) for name, held in trade.legs.items()),
        ZERO,
    )
