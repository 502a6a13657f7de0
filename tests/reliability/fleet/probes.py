"""Limits that all servers of a fleet keep together: a bot's rate, and the account's requests a minute."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from tests.reliability.alerts import strategy_alert
from tests.reliability.fleet.fleet import Fleet
from tests.reliability.server import Answer, Lost, ask

RATE = 5
RATE_SECONDS = 4.0
ACCOUNT_SECRET = "5d1f6a3e-0c0b-4b8e-9a53-7f0f6ad1c2b9"
ALLOWED_A_MINUTE = 60
SENDERS = 9
SETTINGS = {"RATE_LIMIT_PER_SECOND": str(RATE), "ACCOUNT_SECRET": ACCOUNT_SECRET}


@dataclass(slots=True)
class Limits:
    """What was let through, and what should not have been, or should have."""

    by_rate: int = 0
    by_minute: int = 0
    findings: list[str] = field(default_factory=list)


def probe_limits(fleet: Fleet) -> Limits:
    """Start all servers anew with limits, and ask all of them at once for more than that."""
    fleet.kill()
    fleet.start(**SETTINGS)
    limits = Limits()
    limits.findings += [*_probe_rate(fleet, limits), *_probe_minute(fleet, limits)]
    return limits


def _probe_rate(fleet: Fleet, limits: Limits) -> Iterator[str]:
    secret = fleet.create_bot("hurried", notional="5")
    numbers = count()

    def send(port: int) -> Answer:
        alert = strategy_alert(f"hurried-{next(numbers)}", secret)
        return ask(port, "POST", alert.path, alert.body)

    started = time.monotonic()
    answered = _flood(fleet, send, lambda _: time.monotonic() - started < RATE_SECONDS)
    seconds = time.monotonic() - started
    # What the broker refuses was let through as well.
    limits.by_rate = answered.total() - answered[429]
    # A full bucket at the beginning, and what flows into it meanwhile.
    most = RATE + RATE * seconds
    if not RATE <= limits.by_rate <= most:
        yield f"{dict(answered)} alerts of a bot in {seconds:.1f} s, and {most:.1f} are allowed"


def _probe_minute(fleet: Fleet, limits: Limits) -> Iterator[str]:
    def send(port: int) -> Answer:
        return ask(port, "GET", f"/webhook/{ACCOUNT_SECRET}/bots")

    answered = _flood(fleet, send, lambda sent: sent < 2 * ALLOWED_A_MINUTE)
    limits.by_minute = answered[200]
    if answered[200] != ALLOWED_A_MINUTE or set(answered) - {200, 429}:
        yield f"{dict(answered)} requests of an account within a minute, and {ALLOWED_A_MINUTE} are allowed"


def _flood(fleet: Fleet, send: Callable[[int], Answer], goes_on: Callable[[int], bool]) -> Counter[int]:
    """Ask all servers at once; return how often each status came back, 0 for no answer."""
    numbers, answered = count(), Counter[int]()

    def run(place: int) -> None:
        port = fleet.ports[place % len(fleet.ports)]
        while goes_on(next(numbers)):
            try:
                answered[send(port).status] += 1
            except Lost:
                answered[0] += 1

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(run, range(SENDERS)))
    return answered
