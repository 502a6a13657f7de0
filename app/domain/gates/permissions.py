"""Whether this bot may trade this instrument this way at all."""

from datetime import timedelta

from app.domain.gates.gate import entry_gate, gate
from app.domain.money import ONE, ZERO
from app.domain.order_check import Proposal
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.trading_state import TradingState

CLOCK_TOLERANCE = timedelta(seconds=60)


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
        return Reason.TRADING_HALTED, "state HALTED; flask status tells why"
    if state is TradingState.REDUCING and role is OrderRole.ENTRY:
        return Reason.TRADING_REDUCING, "state REDUCING; flask status tells why"
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
    if proposal.opens_short and broker.whole_shorts and (proposal.quantity or ZERO) % ONE:
        return Reason.SHORT_UNSUPPORTED, f"{broker.name} sells whole units short, not {proposal.quantity:f}"
    return None, f"{broker.name} trades {kind.value}"


@entry_gate
def live_trading(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse real money that was not allowed twice: globally and for the bot."""
    if not proposal.broker.live:
        return None, "no real money"
    return (None if proposal.live_allowed else Reason.LIVE_NOT_ENABLED), "real money"


@gate
def broker_configured(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse what nobody here can send."""
    if not proposal.broker_configured:
        return Reason.BROKER_NOT_CONFIGURED, f"{proposal.broker.name} has no credentials here"
    return None, proposal.broker.name


@entry_gate
def equity_known(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse entries while the circuit breaker cannot see what the account is worth."""
    if proposal.equity_known:
        return None, "known, or not watched"
    return Reason.EQUITY_UNKNOWN, f"the equity at {proposal.broker.name} is unknown"


@entry_gate
def currency(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse what is priced in another currency than the account: its value cannot be compared."""
    if proposal.instrument is None or proposal.account is None:
        return None, "nothing to compare"
    priced, held = proposal.instrument.currency, proposal.account.currency
    return (None if priced == held else Reason.CURRENCY_UNSUPPORTED), f"priced in {priced}, account in {held}"


@entry_gate
def other_bots(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an entry against another bot's position: one account would hold the difference of the two."""
    if proposal.opposed_by is not None:
        return Reason.OPPOSED_BY_BOT, f"{proposal.opposed_by} holds the opposite position"
    return None, "no opposite position"


@entry_gate
def opinion_given(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an order whose alert needs an opinion in favour that was not given."""
    if proposal.lacks_opinion:
        code = proposal.opinion_reason or Reason.OPINION_UNAVAILABLE
        return code, "an opinion in favour is required and there is none"
    return None, "given, or not required"


@entry_gate
def approval_given(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse an order whose bot wants a person's approval that was not given."""
    if not proposal.lacks_approval:
        return None, "given, or none needed"
    value, above = proposal.notional, proposal.approval_above
    if above is None or value is None:
        return Reason.APPROVAL_UNAVAILABLE, "every entry needs an approval, and this one has none"
    detail = f"notional {value:f}, asked for above {above:f}"
    return (Reason.APPROVAL_UNAVAILABLE if value > above else None), detail


@entry_gate
def short_selling(proposal: Proposal) -> tuple[Reason | None, str]:
    """Refuse to open a short position unless that is allowed globally and not forbidden by the bot."""
    if not proposal.opens_short:
        return None, "does not open a short position"
    if proposal.may_sell_options and proposal.instrument is not None and proposal.instrument.option:
        return None, "the dialect is for selling options"
    allowed = proposal.limits.allow_short
    if allowed:
        return None, "short selling on"
    return Reason.SHORT_DISABLED, "off: it needs ALLOW_SHORT_SELLING, and no `allow_short: false` at the bot"
