"""`flask bots`: make, read, change, stop and remove bots."""

from dataclasses import replace

import click

from app.cli.commands import Group, show_fields, show_table
from app.cli.trading_state import standing, throw
from app.domain.audit import Actor
from app.domain.bots import BotConfiguration
from app.errors import InvalidRequest
from app.schemas.bot import NewBotSchema
from app.schemas.bot_pairs import BOT, ELSEWHERE, read_pairs
from app.schemas.operator import load
from app.wiring.container import operations

NEW_BOT = NewBotSchema()
KEYS = (
    f"Keys: {', '.join(name for name in BOT.fields if name not in ELSEWHERE)}. "
    "What each means stands in docs/bots.md."
)

bots = Group("bots", help="Make, read, change, stop and remove bots.")


@bots.command("list")
def list_bots() -> None:
    """List every bot, with the state that holds for it now."""
    everywhere = operations().switch.read()
    rows = [
        (
            *(bot.id, bot.number, bot.configuration.name, bot.configuration.broker or "default"),
            standing(bot, everywhere),
        )
        for bot, _ in operations().bots.all()
    ]
    show_table(("ID", "NUMBER", "NAME", "BROKER", "STATE"), rows)


@bots.command("show")
@click.argument("bot")
def show_bot(bot: str) -> None:
    """Show a bot's configuration."""
    found, _ = operations().bots.get(bot)
    show_fields(operations().bots.show(found))


@bots.command("create", epilog=KEYS)
@click.argument("bot")
@click.argument("settings", metavar="[KEY=VALUE]...", nargs=-1)
def create_bot(bot: str, settings: tuple[str, ...]) -> None:
    """Make a bot and show its secret, this once."""
    data = load(NEW_BOT, {"id": bot, **read_pairs(settings)})
    configuration = {name: value for name, value in data.items() if name != "id"}
    created, _, secret = operations().bots.create(
        data["id"], BotConfiguration(**{"name": data["id"]} | configuration), by=Actor.COMMAND_LINE
    )
    click.echo(f"{created.id} is made. Its secret, which is not shown again: {secret}")


@bots.command("set", epilog=KEYS)
@click.argument("bot")
@click.argument("settings", metavar="KEY=VALUE...", nargs=-1, required=True)
def change_bot(bot: str, settings: tuple[str, ...]) -> None:
    """Change what is named and leave the rest; `null` lets a limit be inherited."""
    current, version = operations().bots.get(bot)
    changes = load(BOT, read_pairs(settings))
    configuration = replace(current.configuration, **changes)
    changed, _ = operations().bots.change(bot, configuration, version=version, by=Actor.COMMAND_LINE)
    view = operations().bots.show(changed)
    show_fields({name: view[name] for name in changes})


@bots.command("rotate-secret")
@click.argument("bot")
def rotate_secret(bot: str) -> None:
    """Give a bot a new secret and show it, this once."""
    secret, until = operations().bots.rotate_secret(bot, by=Actor.COMMAND_LINE)
    click.echo(f"The new secret of {bot}, which is not shown again: {secret}")
    click.echo(f"The old one works until {until:%Y-%m-%d %H:%M} UTC.")


@bots.command("delete")
@click.argument("bot")
@click.confirmation_option(prompt="Remove this bot for ever?")
def delete_bot(bot: str) -> None:
    """Remove a bot; its tickets stay."""
    _, version = operations().bots.get(bot)
    operations().bots.delete(bot, version=version, by=Actor.COMMAND_LINE)
    click.echo(f"{bot} is removed.")


@bots.command("halt")
@click.argument("bot", required=False)
@click.option("--all", "everything", is_flag=True, help="Halt every bot.")
@click.option("--reason", help="Why; shown wherever the state is.")
@click.option("--until", help="When trading goes on by itself, like 2026-06-02T14:22:00Z.")
def halt(bot: str | None, *, everything: bool, reason: str | None, until: str | None) -> None:
    """Let no alert of a bot (or of any bot) trade."""
    _refuse_both(bot, everything=everything)
    throw(bot, {"state": "HALTED", "reason": reason, "until": until})


@bots.command("resume")
@click.argument("bot", required=False)
@click.option("--all", "everything", is_flag=True, help="End the halt of every bot.")
def resume(bot: str | None, *, everything: bool) -> None:
    """Let a bot (or every bot that is not halted itself) trade again."""
    _refuse_both(bot, everything=everything)
    throw(bot, {"state": "ACTIVE"})


def _refuse_both(bot: str | None, *, everything: bool) -> None:
    if (bot is None) is not everything:
        raise InvalidRequest("Name one bot, or say --all.")
