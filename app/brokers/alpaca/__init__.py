"""Alpaca: American shares, options and coins."""

from app.brokers.alpaca.broker import AlpacaBroker
from app.brokers.alpaca.normalisation import fitted
from app.brokers.alpaca.order_checks import alpaca_restrictions

__all__ = ["AlpacaBroker", "alpaca_restrictions", "fitted"]
