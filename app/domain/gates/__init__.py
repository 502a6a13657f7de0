"""The gates: pure functions that may refuse an order, asked in the order in which `GATES` lists them.

A gate sees everything as arguments and answers with a verdict that carries the figures it compared. Where
data is missing, an entry is refused. Exits pass the gates that guard entries. A group that does not concern
an alert is not asked.
"""

from app.domain.gates.figures import FIGURES, daily_orders
from app.domain.gates.gate import GateGroup
from app.domain.gates.ideas import IDEA
from app.domain.gates.permissions import (
    PERMISSIONS,
    bot_trading_state,
    broker_configured,
    global_trading_state,
    symbol_known,
)
from app.domain.gates.review import REVIEW
from app.domain.gates.timing import cooldown

GATES: tuple[GateGroup, ...] = (PERMISSIONS, REVIEW, IDEA, FIGURES)

# What a command about a working order is asked: whether anything may trade here at all.
_COMMAND = (global_trading_state, bot_trading_state, broker_configured)
COMMAND_GATES = (GateGroup("permissions", _COMMAND),)
# The same where the command names a symbol.
SYMBOL_COMMAND_GATES = (GateGroup("permissions", (*_COMMAND, symbol_known)),)
# A changed entry is no new one: it counts neither towards how many there are nor to how soon they follow.
CHANGE_GATES = tuple(group.without(daily_orders, cooldown) for group in GATES)
