"""The gates: pure functions that may refuse an order, asked in the order in which `GATES` lists them.

A gate sees everything as arguments and answers with a verdict that carries the figures it compared. Where
data is missing, an entry is refused. Exits pass the limits that guard entries.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import wraps

from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.proposals import Proposal, Verdict
from app.domain.reasons import Reason
from app.domain.trading_state import TradingState

CLOCK_TOLERANCE = timedelta(seconds=60)

Gate = Callable[[Proposal], Verdict]
Check = Callable[[Proposal], tuple[Reason | None, str]]


def gate(check: Check) -> Gate:
    """Turn a check (the reason for refusing or None, and the figures) into a gate of the same name."""
    name = check.__name__

    @wraps(check)
    def judged(proposal: Proposal) -> Verdict:
        code, detail = check(proposal)
        return Verdict(name, code is None, code, detail)

    return judged


def entry_gate(check: Check) -> Gate:
    """Turn a check into a gate that exits pass."""
    name = check.__name__
    passed = Verdict(name, True, None, "exits pass")

    @wraps(check)
    def judged(proposal: Proposal) -> Verdict:
        if proposal.role is OrderRole.EXIT:
            return passed
        code, detail = check(proposal)
        return Verdict(name, code is None, code, detail)

    return judged


@gate
def global_trading_state(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse everything while HALTED and entries while REDUCING."""
    return _state(proposal.global_state, proposal.role)


@gate
def bot_trading_state(proposal: Proposal) -> tuple[Reason | None, str]:
    """The same for the bot's own switch."""
    return _state(proposal.bot_state, proposal.role)


def _state(state: TradingState, role: OrderRole) -> tuple[Reason | None, str]:
    if state is TradingState.HALTED:
        return Reason.TRADING_HALTED, "state HALTED"
    if state is TradingState.REDUCING and role is OrderRole.ENTRY:
        return Reason.TRADING_REDUCING, "state REDUCING"
    return None, f"state {state.value}"


@entry_gate
def freshness(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an alert that is too old, or from the future, by its own time."""
    limit = proposal.limits.stale_after_seconds
    if limit is None or proposal.sent_at is None:
        return None, "no limit" if limit is None else "the alert carries no time"
    age = proposal.now - proposal.sent_at
    detail = f"age {age.total_seconds():.1f} s, limit {limit} s"
    if age > timedelta(seconds=limit):
        return Reason.ALERT_STALE, detail
    return (Reason.ALERT_FROM_FUTURE if age < -CLOCK_TOLERANCE else None), detail


@gate
def symbol_known(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse a symbol that is not exactly one instrument."""
    if proposal.symbol_refusal is not None:
        return proposal.symbol_refusal
    if proposal.instrument is None:
        return Reason.SYMBOL_UNKNOWN, "no instrument"
    return None, f"{proposal.instrument.symbol} is {proposal.instrument.asset_class.value}"


@entry_gate
def symbol_allowed(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse symbols outside the bot's own list."""
    if proposal.allowed_symbols is None:
        return None, "every symbol"
    symbol = proposal.instrument.symbol if proposal.instrument is not None else None
    detail = f"{symbol}, allowed {', '.join(proposal.allowed_symbols) or 'none'}"
    return (None if symbol in proposal.allowed_symbols else Reason.SYMBOL_NOT_ALLOWED), detail


@gate
def broker_supports(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse kinds of instrument, and short sales of them, that the broker does not take."""
    if proposal.instrument is None:
        return Reason.SYMBOL_UNKNOWN, "no instrument"
    kind, broker = proposal.instrument.asset_class, proposal.broker
    if kind not in broker.asset_classes:
        return Reason.SYMBOL_UNSUPPORTED, f"{broker.name} does not trade {kind.value}"
    if proposal.opens_short and kind not in broker.short:
        return Reason.SHORT_UNSUPPORTED, f"{broker.name} does not sell {kind.value} short"
    return None, f"{broker.name} trades {kind.value}"


@entry_gate
def live_trading(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse real money that was not allowed twice: globally and for the bot."""
    if not proposal.broker.live:
        return None, "no real money"
    return (None if proposal.live_allowed else Reason.LIVE_NOT_ENABLED), "real money"


@entry_gate
def short_selling(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse to open a short position unless that is allowed globally and not forbidden by the bot."""
    if not proposal.opens_short:
        return None, "does not open a short position"
    allowed = proposal.limits.allow_short
    return (None if allowed else Reason.SHORT_DISABLED), f"short selling {'on' if allowed else 'off'}"


@entry_gate
def price_known(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse what cannot be valued."""
    if proposal.price is None or proposal.price <= ZERO:
        return Reason.PRICE_UNKNOWN, "no price from the broker or the alert"
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
        return Reason.QUANTITY_ZERO, f"quantity {quantity:f}"
    return _at_most(quantity, limit, Reason.QUANTITY_EXCEEDS_LIMIT, "quantity")


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
    return _at_most(count, proposal.limits.daily_order_cap, Reason.DAILY_ORDER_CAP, "entries today")


@entry_gate
def daily_notional(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse entries worth more a day than the cap."""
    total = None if proposal.notional is None else proposal.usage.notional_today + proposal.notional
    return _at_most(total, proposal.limits.daily_notional_cap, Reason.DAILY_NOTIONAL_CAP, "value today")


@entry_gate
def symbol_exposure(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse a resulting position worth more than the cap."""
    value = proposal.position_value
    return _at_most(value, proposal.limits.per_symbol_cap, Reason.SYMBOL_EXPOSURE_CAP, "position value")


@entry_gate
def open_positions(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse to open one position more than the bot may hold."""
    usage = proposal.usage
    count = Decimal(usage.open_positions + (0 if usage.holds_symbol else 1))
    return _at_most(count, proposal.limits.max_open_positions, Reason.OPEN_POSITIONS_CAP, "open positions")


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


GATES: tuple[Gate, ...] = (
    global_trading_state,
    bot_trading_state,
    freshness,
    symbol_known,
    symbol_allowed,
    broker_supports,
    live_trading,
    short_selling,
    price_known,
    price_deviation,
    quantity_limit,
    notional_limit,
    buying_power,
    daily_orders,
    daily_notional,
    symbol_exposure,
    open_positions,
    market_hours,
    cooldown,
)


def judge(proposal: Proposal) -> list[Verdict]:
    """Ask every gate; the first refusal is the order's reason."""
    return [judged(proposal) for judged in GATES]


def first_refusal(verdicts: list[Verdict]) -> Verdict | None:
    """Return the refusal that counts, if any."""
    return next((verdict for verdict in verdicts if not verdict.passed), None)
