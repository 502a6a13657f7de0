"""A bot that nobody has made yet, to see what it would do."""

from datetime import datetime

from app.domain.bots import Bot, BotConfiguration, BotSecrets
from app.domain.sizing import sizing_conflict
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import RequestRefused


def imagined_bot(name: str, configuration: BotConfiguration, state: TradingState, now: datetime) -> Bot:
    """Return a bot as it would be stored, with a secret that no alert has; raise RequestRefused."""
    conflict = sizing_conflict(configuration)
    if conflict is not None:
        raise RequestRefused(conflict)
    return Bot(name, BotSecrets("", now), now, configuration, StateSwitch(state))
