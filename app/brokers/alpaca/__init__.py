"""Alpaca: American shares, options and coins."""

from app.brokers.alpaca.broker import AlpacaBroker
from app.brokers.alpaca.fitting import fitted
from app.brokers.alpaca.restrictions import alpaca_restrictions

__all__ = ["AlpacaBroker", "alpaca_restrictions", "fitted"]
