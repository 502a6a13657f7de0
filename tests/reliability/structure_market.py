"""The simulated market of structures: prices wander, and the clock jumps to where something is due."""

import re
import threading
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from app.brokers.paper.broker import PaperBroker
from app.brokers.paper.settings import PaperSettings
from app.domain.structures.exchange_switches import Switches
from app.errors import AppError
from app.storage.sqlite import SqliteStore
from tests.reliability.documents import read_documents
from tests.reliability.structure_alerts import PRICES

NEW_YORK = ZoneInfo("America/New_York")
CASH = Decimal(50_000_000)
LOOK_SECONDS = 0.5
FRIDAY = 4
# A morning, the time at which structures are left, the broker closing short legs, the time after the close.
MOMENTS = ((10, 0), (15, 5), (15, 31), (16, 1))
LONGEST_BROKEN_SECONDS = 60
JUMP_SHARE, JUMP_SECONDS = 0.5, 10


class Market(threading.Thread):
    """Another process on the server's store: it moves what a market moves, and watches for bare legs.

    `jumps` counts how often the clock was moved, `broken` holds for how many seconds each trade was seen
    with sold legs whose structure is broken while the server ran.
    """

    def __init__(self, database: Path, random: Random) -> None:
        super().__init__(daemon=True)
        self.jumps = 0
        self.broken: dict[str, float] = defaultdict(float)
        self.seen_broken: set[str] = set()
        self.too_long: dict[str, float] = {}
        self._database = database
        self._next_jump = time.monotonic() + JUMP_SECONDS
        self._random = random
        self._ending = threading.Event()
        self._pause = threading.Event()

    def run(self) -> None:
        """Move and look until told to stop."""
        store = SqliteStore(self._database)
        broker = PaperBroker(store, lambda: datetime.now(UTC), PaperSettings(starting_cash=CASH))
        try:
            while not self._ending.wait(LOOK_SECONDS):
                started = time.monotonic()
                try:
                    self._move(broker)
                except AppError:
                    continue
                self._look(LOOK_SECONDS + time.monotonic() - started)
        finally:
            store.close()

    def quiet(self) -> None:
        """Move nothing any more, and only look."""
        self._pause.set()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self.join()

    def _move(self, broker: PaperBroker) -> None:
        if self._pause.is_set() or self._waits_for_settlement(broker.now()):
            return
        symbol = self._random.choice([*PRICES])
        price = PRICES[symbol] * self._random.uniform(0.96, 1.04)
        broker.set_prices({symbol: Decimal(f"{price:.2f}")})
        # Between the moments of a day lie minutes in which the server sees what has happened.
        if time.monotonic() > self._next_jump and self._random.random() < JUMP_SHARE:
            self._next_jump = time.monotonic() + JUMP_SECONDS
            broker.set_switches(Switches((), self._random.random() < 0.5))
            broker.set_clock(next_moment(broker.now()))
            self.jumps += 1

    def _waits_for_settlement(self, now: datetime) -> bool:
        """Tell whether anything has expired that is not booked: the price of the close stays meanwhile."""
        trades = (trade for _, trade in read_documents(self._database, "structures/"))
        held = {symbol for trade in trades for symbol in trade["legs"]}
        return any(expired(symbol, now) for symbol in held)

    def _look(self, seconds: float) -> None:
        for key, trade in read_documents(self._database, "structures/"):
            has_sold = any(Decimal(quantity) < 0 for quantity in trade["legs"].values())
            if trade["state"] == "broken" and has_sold:
                self.seen_broken.add(key)
                self.broken[key] += seconds
                if self.broken[key] > LONGEST_BROKEN_SECONDS:
                    self.too_long[key] = self.broken[key]
            elif key in self.broken:
                del self.broken[key]


def expired(symbol: str, now: datetime) -> bool:
    """Tell whether an option's canonical name says that it is over; shares never are."""
    found = re.fullmatch(r"[A-Z]+(\d{6})[CP]\d{8}", symbol)
    if found is None:
        return False
    day = datetime.strptime(found[1], "%y%m%d").replace(tzinfo=NEW_YORK)
    return now >= day.replace(hour=16)


def next_moment(now: datetime) -> datetime:
    """Return the next moment of a Friday at which something may happen; all that is traded expires then."""
    local = now.astimezone(NEW_YORK)
    day = local.date()
    while True:
        for hour, minute in MOMENTS:
            moment = datetime.combine(day, time_of_day(hour, minute), NEW_YORK)
            if day.weekday() == FRIDAY and moment > local:
                return moment.astimezone(UTC)
        day = date.fromordinal(day.toordinal() + timedelta(days=1).days)
