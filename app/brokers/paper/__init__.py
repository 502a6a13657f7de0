"""The built-in broker: a market simulated in the store, open day and night."""

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings

__all__ = ["PaperBroker", "PaperSettings"]
