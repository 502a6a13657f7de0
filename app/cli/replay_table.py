"""How a replay of ideas is printed: what differs as `old > new`."""

import json
from decimal import Decimal
from typing import Any

import click

from app.cli.commands import show_table
from app.cli.opinions import percent
from app.domain.courses import Horizon
from app.domain.documents import to_json
from app.domain.replays import Comparison, Side, Take, difference
from app.services.analyst.base import Analyst

HEADINGS = ("ARRIVED", "SYMBOL", "THEN", "ACTION", "CONFIDENCE", "NOTIONAL", "GATES", "GAIN")


def print_json(compared: list[Comparison], left_out: int, cost: dict[str, int]) -> None:
    """Print everything as JSON."""
    told = {"ideas": to_json(compared), "difference": to_json(difference(compared))}
    click.echo(json.dumps(told | {"left_out": left_out, "cost": cost}, indent=2))


def show_replay(compared: list[Comparison], left_out: int, horizon: Horizon) -> None:
    """Print a row for each idea, and what they come to together."""
    show_table(HEADINGS, [_row(item) for item in compared], none="No ideas with an opinion in this time.")
    if left_out:
        click.echo(f"\n{left_out} cannot be run again: unreadable, or of a bot that is gone.")
    if compared:
        total = difference(compared)
        others = f"{total.other_actions} with another action, {total.other_outcomes} with another outcome"
        click.echo(f"\n{total.ideas} ideas, {others}: {total.gained} more ordered, {total.lost} no longer.")
        click.echo(f"Old: {_side(total.old, horizon)}\nNew: {_side(total.new, horizon)}")


def _side(side: Side, horizon: Horizon) -> str:
    gain = f"average gain after {horizon.name} {percent(side.average_gain)} ({side.priced} priced)"
    return f"{side.ordered} ordered, worth {round(side.value, 2):f}; {gain}"


def _row(item: Comparison) -> tuple[Any, ...]:
    old, new = item.old, item.new
    cells = (
        (_word(old), _word(new)),
        (_plain(old.confidence), _plain(new.confidence)),
        (_plain(old.notional), _plain(new.notional)),
        (old.outcome, new.outcome),
    )
    changes = [before if before == after else f"{before} > {after}" for before, after in cells]
    return f"{item.at:%Y-%m-%d %H:%M}", item.symbol, item.then, *changes, percent(item.gain)


def _word(take: Take) -> str:
    if take.action is not None:
        return take.action.value
    return take.failure.value if take.failure is not None else "-"


def _plain(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:f}"


def tell_cost(analyst: Analyst | None, cost: dict[str, int]) -> None:
    """Say what the other opinions cost, where any were asked for."""
    if analyst is not None:
        asked = f"{cost['requests']} requests, {cost['tokens']} tokens"
        click.echo(f"Asked: {analyst.name} ({analyst.model}), {asked}.")
