"""The gates: pure functions that may refuse an order, asked in the order in which `GATES` lists them.

A gate sees everything as arguments and answers with a verdict that carries the figures it compared. Where
data is missing, an entry is refused. Exits pass the limits that guard entries.
"""

from app.domain.gates.gate import Gate
from app.domain.gates.limits import (
    buying_power,
    cooldown,
    daily_notional,
    daily_orders,
    exits_placed,
    freeze_quantity,
    lot_multiple,
    market_hours,
    notional_limit,
    open_positions,
    price_deviation,
    price_known,
    quantity_limit,
    symbol_exposure,
)
from app.domain.gates.opinions import (
    bearish_stop,
    bearish_target,
    bullish_stop,
    bullish_target,
    buy_is_bullish,
    idea_levels,
    notional_cap,
    notional_positive,
    opinion_confidence,
    opinion_symbol,
    short_is_bearish,
)
from app.domain.gates.permissions import (
    approval_given,
    bot_trading_state,
    broker_configured,
    broker_supports,
    currency,
    equity_known,
    freshness,
    global_trading_state,
    live_trading,
    opinion_given,
    other_bots,
    short_selling,
    symbol_allowed,
    symbol_known,
)
from app.domain.order_check import Proposal, Verdict

GATES: tuple[Gate, ...] = (
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
    opinion_given,
    opinion_symbol,
    opinion_confidence,
    buy_is_bullish,
    short_is_bearish,
    short_selling,
    idea_levels,
    bullish_target,
    bullish_stop,
    bearish_target,
    bearish_stop,
    notional_positive,
    approval_given,
    price_known,
    price_deviation,
    lot_multiple,
    quantity_limit,
    freeze_quantity,
    exits_placed,
    notional_cap,
    notional_limit,
    buying_power,
    daily_orders,
    daily_notional,
    symbol_exposure,
    open_positions,
    market_hours,
    cooldown,
)


# What a command about a working order is asked: whether anything may trade here at all.
COMMAND_GATES: tuple[Gate, ...] = (global_trading_state, bot_trading_state, broker_configured)
# A changed entry is no new one: it counts neither towards how many there are nor to how soon they follow.
CHANGE_GATES = tuple(gate for gate in GATES if gate not in {daily_orders, cooldown})


def ask_gates(proposal: Proposal, gates: tuple[Gate, ...] = GATES) -> list[Verdict]:
    """Ask every gate; the first refusal is the order's reason."""
    return [judged(proposal) for judged in gates]


def first_refusal(verdicts: list[Verdict]) -> Verdict | None:
    """Return the refusal that counts, if any."""
    return next((verdict for verdict in verdicts if not verdict.passed), None)
