"""A trade idea: somebody's machine-made thesis on a symbol, a reason to look and no order."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.opinions import Direction

# The fields by whose words two deliveries are known to be of one idea, in this order.
FINGERPRINT_FIELDS = ("alert_name", "source", "symbol", "direction", "strategy")


@dataclass(frozen=True, slots=True)
class Idea:
    """What an idea says; prices are per unit and references only, None where it names none."""

    direction: Direction
    entry: Decimal | None = None
    target: Decimal | None = None
    stop: Decimal | None = None
    alert_name: str = ""
    strategy: str = ""
    model: str | None = None
    criteria: dict[str, Any] = field(default_factory=dict)
    triggered_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """True when it names entry, target and stop."""
        return None not in {self.entry, self.target, self.stop}


def fingerprint(said: Mapping[str, str], triggered_at: datetime) -> str:
    """Return the SHA-256 by which an idea is known; `said` holds its words as they came."""
    parts = [*(said[name] for name in FINGERPRINT_FIELDS), triggered_at.isoformat()]
    return hashlib.sha256("|".join(parts).encode("utf-8")).hexdigest()
