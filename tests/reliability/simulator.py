"""A simulated broker in a process of its own, and what makes life hard: its faults and moving prices."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.reliability.server import Lost, ask
from tests.warm.process import PIPE, begin

# With every kind active, a fifth of all requests is struck, and a fifth of the orders lives oddly.
STRUCK_SHARE = 0.2
# So long does a request last that is never answered.
NEVER_SECONDS = 5
# A trouble that lasts for several requests begins so often.
SPELL_SECONDS = 3
LARGEST_STEP = 0.006
FARTHEST = 0.06

Fault = dict[str, Any]
# Makes trouble until it is told to stop.
Trouble = Callable[[threading.Event], None]


class Simulator:
    """One process; everything that is asked goes past its faults.

    `kinds` are two lists of faults: those that strike requests, and those that let orders live oddly.
    """

    def __init__(self, log: Path, broker: str, *options: str, kinds: tuple[tuple[Fault, ...], ...]) -> None:
        self._kinds = kinds
        command = [sys.executable, "-m", f"tests.simulators.{broker}", *options]
        with log.open("ab") as errors:
            self._process = begin(command, stdout=PIPE, stderr=errors, text=True)
        assert self._process.stdout is not None
        with self._process.stdout as output:
            self.url = output.readline().strip()

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        """Ask the simulator about itself."""
        data = b"" if body is None else json.dumps(body).encode()
        answer = ask(urlsplit(self.url).port or 0, method, f"/_simulator/{name}", data)
        assert answer.status == 200, answer
        return answer.body

    def spoil(self, seed: int) -> None:
        """Let every kind of fault strike from now on."""
        for kinds in self._kinds:
            chance = 1 - (1 - STRUCK_SHARE) ** (1 / len(kinds))
            for number, fault in enumerate(kinds):
                settings = {"probability": chance, "seed": seed * 100 + number}
                self.ask("POST", "faults", settings | fault)

    def heal(self) -> list[Any]:
        """End every fault; return how often each struck."""
        struck: list[Any] = self.ask("GET", "faults")
        self.ask("DELETE", "faults")
        return struck

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def spells(simulator: Simulator, random: Random, kinds: tuple[Fault, ...]) -> Trouble:
    """Let the broker be in one trouble after another, each for so many requests."""

    def run(stop: threading.Event) -> None:
        while not stop.wait(SPELL_SECONDS):
            with suppress(Lost):
                simulator.ask("POST", "faults", {"seed": random.randrange(1000)} | random.choice(kinds))

    return run


@contextmanager
def unrest(troubles: list[Trouble]) -> Iterator[None]:
    """Let all troubles go on at once, each in a thread."""
    stop = threading.Event()
    threads = [threading.Thread(target=trouble, args=(stop,)) for trouble in troubles]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def moving(
    seconds: float, random: Random, prices: dict[str, float], publish: Callable[[dict[str, float]], None]
) -> Trouble:
    """Move each price every so many seconds, but never far from where it began."""

    def move(stop: threading.Event) -> None:
        now = dict(prices)
        while not stop.wait(seconds):
            for symbol, base in prices.items():
                step = now[symbol] * (1 + random.uniform(-LARGEST_STEP, LARGEST_STEP))
                now[symbol] = min(max(step, base * (1 - FARTHEST)), base * (1 + FARTHEST))
            # On a busy machine an answer may be late; the next move comes in a moment.
            with suppress(Lost):
                publish(now)

    return move
