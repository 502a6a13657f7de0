"""`flask trading-state`: the kill switch, for every bot or for one."""

from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.commands import Command, show_table
from app.domain.audit import Actor
from app.domain.bots import Bot
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import InvalidRequest
from app.repositories.trading_state import EVERY_BOT
from app.schemas.operator import TradingStateSchema, load
from app.wiring.container import observability, operations, services

SWITCH = TradingStateSchema()
STATES = [state.value for state in TradingState]


@click.command("trading-state", cls=Command)
@click.argument(
    "state", required=False, metavar=f"[{'|'.join(STATES)}]", type=click.Choice(STATES, case_sensitive=False)
)
@click.option("--bot", help="Only this bot; without it, every bot.")
@click.option("--reason", help="Why; shown wherever the state is.")
@click.option("--until", help="When trading goes on by itself, like 2026-06-02T14:22:00Z.")
@with_appcontext
def trading_state(state: str | None, bot: str | None, reason: str | None, until: str | None) -> None:
    """Show or set what alerts may do.

    ACTIVE is everything, REDUCING exits only, HALTED nothing. Orders that are working go on working: see
    `flask orders`.
    """
    if state is not None:
        throw(bot, {"state": state, "reason": reason, "until": until})
    elif reason is not None or until is not None:
        raise InvalidRequest("Name a state: ACTIVE, REDUCING or HALTED.")
    else:
        show_states(bot)


def throw(bot: str | None, wanted: dict[str, Any]) -> None:
    """Throw a bot's switch, or everybody's, and say so; raise InvalidRequest or NotFound."""
    switch: StateSwitch = load(SWITCH, wanted)
    if bot is None:
        operations().switch.throw(switch, by=Actor.COMMAND_LINE)
    else:
        operations().bots.set_state(bot, switch, by=Actor.COMMAND_LINE)
    name = bot or "trading"
    observability().journal.activity(
        f"operator: {name} is {switch.state.value} ({switch.reason or 'no reason'})"
    )
    click.echo(f"{name} is {switch.state.value}{_until(switch)}.")


def show_states(bot: str | None = None) -> None:
    """Print the switch of every bot and each bot's own, or one bot's, as they stand now."""
    found = operations().bots.all() if bot is None else [operations().bots.get(bot)]
    switches = [(EVERY_BOT, operations().switch.read()), *((one.id, one.switch) for one, _ in found)]
    now = services().clock()
    rows = [(name, *_cells(switch.seen_at(now))) for name, switch in switches]
    show_table(("SWITCH", "STATE", "UNTIL", "REASON"), rows)


def standing(bot: Bot, everywhere: StateSwitch) -> str:
    """Return the state that holds for a bot now, and whether it is everybody's rather than its own."""
    now = services().clock()
    own, common = bot.switch.at(now), everywhere.at(now)
    if STATES.index(common) > STATES.index(own):
        return f"{common.value} ({EVERY_BOT})"
    return own.value


def _cells(switch: StateSwitch) -> tuple[str, str, str | None]:
    return switch.state.value, _until(switch).removeprefix(" until "), switch.reason


def _until(switch: StateSwitch) -> str:
    return f" until {switch.until:%Y-%m-%d %H:%M:%S} UTC" if switch.until is not None else ""
