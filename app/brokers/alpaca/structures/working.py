"""How orders of the last minutes stand, all by one call, where several ladders are climbed at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.transport import Transport

# From so many orders on that somebody asks about at a time, one list is fewer calls than a look at each.
SEVERAL = 4
_RECENT = timedelta(seconds=2)
# Ladders look once a second: the next look is a new list.
_AGE = timedelta(seconds=0.8)
# No order of a ladder rests for longer; what is older is asked for by itself.
_LISTED = timedelta(minutes=3)
_PAGE = 500
_REPLACED = "replaced"


class SharedLook:
    """Tells how orders stand that were sent lately; what it does not know must be asked for by itself.

    Alpaca takes two hundred calls a minute, and on a day of expiry every trade is left at the same time. What
    it tells is a moment old: an order that has ended since still seems to work, never the other way round.
    """

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock
        self._asked: dict[str, datetime] = {}
        self._seen: tuple[datetime, dict[str, Row]] | None = None

    def row(self, client_order_id: str) -> Row | None:
        """Return an order with its legs as it stood a moment ago; raise BrokerUnavailable."""
        now = self._clock()
        asked = {name: at for name, at in self._asked.items() if abs(now - at) < _RECENT}
        self._asked = asked | {client_order_id: now}
        if len(self._asked) < SEVERAL:
            return None
        seen = self._seen
        if seen is None or abs(now - seen[0]) >= _AGE:
            seen = self._seen = (now, self._listed(now))
        row = seen[1].get(client_order_id)
        # What was replaced by hand is told by the orders that came after it.
        return None if row is None or row["status"] == _REPLACED else row

    def _listed(self, now: datetime) -> dict[str, Row]:
        after = (now - _LISTED).isoformat(timespec="seconds").replace("+00:00", "Z")
        query = {"status": "all", "nested": "true", "limit": str(_PAGE), "after": after}
        rows: list[Row] = self._transport.read("/orders", query)
        return {row["client_order_id"]: row for row in rows}
