"""The simulator's own time: real unless it is set, moved or frozen."""

from datetime import UTC, date, datetime, time, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30), "IST")
OPENS, CLOSES = time(9, 15), time(15, 30)
TOKENS_DIE = time(6, 30)
SESSIONS = frozenset({"open", "closed", "preopen", "auto"})


class Clock:
    """Time in India and whether the market is open.

    The session is open unless told otherwise, so that nothing depends on when a test runs; "auto" follows the
    hours of trading on weekdays.
    """

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen: datetime | None = None
        self.session = "open"

    def now(self) -> datetime:
        return (datetime.now(UTC) + self._offset if self._frozen is None else self._frozen).astimezone(IST)

    @property
    def today(self) -> date:
        return self.now().date()

    @property
    def epoch(self) -> int:
        return int(self.now().timestamp())

    def set(self, moment: datetime, *, frozen: bool = False) -> None:
        """Make it this time; a frozen clock stands still."""
        self._offset, self._frozen = moment - datetime.now(UTC), moment if frozen else None

    def advance(self, seconds: float) -> None:
        """Make it later by so much."""
        self._offset += timedelta(seconds=seconds)
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)

    def turn(self, session: str) -> None:
        """Open or close the market; "auto" follows the hours."""
        if session not in SESSIONS:
            raise ValueError(session)
        self.session = session

    @property
    def is_open(self) -> bool:
        if self.session != "auto":
            return self.session == "open"
        now = self.now()
        return now.isoweekday() <= 5 and OPENS <= now.time() < CLOSES

    def next_death(self) -> int:
        """Return when a token given now dies: the next 06:30 IST, in epoch seconds."""
        now = self.now()
        death = datetime.combine(now.date(), TOKENS_DIE, IST)
        return int((death if death > now else death + timedelta(days=1)).timestamp())

    def as_json(self) -> dict[str, object]:
        return {
            "now": self.now().isoformat(),
            "session": self.session,
            "is_open": self.is_open,
            "frozen": self._frozen is not None,
        }
