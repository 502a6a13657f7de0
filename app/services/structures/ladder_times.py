"""What time it is for a ladder, and whether its pauses are over."""

from datetime import datetime, timedelta

from app.brokers.base import Broker
from app.domain.structures.trades import StructureTrade

# Pauses between the ladders of an exit, in seconds: it is never given up.
PAUSES = (2, 5, 10, 20, 30)


def begins(trade: StructureTrade, now: datetime) -> bool:
    """Tell whether a ladder of a trade is to be priced now."""
    resume_at = None if trade.work is None else trade.work.resume_at
    return resume_at is not None and is_over(resume_at, now)


def is_over(pause_until: datetime, now: datetime) -> bool:
    """Tell whether a pause is over; a clock that was set back makes none longer than it was meant to be."""
    return not timedelta(0) < pause_until - now <= timedelta(seconds=PAUSES[-1])


def broker_time(broker: Broker, now: datetime) -> datetime:
    """Return the time that counts at a broker: the simulated one where there is one, else ours."""
    desk = broker.structures
    return desk.now() if desk is not None and broker.capabilities.simulated else now
