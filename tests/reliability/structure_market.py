"""The market of structures while a server is tortured: somebody moves it, and bare legs are looked for."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from app.domain.hours import is_trading_day
from app.domain.json_codec import from_json
from app.domain.structures.trades import StructureTrade
from app.errors import AppError
from tests.reliability.documents import Away, Database, read_documents
from tests.reliability.server import Lost
from tests.reliability.structure_alerts import PRICES, SECURED
from tests.simulators.alpaca.assets import CONTRACT

ZERO = Decimal(0)
NEW_YORK = ZoneInfo("America/New_York")
LOOK_SECONDS = 0.5
FRIDAY = 4
# A morning, the time at which structures are left, the broker closing short legs, the time after the close.
MOMENTS = ((10, 0), (15, 5), (15, 31), (16, 1))
LONGEST_BARE_SECONDS = 60
# What is not booked by then is not going to be.
LONGEST_DAY_SECONDS = 150
JUMP_SHARE, JUMP_SECONDS = 0.5, 10
# What the broker has closed by itself is believed at a second look.
FORCED, FORCED_SECONDS = (15, 31), 30


class Venue(Protocol):
    """Where the structures are traded: what moves there, and what the account says of bare legs."""

    def now(self) -> datetime:
        """Return the time there."""

    def move(self, symbol: str, price: Decimal) -> None:
        """Set a price."""

    def jump(self, to: datetime, random: Random) -> None:
        """Let it be a later time, and something happen that nobody has ordered."""

    def held(self) -> dict[str, Decimal]:
        """Return what the account holds, signed, by name."""

    def leave(self) -> None:
        """Close what was opened for moving."""


class Market(threading.Thread):
    """Moves prices and the clock beside the server, and watches the account and the trades.

    `jumps` counts how often the clock was moved; `too_long` holds for how many seconds sold legs were seen
    alone that were so for more than a minute; `longest_broken` is the longest time in which a trade stood
    with legs of any side alone.
    """

    def __init__(self, database: Database, venue: Venue, random: Random) -> None:
        super().__init__(daemon=True)
        self.jumps = 0
        self.longest_broken = 0.0
        self.seen_broken: set[str] = set()
        self.too_long: dict[str, float] = {}
        self._venue = venue
        self._held: dict[str, Decimal] = {}
        self._alone: dict[str, float] = defaultdict(float)
        self._broken: dict[str, float] = defaultdict(float)
        self._database = database
        self._next_jump = time.monotonic() + JUMP_SECONDS
        self._random = random
        self._ending = threading.Event()
        self._pause = threading.Event()

    def run(self) -> None:
        """Move and look until told to stop."""
        last = time.monotonic()
        try:
            while not self._ending.wait(LOOK_SECONDS):
                with suppress(AppError, Lost, Away):
                    self._move()
                # What could not be looked at counts as it was at the look before, once it can be.
                with suppress(Away):
                    now = time.monotonic()
                    self._look(now - last)
                    last = now
        finally:
            self._venue.leave()

    def quiet(self) -> None:
        """Move nothing any more, and only look."""
        self._pause.set()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self.join()

    def _move(self) -> None:
        if self._pause.is_set() or self._waits_for_settlement(self._venue.now()):
            return
        symbol = self._random.choice([*PRICES])
        price = PRICES[symbol] * self._random.uniform(0.96, 1.04)
        self._venue.move(symbol, Decimal(f"{price:.2f}"))
        # Between the moments of a day lie minutes in which the server sees what has happened.
        if not self._may_jump():
            return
        if self._random.random() < JUMP_SHARE:
            moment = next_moment(self._venue.now())
            local = moment.astimezone(NEW_YORK)
            rest = FORCED_SECONDS if (local.hour, local.minute) == FORCED else JUMP_SECONDS
            self._next_jump = time.monotonic() + rest
            self._venue.jump(moment, self._random)
            self.jumps += 1

    def _may_jump(self) -> bool:
        """Tell whether it is time, and what came by itself is booked; a real day leaves hours for that."""
        late = time.monotonic() - self._next_jump
        return late > 0 and (late > LONGEST_DAY_SECONDS or self._agrees())

    def _agrees(self) -> bool:
        known: dict[str, Decimal] = defaultdict(Decimal)
        for _, trade in read_documents(self._database, "structures/"):
            for symbol, quantity in trade["legs"].items():
                known[symbol] += Decimal(quantity)
        for _, shares in read_documents(self._database, "trades/"):
            known[shares["symbol"]] += Decimal(shares["quantity"])
        held = self._venue.held()
        return all(known.get(name, ZERO) == held.get(name, ZERO) for name in known.keys() | held.keys())

    def _waits_for_settlement(self, now: datetime) -> bool:
        """Tell whether anything has expired that is not booked: the price of the close stays meanwhile.

        What was entered and is not counted yet will be booked too.
        """
        trades = (trade for _, trade in read_documents(self._database, "structures/"))
        legs = (leg["instrument"]["symbol"] for trade in trades for leg in trade["structure"]["legs"])
        return any(expired(symbol, now) for symbol in legs)

    def _look(self, seconds: float) -> None:
        broken, sold = set(), set()
        with suppress(AppError, Lost):
            self._held = self._venue.held()
        for key, trade in read_documents(self._database, "structures/"):
            if trade["legs"] and not from_json(StructureTrade, trade).is_whole:
                broken.add(key)
                # What the broker has taken is bare nowhere, however long nobody has booked it.
                legs = trade["legs"].items()
                if any(Decimal(quantity) < 0 > self._held.get(name, ZERO) for name, quantity in legs):
                    sold.add(key)
        self.seen_broken |= broken
        sold |= bare(self._held)
        count(self._broken, broken, seconds)
        count(self._alone, sold, seconds)
        self.longest_broken = max([self.longest_broken, *self._broken.values()])
        for name, lasted in self._alone.items():
            if lasted > LONGEST_BARE_SECONDS:
                self.too_long[name] = max(lasted, self.too_long.get(name, 0))


def bare(held: dict[str, Decimal]) -> set[str]:
    """Return the underlyings, with C or P, of which more contracts are sold than bought."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for symbol, quantity in held.items():
        found = CONTRACT.fullmatch(symbol)
        if found is not None and found[1] not in SECURED:
            sums[f"{found[1]} {found[5]}"] += quantity
    return {name for name, quantity in sums.items() if quantity < 0}


def is_close(moment: datetime) -> bool:
    """Tell whether a moment is the one after the close."""
    local = moment.astimezone(NEW_YORK)
    return (local.hour, local.minute) == MOMENTS[-1]


def count(since: dict[str, float], seen: Collection[str], seconds: float) -> None:
    """Add to what is seen still, and forget the rest."""
    for name in since.keys() - seen:
        del since[name]
    for name in seen:
        since[name] += seconds


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
            if day.weekday() == FRIDAY and is_trading_day(day) and moment > local:
                return moment.astimezone(UTC)
        day = date.fromordinal(day.toordinal() + timedelta(days=1).days)
