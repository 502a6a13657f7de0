"""In which order left alerts are finished: bot by bot, what a broker has before what is still to be sent."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import datetime, timedelta

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.orders import OrderRole, client_order_id
from app.errors import BrokerUnavailable, StoreUnavailable
from app.repositories.bots import BotDirectory
from app.repositories.inbox import InboxEntry
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.review.progress import ReviewProgress

# What a broker has of an alert is asked anew after so long; it only decides whose turn it is.
BELIEVED = timedelta(seconds=60)
# So long the broker's word is believed that it has nothing: each alert in the symbol would ask again.
ABSENT = timedelta(seconds=2)


@dataclass(slots=True, kw_only=True)
class RecoveryOrder:
    """Tells whose turn it is.

    A trade must know what it bought before it is told what it sold, and both before anything is sent. A
    broker is asked of an alert once, however many turns it takes until it is finished; of one that `is_new`,
    of which nothing was sent, never.
    """

    bots: BotDirectory
    registry: BrokerRegistry
    progress: ReviewProgress
    clock: Clock
    default_broker: str
    is_new: Callable[[str], bool]
    _ranks: dict[str, tuple[datetime, int]] = field(default_factory=dict, init=False)
    _absent: dict[str, datetime] = field(default_factory=dict, init=False)

    def by_bot(self, left: list[InboxEntry], waiting: set[str]) -> list[list[InboxEntry]]:
        """Return what is left of each bot, oldest first; those that had to wait last time come last."""
        of_bots: dict[str, list[InboxEntry]] = defaultdict(list)
        for entry in sorted(left, key=lambda entry: entry.ticket):
            of_bots[entry.bot].append(entry)
        known = {entry.key for entry in left}
        self._ranks = {key: rank for key, rank in self._ranks.items() if key in known}
        return sorted(of_bots.values(), key=lambda entries: any(entry.key in waiting for entry in entries))

    def in_turn(
        self, entries: list[InboxEntry], wait: Callable[[InboxEntry, Exception], None]
    ) -> Iterator[InboxEntry]:
        """Yield a bot's entries as they are due; where the broker says nothing of one, all `wait`."""
        ranks: list[tuple[int, InboxEntry]] = []
        for entry in entries:
            try:
                ranks.append((self._rank(entry), entry))
            except BrokerUnavailable as error:
                wait(entry, error)
                return
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  # its own attempt says what is wrong, and counts
                ranks.append((0, entry))
        for _, entry in sorted(ranks, key=lambda item: item[0]):
            yield entry

    def goes_to(self, entry: InboxEntry, broker: str) -> bool:
        """Tell whether an alert's orders go to a broker."""
        bot = self.bots.find(entry.bot)
        return bot is not None and (bot.configuration.broker or self.default_broker) == broker

    def has_placed(self, entry: InboxEntry) -> bool:
        """Tell whether the broker has an order of an alert, as far as is known; raise BrokerUnavailable."""
        now = self.clock()
        self._absent = {key: at for key, at in dict(self._absent).items() if now - at < ABSENT}
        if entry.key in self._absent:
            return False
        is_placed = bool(self._placed(entry))
        if not is_placed:
            self._absent[entry.key] = now
        return is_placed

    def _rank(self, entry: InboxEntry) -> int:
        """Say when an entry is due: entries that were placed, exits that were placed, then the rest."""
        if self.is_new(entry.key) or self.progress.is_untouched(entry):
            return 2
        now, known = self.clock(), self._ranks.get(entry.key)
        if known is None or now - known[0] > BELIEVED:
            placed = self._placed(entry)
            known = self._ranks[entry.key] = (now, 0 if OrderRole.ENTRY in placed else 1 if placed else 2)
        return known[1]

    def _placed(self, entry: InboxEntry) -> set[OrderRole]:
        bot = self.bots.find(entry.bot)
        if bot is None:
            return set()
        try:
            broker = self.registry.get(bot.configuration.broker or self.default_broker)
        except BrokerNotConfigured:
            return set()
        names = {role: client_order_id(bot.id, entry.ticket, role) for role in OrderRole}
        return {role for role, name in names.items() if broker.find(name) is not None}
