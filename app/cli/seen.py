"""What the clock saw last, for commands, and how old it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from app.domain.snapshots import BrokerSnapshot
from app.wiring.container import portfolio, services

JUST_NOW = timedelta(seconds=2)

fresh_option: Callable[[Any], Any] = click.option("--fresh", is_flag=True, help="Ask the brokers now.")


def last_seen(*, fresh: bool) -> list[BrokerSnapshot]:
    """Return what was seen last at every broker; where no clock is running they are asked all the same."""
    snapshots = portfolio().snapshots
    return snapshots.read(fresh=True) if fresh else snapshots.read_without_clock()


def show_ages(seen: list[BrokerSnapshot]) -> None:
    """Say which brokers do not answer, and when the others were seen unless that is just now."""
    now = services().clock()
    for item in seen:
        age = None if item.at is None else now - item.at
        if item.reachable is False:
            before = f"It was last seen {_told(age)} ago." if age is not None else "It was never seen."
            click.echo(f"{item.broker} does not answer: {item.message} {before}")
        elif age is None or age >= JUST_NOW:
            click.echo(f"{item.broker} was seen {_told(age)} ago." if age else f"{item.broker}: never seen.")


def _told(age: timedelta) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if age.total_seconds() >= 2 * length:
            return f"{age.total_seconds() // length:.0f} {unit}"
    return f"{age.total_seconds():.0f} s"
