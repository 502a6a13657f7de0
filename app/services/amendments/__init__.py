"""Alerts that cancel or modify an order that works already."""

from app.services.amendments.sending import CancelReplace
from app.services.amendments.service import Amendments

__all__ = ["Amendments", "CancelReplace"]
