"""What was turned away at the door before anything of it was stored: rows that count, and what is told."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.dataclass import dataclass

KEPT = 200
# So many kinds of a minute have a row, and a line in the logs, of their own; strangers with ever new
# addresses share one beyond that, so that they push nothing else out.
KINDS_A_MINUTE = 60
OTHERS = "others"
LONGEST_MESSAGE_GROUPS = 12
TRADINGVIEW = "TradingView"

# What TradingView sent may have been an exit, so it is told sooner. The pause doubles while messages go on.
SOONEST, LATEST_TRADINGVIEW = timedelta(minutes=1), timedelta(minutes=5)
SOON, LATEST = timedelta(minutes=5), timedelta(hours=1)

TIMES = "\N{MULTIPLICATION SIGN}"
MALFORMED = "malformed"
WORDS = {
    "ALERT_MALFORMED": MALFORMED,
    "IDEA_MALFORMED": MALFORMED,
    "BODY_TOO_LARGE": "too large",
    "SOURCE_NOT_ALLOWED": "address not allowed",
    "NOT_AUTHENTICATED": "wrong secret",
    "TOO_MANY_WRONG_SECRETS": "wrong secret",
    "TOO_MANY_REQUESTS": "beyond the rate limit",
    "NOT_FOUND": "no such bot or address",
    "METHOD_NOT_ALLOWED": "no such address",
    "SERVICE_ACCOUNT_NOT_ALLOWED": "another service account",
    "STORE_UNAVAILABLE": "not stored",
}
OPERATOR_WORDS = {
    "NOT_AUTHENTICATED": "wrong operator token",
    "TOO_MANY_WRONG_SECRETS": "wrong operator token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One request that was turned away: neither its body nor its secret.

    `path` is the route's pattern, `sender` who is known to send from that address, `setting` the list that
    the address is not in. `is_told` is whether the owner may have to act on it.
    """

    at: datetime
    address: str
    path: str
    status: int
    code: str
    bot: str | None = None
    sender: str | None = None
    setting: str | None = None
    is_alert: bool = True
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Refusals of one address, route and code within one minute; `at` is the last of them."""

    at: datetime
    address: str
    path: str
    status: int
    code: str
    bot: str | None = None
    sender: str | None = None
    first_at: datetime | None = None
    count: int = 1
    setting: str | None = None

    @property
    def minute(self) -> datetime:
        """The minute in which they began."""
        return (self.first_at or self.at).replace(second=0, microsecond=0)

    @property
    def kind(self) -> tuple[object, ...]:
        """What they have in common."""
        return self.minute, self.address, self.path, self.status, self.code, self.bot, self.setting

    def nameless(self) -> "RefusalRow":
        """Return the row without whose it is."""
        return replace(self, address=OTHERS, bot=None, sender=None)

    def with_more(self, other: "RefusalRow") -> "RefusalRow":
        """Return the row with those of another one of its kind."""
        first = min(self.first_at or self.at, other.first_at or other.at)
        return replace(self, at=max(self.at, other.at), first_at=first, count=self.count + other.count)


@dataclass(frozen=True, slots=True)
class UntoldGroup:
    """Refusals that the owner has not been told of yet, in the words of the message."""

    what: str
    who: str
    count: int
    is_alert: bool = True

    @property
    def may_be_exit(self) -> bool:
        """Whether TradingView may have meant a way out."""
        return self.is_alert and self.who.startswith(TRADINGVIEW)


@dataclass(frozen=True, slots=True)
class Refusals:
    """The last rows, the newest last, and what is to be told next."""

    rows: tuple[RefusalRow, ...] = ()
    untold: tuple[UntoldGroup, ...] = ()
    untold_since: datetime | None = None
    told_at: datetime | None = None
    pause_seconds: int = 0

    def with_more(self, other: "Refusals") -> "Refusals":
        """Return these with what another process, or the last seconds, add."""
        since = [at for at in (self.untold_since, other.untold_since) if at is not None]
        return replace(
            self,
            rows=joined_rows(self.rows, other.rows),
            untold=joined_groups(self.untold, other.untold),
            untold_since=min(since, default=None),
        )

    def due_at(self) -> datetime | None:
        """Return when the next message may go; None where there is nothing to tell."""
        if not self.untold:
            return None
        if self.told_at is None:
            return self.untold_since
        return self.told_at + self._pause()

    def is_due(self, now: datetime) -> bool:
        """Tell whether the next message may go; a clock that was set back keeps none waiting."""
        due = self.due_at()
        was_set_back = self.told_at is not None and self.told_at > now
        return due is not None and (now >= due or was_set_back)

    def told(self, now: datetime) -> "Refusals":
        """Return these after a message; messages that follow each other come more and more seldom."""
        is_quiet = self.told_at is None or now - self.told_at > LATEST
        wanted = SOONEST if is_quiet else 2 * timedelta(seconds=self.pause_seconds)
        pause = min(wanted, LATEST) // timedelta(seconds=1)
        return replace(self, untold=(), untold_since=None, told_at=now, pause_seconds=pause)

    def _pause(self) -> timedelta:
        may_be_exit = any(group.may_be_exit for group in self.untold)
        least, most = (SOONEST, LATEST_TRADINGVIEW) if may_be_exit else (SOON, LATEST)
        return max(least, min(timedelta(seconds=self.pause_seconds), most))


def row_of(refusal: Refusal) -> RefusalRow:
    """Return the row that one refusal makes."""
    return RefusalRow(
        refusal.at,
        refusal.address,
        refusal.path,
        refusal.status,
        refusal.code,
        refusal.bot,
        refusal.sender,
        refusal.at,
        setting=refusal.setting,
    )


def group_of(refusal: Refusal) -> UntoldGroup:
    """Return how the owner is told of one refusal."""
    words = WORDS if refusal.is_alert else WORDS | OPERATOR_WORDS
    list_of_addresses = f" by {refusal.setting}" if refusal.setting is not None else ""
    what = words.get(refusal.code, refusal.code) + list_of_addresses
    bot = f" (bot {refusal.bot})" if refusal.bot is not None else ""
    return UntoldGroup(what, f"{refusal.sender or refusal.address}{bot}", 1, refusal.is_alert)


def joined_rows(rows: Iterable[RefusalRow], more: Iterable[RefusalRow]) -> tuple[RefusalRow, ...]:
    """Fold rows of one kind into one and keep the last 200."""
    found: dict[object, RefusalRow] = {}
    kinds: Counter[datetime] = Counter()
    for each in (*rows, *more):
        row = each
        if row.kind not in found:
            kinds[row.minute] += 1
            # TradingView has few addresses, and one of its alerts must not be lost among strangers.
            row = row.nameless() if kinds[row.minute] > KINDS_A_MINUTE and row.sender is None else row
        known = found.get(row.kind)
        found[row.kind] = row if known is None else known.with_more(row)
    return tuple(sorted(found.values(), key=lambda row: row.at)[-KEPT:])


def joined_groups(groups: Iterable[UntoldGroup], more: Iterable[UntoldGroup]) -> tuple[UntoldGroup, ...]:
    """Count groups of the same words as one; beyond a dozen the rest is one that names nobody."""
    counts: dict[UntoldGroup, int] = {}
    for group in (*groups, *more):
        kind = replace(group, count=0)
        is_new = kind not in counts and len(counts) >= LONGEST_MESSAGE_GROUPS
        if is_new:
            # Who could send many kinds of rubbish must not hide that TradingView is among them.
            kind = replace(kind, what="refused", who=TRADINGVIEW if group.may_be_exit else OTHERS)
        counts[kind] = counts.get(kind, 0) + group.count
    return tuple(replace(kind, count=count) for kind, count in counts.items())


def sentence(groups: Sequence[UntoldGroup], since: datetime | None) -> str:
    """Say what was refused, how often, and whether an exit may be among it."""
    count = sum(group.count for group in groups)
    noun = "alert" if all(group.is_alert for group in groups) else "request"
    were = "was" if count == 1 else "were"
    head = f"{count:,} {noun}{'' if count == 1 else 's'} {were} refused at the door"
    when = f" since {since:%H:%M} UTC" if since is not None else ""
    ordered = sorted(groups, key=lambda group: (not group.may_be_exit, -group.count))
    parts = ", ".join(f"{group.count:,} {TIMES} {group.what} from {group.who}" for group in ordered)
    exits = " An exit may be among them." if any(group.may_be_exit for group in groups) else ""
    return f"{head}{when}: {parts}.{exits} See them with flask refusals list."
