"""How long anything may wait for a broker: everything that does must fit into an HTTP answer."""

from datetime import timedelta

from app.clock import Budget

# TradingView gives up after three seconds; an alert may wait for its fill until so long after its arrival.
ANSWER_TIME = timedelta(seconds=2.5)
FILL_POLL_SECONDS = 0.1

# A reversal waits so long for its exit to fill.
REVERSAL = Budget(2.0, 0.1)
# A broker may only promise to cancel; so long is waited until an order that is in the way is gone.
CANCEL = Budget(2.0, 0.05)
# What a cancel or a change has come to is looked for so long.
AMENDMENT = Budget(2.0, 0.1)
# A command waits so long for the alert that places the order which it names.
PLACING = Budget(2.0, 0.05)
# The circuit breaker goes on with other symbols after this, and comes back to what still works.
LIQUIDATION = Budget(2.0, 0.1)
