"""Fyers: options and shares at the National Stock Exchange of India."""

from app.brokers.fyers.broker import FyersBroker, FyersSettings
from app.brokers.fyers.symbols import Contracts

__all__ = ["Contracts", "FyersBroker", "FyersSettings"]
