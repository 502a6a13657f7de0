"""The gates: pure functions that may refuse an order, asked in the order in which `GATES` lists them.

A gate sees everything as arguments and answers with a verdict that carries the figures it compared. Where
data is missing, an entry is refused. Exits pass the gates that guard entries. A group that does not concern
an alert is not asked.
"""

from dataclasses import replace
from operator import attrgetter

from app.domain.gates.figures import CAPS, FIGURES, daily_orders
from app.domain.gates.gate import GateGroup
from app.domain.gates.ideas import IDEA
from app.domain.gates.losses import LOSSES
from app.domain.gates.permissions import (
    PERMISSIONS,
    bot_trading_state,
    broker_configured,
    equity_known,
    freshness,
    global_trading_state,
    live_trading,
    symbol_known,
)
from app.domain.gates.review import REVIEW
from app.domain.gates.timing import TIMING, cooldown

GATES: tuple[GateGroup, ...] = (PERMISSIONS, REVIEW, IDEA, FIGURES, CAPS, LOSSES, TIMING)

# What a command about a working order is asked: whether anything may trade here at all.
_COMMAND = (global_trading_state, bot_trading_state, broker_configured)
COMMAND_GATES = (GateGroup("permissions", _COMMAND),)
# The same where the command names a symbol.
SYMBOL_COMMAND_GATES = (GateGroup("permissions", (*_COMMAND, symbol_known)),)
# A changed entry is no new one: it counts neither towards how many there are nor to how soon they follow.
CHANGE_GATES = tuple(group.without(daily_orders, cooldown) for group in GATES)
# What an entry into a structure of options is asked as any entry is; its own gates are asked after these.
STRUCTURE_ENTRY_GATES = (
    GateGroup("permissions", (*_COMMAND, symbol_known, freshness, live_trading, equity_known)),
    TIMING,
    LOSSES,
    replace(CAPS, gates=(daily_orders,)),
)
# Asked once contracts, units and price are known. Ideas that take no side have no levels to be judged by.
STRUCTURE_REVIEW_GATES = (REVIEW, replace(IDEA, concerns=attrgetter("takes_side")))
