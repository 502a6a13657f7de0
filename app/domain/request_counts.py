"""How many requests of an account are too many: sixty a minute, and then none for five."""

from datetime import datetime, timedelta

from app.dataclass import dataclass

ALLOWED = 60
WINDOW = timedelta(minutes=1)
BLOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class RequestCount:
    """The times of the last minute's requests, and until when all are refused."""

    times: tuple[datetime, ...] = ()
    blocked_until: datetime | None = None

    def is_blocked(self, now: datetime) -> bool:
        """Tell whether requests are refused."""
        # A clock that was wrong once must not lock the owner out for longer than a block lasts; another
        # process's may be a little ahead.
        return self.blocked_until is not None and now < self.blocked_until <= now + BLOCK + WINDOW

    def with_one(self, now: datetime) -> "RequestCount":
        """Return the count with one request more; the one that is too many begins the block."""
        if self.is_blocked(now):
            return self
        recent = tuple(at for at in self.times if now - WINDOW < at < now + WINDOW)
        if len(recent) >= ALLOWED:
            return RequestCount(blocked_until=now + BLOCK)
        return RequestCount((*recent, now))
