"""Whether this bot may trade this instrument this way at all."""

from datetime import timedelta

from app.domain.gates.gate import GateGroup, Outcome, entry_gate, gate
from app.domain.instruments import Instrument
from app.domain.money import ONE, ZERO
from app.domain.order_check import OrderCheck
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.refusals import age, duration, units
from app.domain.trading_state import TradingState

CLOCK_TOLERANCE = timedelta(seconds=60)


@gate(Reason.TRADING_HALTED, Reason.TRADING_REDUCING)
def global_trading_state(check: OrderCheck) -> Outcome:
    """Refuse everything while HALTED and entries while REDUCING."""
    return _state(check.permissions.global_state, check.order.role, "all bots are")


@gate(Reason.TRADING_HALTED, Reason.TRADING_REDUCING)
def bot_trading_state(check: OrderCheck) -> Outcome:
    """The same for the bot's own switch."""
    return _state(check.permissions.bot_state, check.order.role, f"bot {check.bot.id} is")


def _state(state: TradingState, role: OrderRole, whose: str) -> Outcome:
    told = f"{whose} {state}; flask status tells why"
    if state is TradingState.HALTED:
        return Reason.TRADING_HALTED, told
    if state is TradingState.REDUCING and role is OrderRole.ENTRY:
        return Reason.TRADING_REDUCING, told
    return None, f"{whose} {state}"


@entry_gate(Reason.ALERT_STALE, Reason.ALERT_FROM_FUTURE, of="longest_age")
def freshness(check: OrderCheck, limit: int) -> Outcome:
    """Refuse an alert that is too old, or from the future, by its own time."""
    if check.sent_at is None:
        return None, "the alert carries no time"
    passed = check.now - check.sent_at
    detail = f"{age(passed)}, limit {duration(limit)}"
    if passed > timedelta(seconds=limit):
        return Reason.ALERT_STALE, detail
    return (Reason.ALERT_FROM_FUTURE if passed < -CLOCK_TOLERANCE else None), detail


@gate(
    Reason.SYMBOL_MALFORMED,
    Reason.SYMBOL_UNKNOWN,
    Reason.SYMBOL_AMBIGUOUS,
    Reason.SYMBOL_INDEX,
    Reason.SYMBOL_UNSUPPORTED,
    Reason.CONTRACT_MALFORMED,
    Reason.CONTRACT_UNKNOWN,
    Reason.SYMBOL_MASTER_MISSING,
    Reason.SYMBOL_MASTER_STALE,
    Reason.PRICE_UNKNOWN,
)
def symbol_known(check: OrderCheck) -> Outcome:
    """Refuse a symbol that is not exactly one instrument."""
    if check.symbol_refusal is not None:
        return check.symbol_refusal
    if check.instrument is None:
        return Reason.SYMBOL_UNKNOWN, "no instrument"
    return None, f"{check.instrument.symbol} is {check.instrument.asset_class}"


@entry_gate(Reason.SYMBOL_NOT_ALLOWED, of="bot.configuration.allowed_symbols", otherwise="every symbol")
def symbol_allowed(check: OrderCheck, allowed: tuple[str, ...]) -> Outcome:
    """Refuse symbols outside the bot's own list."""
    symbol = check.instrument.symbol if check.instrument is not None else None
    detail = f"{symbol}, allowed {', '.join(allowed) or 'none'}"
    return (None if symbol in allowed else Reason.SYMBOL_NOT_ALLOWED), detail


@gate(Reason.SYMBOL_UNKNOWN, Reason.SYMBOL_UNSUPPORTED, Reason.SHORT_UNSUPPORTED)
def broker_supports(check: OrderCheck) -> Outcome:
    """Refuse kinds of instrument, and short sales of them, that the broker does not take."""
    if check.instrument is None:
        return Reason.SYMBOL_UNKNOWN, "no instrument"
    kind, broker = check.instrument.asset_class, check.capabilities
    if kind not in broker.asset_classes:
        return Reason.SYMBOL_UNSUPPORTED, f"{broker.name} does not trade {kind}"
    if check.opens_short:
        return _short_supported(check, check.instrument)
    return None, f"{broker.name} trades {kind}"


def _short_supported(check: OrderCheck, instrument: Instrument) -> Outcome:
    broker, kind, quantity = check.capabilities, instrument.asset_class, check.order.quantity or ZERO
    if kind not in broker.short:
        return Reason.SHORT_UNSUPPORTED, f"{broker.name} does not sell {kind} short"
    if broker.whole_shorts and quantity % ONE:
        sold = units(quantity, instrument)
        return Reason.SHORT_UNSUPPORTED, f"{broker.name} sells whole units short, not {sold}"
    return None, f"{broker.name} sells {kind} short"


@gate(Reason.BROKER_NOT_CONFIGURED)
def broker_configured(check: OrderCheck) -> Outcome:
    """Refuse what nobody here can send."""
    name, permissions = check.capabilities.name, check.permissions
    if permissions.broker_configured:
        return None, name
    needs = permissions.broker_needs
    return Reason.BROKER_NOT_CONFIGURED, f"{name} needs {needs}" if needs else name


@entry_gate(Reason.LIVE_NOT_ENABLED, of="capabilities.live", otherwise="no real money")
def live_trading(check: OrderCheck, _: object) -> Outcome:
    """Refuse real money that was not allowed twice: globally and for the bot."""
    allowed = {"ALLOW_LIVE_TRADING": check.permissions.allow_live, "live": check.bot.configuration.live}
    shown = ", ".join(f"{name} {'on' if is_on else 'off'}" for name, is_on in allowed.items())
    return (None if all(allowed.values()) else Reason.LIVE_NOT_ENABLED), shown


@entry_gate(Reason.EQUITY_UNKNOWN, of="permissions.equity_unknown", otherwise="known, or not watched")
def equity_known(check: OrderCheck, _: object) -> Outcome:
    """Refuse entries while the circuit breaker cannot see what the account is worth."""
    return Reason.EQUITY_UNKNOWN, f"account at {check.capabilities.name}"


@entry_gate(Reason.CURRENCY_UNSUPPORTED)
def currency(check: OrderCheck) -> Outcome:
    """Refuse what is priced in another currency than the account: its value cannot be compared."""
    if check.instrument is None or check.account is None:
        return None, "nothing to compare"
    priced, held = check.instrument.currency, check.account.currency
    told = f"priced in {priced}, account in {held}"
    if priced == held:
        return None, told
    way = "; PAPER_CURRENCY says what the paper account counts in" if check.capabilities.simulated else ""
    return Reason.CURRENCY_UNSUPPORTED, told + way


@entry_gate(Reason.OPPOSED_BY_BOT, of="permissions.opposed_by", otherwise="no opposite position")
def other_bots(_: OrderCheck, opposed_by: str) -> Outcome:
    """Refuse an entry against another bot's position: one account would hold the difference of the two."""
    return Reason.OPPOSED_BY_BOT, opposed_by


@entry_gate(Reason.SHORT_DISABLED, of="opens_short", otherwise="does not open a short position")
def short_selling(check: OrderCheck, _: object) -> Outcome:
    """Refuse to open a short position unless that is allowed globally and not forbidden by the bot."""
    is_option = check.instrument is not None and check.instrument.option is not None
    if check.permissions.may_sell_options and is_option:
        return None, "the dialect is for selling options"
    if check.limits.allow_short:
        return None, "short selling is on"
    forbidden = check.bot.configuration.allow_short is False
    return Reason.SHORT_DISABLED, "allow_short false" if forbidden else "ALLOW_SHORT_SELLING false"


PERMISSIONS = GateGroup(
    "permissions",
    (
        global_trading_state,
        bot_trading_state,
        freshness,
        symbol_known,
        symbol_allowed,
        broker_supports,
        broker_configured,
        live_trading,
        equity_known,
        currency,
        other_bots,
        short_selling,
    ),
)
