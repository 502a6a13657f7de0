"""What bots have entered today: the figures behind daily caps and cool-downs.

Who asks holds the bot, so that two alerts never both take the last place under a cap. Entries of other
processes are read from the ledger, at most `refresh_seconds` late. Only bots with such a limit cost anything.
"""

import threading
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.limits import Limits
from app.domain.money import ZERO
from app.domain.order_check import Usage
from app.domain.tickets import TicketStatus
from app.repositories.open_orders import OpenOrders
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades

LATEST_FINISH = timedelta(minutes=2)
# UNKNOWN is not among them: what may be at the broker keeps its place under the caps.
NOT_PLACED = frozenset({TicketStatus.REJECTED.value, TicketStatus.FAILED.value})
NOT_SENT = frozenset({TicketStatus.DENIED.value, TicketStatus.EXPIRED.value, TicketStatus.SKIPPED.value})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry order that was sent, or is about to be; or, not `is_new`, what one has grown by.

    `at` is when it was sent, which may be long after its alert arrived, and another day.
    """

    bot: str
    symbol: str
    notional: Decimal
    at: datetime
    is_new: bool = True

    def record(self) -> dict[str, Any]:
        """Return it as its ticket keeps it, by which other processes count it."""
        kept = {"symbol": self.symbol, "notional": format(self.notional, "f"), "at": timestamp(self.at)}
        return kept if self.is_new else kept | {"is_new": False}


class EntryUsage:
    """Entries of today and yesterday (UTC) by ticket.

    `longest_wait` is how long an alert may wait for an opinion and a person before it is finished.
    """

    def __init__(
        self,
        ledger: Ledger,
        open_orders: OpenOrders,
        trades: Trades,
        clock: Clock,
        *,
        refresh_seconds: float = 0,
        longest_wait: timedelta = timedelta(),
    ) -> None:
        self._ledger = ledger
        self._open_orders = open_orders
        self._clock = clock
        self._trades = trades
        self._refresh_seconds = refresh_seconds
        self._latest_finish = LATEST_FINISH + longest_wait
        self._entries: dict[str, Entry] = {}
        self._read_until: datetime | None = None
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def of(self, bot: str, symbol: str, limits: Limits, *, besides: UUID | None = None) -> Usage:
        """Return what a bot has used of its limits; figures without a limit stay at nothing.

        What a ticket has counted itself, before it was interrupted and decided on anew, is left out.
        """
        entries = self._entries_of(bot, besides) if limits.counts_entries else []
        today = self._clock().date()
        current = [entry for entry in entries if entry.at.date() == today]
        new = [entry for entry in entries if entry.is_new]
        held = self._held(bot) if limits.max_open_positions is not None else set()
        return Usage(
            orders_today=sum(entry.is_new for entry in current),
            notional_today=sum((entry.notional for entry in current), ZERO),
            open_positions=len(held),
            holds_symbol=symbol in held,
            last_entry_at=max((entry.at for entry in new if entry.symbol == symbol), default=None),
        )

    def today(self, bot: str) -> tuple[int, Decimal]:
        """Return how often a bot has entered today (UTC), and for how much; limited or not."""
        today = self._clock().date()
        entries = [entry for entry in self._entries_of(bot) if entry.at.date() == today]
        return sum(entry.is_new for entry in entries), sum((entry.notional for entry in entries), ZERO)

    def reserve(self, ticket: UUID, entry: Entry, limits: Limits) -> None:
        """Count an entry that is about to be sent, if anything is limited by it."""
        if limits.counts_entries:
            self._entries[str(ticket)] = entry

    def release(self, ticket: UUID) -> None:
        """Uncount an entry that was proved not to be placed."""
        self._entries.pop(str(ticket), None)

    def _held(self, bot: str) -> set[str]:
        """Return the symbols that a bot holds, or will once what it has sent fills."""
        return self._open_orders.entered_symbols(bot) | self._trades.open_symbols(bot)

    def _entries_of(self, bot: str, besides: UUID | None = None) -> list[Entry]:
        self._read_ledger()
        # A copy, since other threads count their entries while this one sums up.
        known, own = list(self._entries.items()), str(besides)
        return [entry for ticket, entry in known if entry.bot == bot and ticket != own]

    def _read_ledger(self) -> None:
        with self._lock:
            if monotonic() - self._read_at < self._refresh_seconds:
                return
            now = self._clock()
            self._forget_before(now - timedelta(days=2))
            # A ticket is filed under its arrival but written when it is done, perhaps on another day.
            latest = now - self._latest_finish
            for ticket in self._ledger.filed_since(self._read_until or min(_yesterday(now), latest)):
                self._remember(ticket)
            self._read_until = latest
            self._read_at = monotonic()

    def _remember(self, ticket: dict[str, Any]) -> None:
        entry = ticket.get("entry")
        if ticket["status"] in NOT_PLACED or (entry is None and ticket["status"] in NOT_SENT):
            # What was in doubt when it was counted may have turned out since, here or in another process.
            self._entries.pop(ticket["id"], None)
        elif entry is not None:
            # Earlier versions kept no time of its own.
            at = datetime.fromisoformat(entry.get("at") or ticket["created_at"])
            notional = Decimal(entry["notional"])
            counted = Entry(ticket["bot"], entry["symbol"], notional, at, entry.get("is_new", True))
            self._entries.setdefault(ticket["id"], counted)

    def _forget_before(self, moment: datetime) -> None:
        for ticket in [key for key, entry in self._entries.items() if entry.at < moment]:
            del self._entries[ticket]


def _yesterday(now: datetime) -> datetime:
    """Return when yesterday (UTC) began."""
    return datetime.combine(now.date() - timedelta(days=1), time.min, UTC)
