"""Which days are looked at, and whose."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.dataclass import dataclass
from app.errors import RequestRefused

DEFAULT_DAYS = 30
# A document a day is read: a year of them is soon done.
MOST_DAYS = 366
_DAY = timedelta(days=1)
# There is a day before it: lists are read from behind that one on.
_EARLIEST = date.min + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """UTC days, both among them, and a bot or broker where only its own are looked at."""

    first: date
    last: date
    bot: str | None = None
    broker: str | None = None

    @classmethod
    def of(
        cls, today: date, first: date | None, last: date | None, bot: str | None, broker: str | None
    ) -> "Period":
        """Fill in what is not said: the thirty days before the last one, which is today.

        Raise RequestRefused for days in the wrong order or too many.
        """
        last = today if last is None else last
        first = last - min(_DAY * DEFAULT_DAYS, last - date.min) if first is None else first
        if first > last:
            raise RequestRefused("`from` must not lie after `to`.")
        if (last - first).days >= MOST_DAYS:
            raise RequestRefused(f"`from` and `to` may be at most {MOST_DAYS} days apart; ask for fewer.")
        return cls(first=max(first, _EARLIEST), last=last, bot=bot, broker=broker)

    def newest_first(self) -> Iterator[date]:
        """Yield the days, the last one first."""
        for back in range((self.last - self.first).days + 1):
            yield self.last - _DAY * back

    def has(self, bot: str, broker: str | None) -> bool:
        """Tell whether something of a bot at a broker is looked at."""
        return self.bot in {None, bot} and self.broker in {None, broker}
