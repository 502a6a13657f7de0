"""What accounts have gained or lost since midnight, each in its own currency."""

from dataclasses import field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import plain, text
from app.domain.snapshots import BrokerSnapshot
from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.equity import EquityHistory
from app.services.broker_access.registry import BrokerRegistry

FINEST = Decimal("0.000001")
NOTHING = {"day_began_at": None, "day_began_with": None, "day_pnl": None, "day_pnl_pct": None}


@dataclass(frozen=True, slots=True)
class DayResults:
    """The difference to the last equity before the account's midnight, else to the first one after it.

    Money that was paid in or out counts as gained or lost. What a day began with does not change any more,
    so it is read once.
    """

    history: EquityHistory
    beginnings: AccountBeginnings
    registry: BrokerRegistry
    clock: Clock
    _known: dict[str, tuple[datetime, str, Decimal]] = field(default_factory=dict)

    def of(self, seen: BrokerSnapshot) -> dict[str, Any]:
        """Return the result of a broker's account; nothing but nulls where it is not known."""
        began = self._began(seen.broker)
        if began is None or seen.account is None:
            return dict(NOTHING)
        at, equity = began
        gain = seen.account.equity - equity
        fraction = text(plain((gain / equity).quantize(FINEST))) if equity else None
        return {
            "day_began_at": at,
            "day_began_with": text(equity),
            "day_pnl": text(plain(gain)),
            "day_pnl_pct": fraction,
        }

    def _began(self, broker: str) -> tuple[str, Decimal] | None:
        midnight, anew = self._midnight(broker), self.beginnings.of(broker)
        start = midnight if anew is None else max(midnight, anew)
        known = self._known.get(broker)
        if known is not None and known[0] == start:
            return known[1:]
        found = self._read(broker, start, may_be_before=start == midnight)
        if found is not None:
            self._known[broker] = (start, *found)
        return found

    def _read(self, broker: str, start: datetime, *, may_be_before: bool) -> tuple[str, Decimal] | None:
        mark, before = timestamp(start), None
        for at, equity in self.history.curve(broker, start.date(), self.clock().date()):
            # Texts of one form sort as their times do, but for fractions of a second.
            if at[:19] >= mark[:19]:
                return before or (at, equity)
            before = (at, equity) if may_be_before else None
        return before

    def _midnight(self, broker: str) -> datetime:
        zone = ZoneInfo(self.registry.capabilities(broker).zone)
        today = self.clock().astimezone(zone).date()
        return datetime.combine(today, time(), zone).astimezone(UTC)
