"""Alpaca: American shares, options and coins."""

from typing import Any

from app.brokers.alpaca.capabilities import CAPABILITIES
from app.brokers.base import Broker
from app.brokers.parts import BrokerEntry, BrokerParts


def build(settings: Any, parts: BrokerParts) -> Broker:
    """Return the account that the settings give the keys of."""
    from app.brokers.alpaca.broker import AlpacaBroker

    return AlpacaBroker(
        settings.alpaca_api_key,
        settings.alpaca_secret_key,
        paper=settings.alpaca_paper,
        trading_url=settings.alpaca_trading_url,
        data_url=settings.alpaca_data_url,
        timeout_seconds=float(settings.broker_timeout_seconds),
        clock=parts.clock,
        streams=settings.alpaca_streams,
        processes=parts.processes,
        options_feed=settings.alpaca_options_feed,
    )


def check(settings: Any) -> None:
    """Raise SettingsError where the keys or the certificates can never work."""
    from app.brokers.alpaca.environment import check_certificates, check_keys

    check_keys(settings.alpaca_api_key, settings.alpaca_secret_key)
    check_certificates()


ENTRY = BrokerEntry(
    capabilities=CAPABILITIES, build=build, check=check, needs=("alpaca_api_key", "alpaca_secret_key")
)
