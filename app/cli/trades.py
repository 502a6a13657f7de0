"""`flask trades`: what bots hold, and what they have traded."""

from typing import Any

import click

from app.cli.commands import Group, show_fields, show_table
from app.wiring.container import services

HEADINGS = ("TRADE", "BOT", "BROKER", "SYMBOL", "UNITS", "ENTRY", "EXIT OR MARK", "GAIN", "STATE", "SINCE")
UNSIGNED = {"entry_net", "mark_net", "exit_net"}

trades = Group("trades", help="See open and closed trades.")


@trades.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="all", show_default=True)
@click.option("--bot", help="Only this bot's.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
def list_trades(state: str, bot: str | None, limit: int) -> None:
    """List trades: open ones first, then those that went flat, the latest at the top."""
    found = services().trades.page(state=state, bot=bot, after=None, limit=limit)
    show_table(HEADINGS, [_row(trade) for trade in found], none="No trades.")


@trades.command("show")
@click.argument("number", type=click.IntRange(1))
def show_trade(number: int) -> None:
    """Show one trade with its times, fees and tickets."""
    trade = services().trades.numbered(number)
    legs, tickets = trade.pop("legs"), trade.pop("tickets")
    show_fields({name: _plain(name, value) for name, value in trade.items()} | legs[0])
    for ticket in tickets:
        click.echo(f"ticket  {ticket}")


def _row(trade: dict[str, Any]) -> tuple[Any, ...]:
    side = "" if trade["legs"][0]["side"] == "buy" else "-"
    left = trade["exit_net"] if trade["state"] == "closed" else trade["mark_net"]
    return (
        *(trade[name] for name in ("number", "bot", "broker", "symbol")),
        f"{side}{trade['units']}",
        _price(trade["entry_net"]),
        _price(left),
        trade["profit_loss"],
        trade["state"],
        trade["closed_at"] or trade["entered_at"],
    )


def _plain(name: str, value: Any) -> Any:
    return _price(value) if name in UNSIGNED else value


def _price(signed: str | None) -> str | None:
    """A price as people say it; which way the money went is told by the side."""
    return signed.removeprefix("-") if signed is not None else None
