"""Orders that work, all of them by one call, where several ladders are climbed at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.transport import Transport

# From so many orders on that somebody asks about at a time, one list is fewer calls than a look at each.
SEVERAL = 4
_RECENT = timedelta(seconds=2)
# Ladders look once a second: the next look is a new list.
_AGE = timedelta(seconds=0.8)
_PAGE = 500


class SharedLook:
    """Tells how orders stand that work still; what it does not know must be asked for by itself.

    Alpaca takes two hundred calls a minute, and on a day of expiry every trade is left at the same time.
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
            seen = self._seen = (now, self._listed())
        return seen[1].get(client_order_id)

    def forget(self) -> None:
        """Hear that an order was sent or canceled: what was seen before says nothing about it."""
        self._seen = None

    def _listed(self) -> dict[str, Row]:
        query = {"status": "open", "nested": "true", "limit": str(_PAGE)}
        rows: list[Row] = self._transport.read("/orders", query)
        return {row["client_order_id"]: row for row in rows}
