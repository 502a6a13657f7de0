"""Whether an order's price, size, cost and timing keep to the limits."""

from decimal import Decimal

from app.domain.gates.gate import entry_gate, gate
from app.domain.money import ZERO
from app.domain.order_check import Proposal
from app.domain.reasons import Reason


@entry_gate
def price_known(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse what cannot be valued."""
    if proposal.price is None or proposal.price <= ZERO:
        return Reason.PRICE_UNKNOWN, "no price: neither the broker nor the alert gave one"
    return None, f"price {proposal.price:f}"


@entry_gate
def price_deviation(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an alert whose price is too far from the market's."""
    limit, quote, price = proposal.limits.max_price_deviation_pct, proposal.quote, proposal.reference_price
    if limit is None or price is None:
        return None, "no limit" if limit is None else "the alert carries no price"
    if quote is None or quote <= ZERO:
        return Reason.PRICE_UNKNOWN, "no quote to compare with"
    deviation = abs(price - quote) / quote
    detail = f"alert {price:f}, quote {quote:f}, deviation {deviation:.6f}, limit {limit:f}"
    return (Reason.PRICE_DEVIATION if deviation > limit else None), detail


@entry_gate
def quantity_limit(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an order of nothing, or of more units than the limit."""
    quantity, limit = proposal.quantity, proposal.limits.max_order_quantity
    if quantity is None:
        return (Reason.ACCOUNT_UNKNOWN if proposal.price is not None else Reason.PRICE_UNKNOWN), "no size"
    if quantity <= ZERO:
        return Reason.QUANTITY_ZERO, "the size buys less than the smallest quantity that can be traded"
    return _at_most(quantity, limit, Reason.QUANTITY_EXCEEDS_LIMIT, "quantity")


@gate
def lot_multiple(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse a named size that is not whole lots, rather than trade less than was asked for."""
    if proposal.asked is None or proposal.instrument is None:
        return None, "the alert names no size, or one that may be rounded"
    lot = proposal.instrument.quantity_increment
    detail = f"asked {proposal.asked:f}, lot {lot:f}"
    return (Reason.QUANTITY_NOT_LOT if proposal.asked % lot else None), detail


@gate
def freeze_quantity(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse more units than the exchange takes in one order."""
    limit = proposal.instrument.freeze_quantity if proposal.instrument is not None else None
    if limit is None or proposal.quantity is None:
        return None, "no limit is known"
    return _at_most(proposal.quantity, limit, Reason.QUANTITY_EXCEEDS_FREEZE, "quantity")


@entry_gate
def exits_placed(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an alert's own stop-loss or take-profit on the wrong side of the price."""
    stop, target, price = proposal.stop_loss, proposal.take_profit, proposal.price
    if (stop is None and target is None) or price is None:
        return None, "the alert brings none"
    sign = proposal.side.sign
    is_wrong = (stop is not None and (price - stop) * sign <= ZERO) or (
        target is not None and (target - price) * sign <= ZERO
    )
    shown = ", ".join(f"{name} {value}" for name, value in (("stop", stop), ("target", target)) if value)
    return (Reason.EXIT_MISPLACED if is_wrong else None), f"price {price:f}, {shown}"


@entry_gate
def notional_limit(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an order worth more than the limit."""
    return _at_most(
        proposal.notional, proposal.limits.max_order_notional, Reason.NOTIONAL_EXCEEDS_LIMIT, "notional"
    )


@entry_gate
def buying_power(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse what the account cannot pay."""
    if proposal.account is None:
        return Reason.ACCOUNT_UNKNOWN, "no account"
    if not proposal.account.can_trade:
        return Reason.ACCOUNT_UNKNOWN, "the broker has blocked the account"
    return _at_most(
        proposal.notional, proposal.account.buying_power, Reason.BUYING_POWER_INSUFFICIENT, "notional"
    )


@entry_gate
def daily_orders(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse more entries a day than the cap."""
    count = Decimal(proposal.usage.orders_today + 1)
    limit = proposal.limits.daily_order_cap
    return _at_most(count, limit, Reason.DAILY_ORDER_CAP, "entries today would be")


@entry_gate
def daily_notional(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse entries worth more a day than the cap."""
    total = None if proposal.notional is None else proposal.usage.notional_today + proposal.notional
    return _at_most(
        total, proposal.limits.daily_notional_cap, Reason.DAILY_NOTIONAL_CAP, "value today would be"
    )


@entry_gate
def symbol_exposure(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse a resulting position worth more than the cap."""
    value = proposal.position_value
    return _at_most(
        value, proposal.limits.per_symbol_cap, Reason.SYMBOL_EXPOSURE_CAP, "position would be worth"
    )


@entry_gate
def open_positions(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse to open one position more than the bot may hold."""
    usage = proposal.usage
    count = Decimal(usage.open_positions + (0 if usage.holds_symbol else 1))
    return _at_most(
        count, proposal.limits.max_open_positions, Reason.OPEN_POSITIONS_CAP, "positions would be"
    )


@entry_gate
def market_hours(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse entries outside market hours where that is asked for."""
    if not proposal.limits.market_hours_only:
        return None, "any hour"
    if proposal.market_open is None:
        return Reason.MARKET_CLOSED, "the market's hours are unknown"
    return (None if proposal.market_open else Reason.MARKET_CLOSED), f"open: {proposal.market_open}"


@entry_gate
def cooldown(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse to enter a symbol again too soon."""
    limit, last = proposal.limits.cooldown_seconds, proposal.usage.last_entry_at
    if not limit or last is None:
        return None, "no limit" if not limit else "no earlier entry"
    elapsed = (proposal.now - last).total_seconds()
    return (Reason.COOLDOWN_ACTIVE if elapsed < limit else None), f"{elapsed:.1f} s since, limit {limit} s"


def _at_most(
    value: Decimal | None, limit: Decimal | int | None, code: Reason, what: str
) -> tuple[Reason | None, str]:
    if limit is None:
        return None, "no limit"
    if value is None:
        return Reason.PRICE_UNKNOWN, f"{what} unknown, limit {limit}"
    return (code if value > limit else None), f"{what} {value:f}, limit {limit}"
