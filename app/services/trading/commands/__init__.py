"""Alerts that cancel or modify an order that works already."""

from app.services.trading.commands.commander import Commands
from app.services.trading.commands.sending import Sender

__all__ = ["Commands", "Sender"]
