"""`flask trades`: what bots hold, and what they have traded."""

from typing import Any

import click

from app.cli.commands import Group, rounded, show_fields, show_table
from app.wiring.container import portfolio

HEADINGS = (
    *("TRADE", "BOT", "BROKER", "SYMBOL", "UNITS", "ENTRY", "EXIT OR MARK", "GAIN", "CURRENCY"),
    *("STATE", "SINCE"),
)
# The API tells by a sign which way the money went; people are shown a price and the side.
PRICES = {"entry_net": "entry_price", "mark_net": "mark_price", "exit_net": "exit_price"}

trades = Group("trades", help="See open and closed trades.")


@trades.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="all", show_default=True)
@click.option("--bot", help="Only this bot's.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
def list_trades(state: str, bot: str | None, limit: int) -> None:
    """List trades: open ones first, then those that went flat, the latest at the top."""
    found = portfolio().trades.page(state=state, bot=bot, after=None, limit=limit)
    show_table(HEADINGS, [_row(trade) for trade in found], none="No trades.")


@trades.command("show")
@click.argument("number", type=click.IntRange(1))
def show_trade(number: int) -> None:
    """Show one trade with its times, fees and tickets."""
    trade = portfolio().trades.numbered(number)
    show_fields(_fields(trade))
    for ticket in trade["tickets"]:
        click.echo(f"ticket  {ticket}")


def _fields(trade: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in trade if name not in {"legs", "tickets"}]
    return {"side": _side(trade)} | {PRICES.get(name, name): _shown(name, trade[name]) for name in names}


def _row(trade: dict[str, Any]) -> tuple[Any, ...]:
    left = "exit_net" if trade["state"] == "closed" else "mark_net"
    return (
        *(trade[name] for name in ("number", "bot", "broker", "symbol")),
        f"{'-' if _side(trade) == 'short' else ''}{trade['units']}",
        *(_shown(name, trade[name]) for name in ("entry_net", left, "profit_loss")),
        trade["currency"],
        trade["state"],
        trade["closed_at"] or trade["entered_at"],
    )


def _side(trade: dict[str, Any]) -> str:
    return "long" if trade["legs"][0]["side"] == "buy" else "short"


def _shown(name: str, value: Any) -> Any:
    if name in PRICES:
        return rounded(value.removeprefix("-")) if value is not None else None
    return rounded(value) if name in {"profit_loss", "fees"} else value
