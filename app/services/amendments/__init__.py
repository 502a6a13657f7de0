"""Alerts that cancel or modify an order that works already."""

from app.services.amendments.sending import Sender
from app.services.amendments.service import Commands

__all__ = ["Commands", "Sender"]
