"""The built-in broker: a market simulated in the store, open day and night."""

from typing import Any

from app.brokers.base import Broker
from app.brokers.paper.capabilities import CAPABILITIES
from app.brokers.parts import BrokerEntry, BrokerParts


def build(settings: Any, parts: BrokerParts) -> Broker:
    """Return the account that is kept in the store."""
    from app.brokers.paper.broker import PaperBroker
    from app.brokers.paper.settings import PaperSettings
    from app.domain.structures.levels import OptionsLevel

    return PaperBroker(
        parts.store,
        parts.clock,
        PaperSettings(
            starting_cash=settings.paper_cash,
            currency=settings.paper_currency,
            leverage=settings.paper_leverage,
            fee_per_order=settings.paper_fee_per_order,
            fee_fraction=settings.paper_fee_pct,
            slippage_fraction=settings.paper_slippage_pct,
            partial_fill_probability=settings.paper_partial_fill_probability,
            seed=settings.paper_seed,
            follow_alert_prices=settings.paper_follow_alert_prices,
            options_level=OptionsLevel[settings.paper_options_level.upper()],
        ),
        prices=parts.prices,
    )


ENTRY = BrokerEntry(capabilities=CAPABILITIES, build=build)
