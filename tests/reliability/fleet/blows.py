"""What strikes a fleet and its database: each blow says what it did, and is over when it returns."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import TypeAlias

from tests.reliability.audit import Drain
from tests.reliability.fleet.fleet import Fleet
from tests.reliability.fleet.line import Line
from tests.reliability.fleet.pair import Pair
from tests.reliability.server import Server

# What is gone comes back after so long; others take over meanwhile.
LONGEST_ABSENCE_SECONDS = 3.0
# Longer than any call to the database may take, and than a killed session of a server is held.
LONGEST_FREEZE_SECONDS = 12.0
LONGEST_DARKNESS_SECONDS = 4.0

Blow: TypeAlias = Callable[[], int]


class Blows:
    """Blows to processes; each returns how many were killed.

    `on_death` hears who was killed, and at which moment, in epoch seconds.
    """

    def __init__(self, fleet: Fleet, random: Random, on_death: Callable[[list[int], float], None]) -> None:
        self.drains: list[Drain] = []
        self._fleet = fleet
        self._random = random
        self._on_death = on_death

    def kinds(self) -> dict[Blow, float]:
        """Return the kinds with their weights."""
        return {
            self.one_killed: 6,
            self.two_killed: 1,
            self.all_killed: 0.5,
            self.worker_killed: 1,
            self.one_drained: 1,
            self.one_frozen: 0.5,
        }

    def one_killed(self) -> int:
        """Kill one process, and start it again some time later."""
        return self._killed(1)

    def two_killed(self) -> int:
        """Kill two at once."""
        return self._killed(2)

    def all_killed(self) -> int:
        """Kill all of them."""
        return self._killed(len(self._fleet.servers))

    def worker_killed(self) -> int:
        """Kill what serves; its master starts another."""
        server = self._random.choice(self._fleet.servers)
        self._tell(self._fleet.kill_worker(server))
        self._rest()
        return 1

    def one_drained(self) -> int:
        """Ask one to finish and end, as a deployment does."""
        server, started = self._random.choice(self._fleet.servers), time.time()
        code = self._fleet.drain(server)
        self.drains.append(Drain(server.port, started, time.time(), code))
        self._fleet.start(server)
        return 0

    def one_frozen(self) -> int:
        """Let one stand still for a while."""
        server = self._random.choice(self._fleet.servers)
        self._fleet.freeze(server)
        try:
            time.sleep(self._random.uniform(0, LONGEST_FREEZE_SECONDS))
        finally:
            self._fleet.thaw(server)
        return 0

    def _killed(self, count: int) -> int:
        servers = self._random.sample(self._fleet.servers, count)
        self._tell(self._fleet.kill(*servers))
        self._rest()
        self._fleet.start(*servers)
        return count

    def _tell(self, dead: list[int]) -> None:
        self._on_death(dead, time.time())

    def _rest(self) -> None:
        time.sleep(self._random.uniform(0, LONGEST_ABSENCE_SECONDS))


class DatabaseBlows:
    """Blows to the database and to the lines that lead there.

    `on_return` hears, in epoch seconds, when the database was there again.
    """

    def __init__(
        self,
        fleet: Fleet,
        pair: Pair,
        lines: list[list[Line]],
        random: Random,
        on_return: Callable[[float], None],
    ) -> None:
        self._fleet, self._pair, self._lines = fleet, pair, lines
        self._random = random
        self._on_return = on_return

    def kinds(self) -> dict[Blow, float]:
        """Return the kinds with their weights."""
        return {
            self.database_stopped: 2,
            self.database_killed: 1,
            self.failed_over: 3,
            self.standby_lost: 1,
            self.lines_cut: 1,
            self.cut_off_and_frozen: 1,
        }

    def database_stopped(self) -> int:
        """Stop the primary as `pg_ctl -m immediate` does, and start it again."""
        self._pair.primary.stop(hard=True)
        return self._started_again()

    def database_killed(self) -> int:
        """Kill the primary's postmaster, and start it again."""
        self._pair.primary.kill()
        return self._started_again()

    def failed_over(self) -> int:
        """Kill the primary, promote its standby, and build another standby later.

        Every second time its machine is gone as well: what is asked of it is neither heard nor refused.
        """
        self._wait_for_step()
        with ExitStack() as darkness:
            if self._random.random() < 0.5:
                place = self._pair.nodes.index(self._pair.primary)
                for its in self._lines:
                    its[place].darken()
                    darkness.callback(its[place].lighten)
            self._pair.primary.kill()
            self._rest()
            self._pair.fail_over()
            self._on_return(time.time())
            time.sleep(self._random.uniform(0, LONGEST_DARKNESS_SECONDS))
        self._pair.add_standby()
        return 1

    def standby_lost(self) -> int:
        """Kill the standby, so that every commit waits until it is back."""
        self._pair.standby.kill()
        self._rest()
        self._pair.standby.start_again()
        self._wait_for_step()
        self._on_return(time.time())
        return 1

    def lines_cut(self) -> int:
        """Cut off every connection of one process."""
        for line in self._random.choice(self._lines):
            line.break_all()
        return 0

    def cut_off_and_frozen(self) -> int:
        """Let a process stand still and lose its connections meanwhile, with all that they held."""
        number = self._random.randrange(len(self._lines))
        server: Server = self._fleet.servers[number]
        self._fleet.freeze(server)
        try:
            for line in self._lines[number]:
                line.break_all()
            time.sleep(self._random.uniform(0, LONGEST_FREEZE_SECONDS))
        finally:
            self._fleet.thaw(server)
        return 0

    def _started_again(self) -> int:
        self._rest()
        self._pair.primary.start_again()
        self._wait_for_step()
        self._on_return(time.time())
        return 1

    def _wait_for_step(self) -> None:
        while not self._pair.is_in_step():
            time.sleep(0.05)

    def _rest(self) -> None:
        time.sleep(self._random.uniform(0, LONGEST_ABSENCE_SECONDS))
