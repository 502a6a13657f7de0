"""Whether what is ordered here can cost money, in the words that people see."""

from collections.abc import Iterable
from enum import StrEnum

from app.domain.capabilities import Capabilities


class TradingMode(StrEnum):
    """PAPER: simulated accounts alone. DRY RUN: others are set up, and are sent nothing. LIVE: real money."""

    PAPER = "PAPER"
    DRY_RUN = "DRY RUN"
    LIVE = "LIVE"

    @classmethod
    def of(cls, brokers: Iterable[tuple[Capabilities, bool]]) -> "TradingMode":
        """Return the mode of brokers, each with whether orders are sent to it."""
        outside = [(known, sends) for known, sends in brokers if not known.simulated]
        if any(known.live and sends for known, sends in outside):
            return cls.LIVE
        return cls.DRY_RUN if outside and not any(sends for _, sends in outside) else cls.PAPER
