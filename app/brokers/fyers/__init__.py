"""Fyers: options and shares at the National Stock Exchange of India."""

from typing import Any

from app.brokers.base import Broker
from app.brokers.fyers.capabilities import CAPABILITIES
from app.brokers.parts import BrokerEntry, BrokerParts


def build(settings: Any, parts: BrokerParts) -> Broker:
    """Return the account of whoever logs in through the app of the settings."""
    from app.brokers.fyers.broker import FyersBroker
    from app.brokers.fyers.settings import FyersSettings

    return FyersBroker(
        FyersSettings(
            app_id=settings.fyers_app_id,
            api_url=settings.fyers_api_url,
            data_url=settings.fyers_data_url,
            timeout_seconds=float(settings.broker_timeout_seconds),
            structures=settings.fyers_structures,
            sells_uncovered=settings.allow_short_selling,
        ),
        tokens=parts.tokens[CAPABILITIES.name],
        contracts=parts.contracts,
        known_names=parts.known_names,
        # Fyers counts the account's requests, so each process gets its part of the limit.
        processes=parts.processes,
        clock=parts.clock,
        wait=parts.wait,
    )


ENTRY = BrokerEntry(
    capabilities=CAPABILITIES,
    build=build,
    needs=("fyers_app_id",),
    login_needs=("FYERS_SECRET_ID", "FYERS_REDIRECT_URI or PUBLIC_URL"),
    logs_in=True,
)
