"""`flask trades`: what bots hold, what they have traded, and the way out."""

from typing import Any

import click

from app.cli.commands import Group, rounded, show_fields, show_table
from app.domain.audit import Actor
from app.wiring.container import portfolio

HEADINGS = (
    *("TRADE", "BOT", "BROKER", "SYMBOL", "UNITS", "ENTRY", "EXIT OR MARK", "GAIN", "CURRENCY"),
    *("STATE", "SINCE"),
)
# The API tells by a sign which way the money went; people are shown a price and the side of shares and coins.
PRICES = {"entry_net": "entry_price", "mark_net": "mark_price", "exit_net": "exit_price"}

trades = Group("trades", help="See open and closed trades; close one.")


@trades.command("list")
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="all", show_default=True)
@click.option("--bot", help="Only this bot's.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
def list_trades(state: str, bot: str | None, limit: int) -> None:
    """List trades: open ones first, then those that went flat, the latest at the top."""
    found = portfolio().trades.page(state=state, bot=bot, after=None, limit=limit)
    show_table(HEADINGS, [_row(trade) for trade in found.rows], none="No trades.")


@trades.command("show")
@click.argument("number", type=click.IntRange(1))
def show_trade(number: int) -> None:
    """Show one trade with its legs, times, fees and tickets."""
    trade = portfolio().trades.numbered(number)
    show_fields(_fields(trade))
    for leg in trade["legs"] if trade["structure"] else ():
        prices = f"entered at {_or_unknown(leg['entry_price'])}, now {_or_unknown(leg['mark'])}"
        click.echo(f"leg     {leg['side']} {leg['ratio']} {leg['symbol']}, {prices}")
    for ticket in trade["tickets"]:
        click.echo(f"ticket  {ticket}")


@trades.command("close")
@click.argument("number", type=click.IntRange(1))
@click.option("--trim", type=click.IntRange(1, 100), help="Per cent of its units, rounded up; else all.")
def close_trade(number: int, trim: int | None) -> None:
    """Close a trade, or a part of it; the ladder of a structure goes on while the service runs."""
    ticket = portfolio().trade_closing.close(number, trim=trim, by=Actor.COMMAND_LINE)
    for left in (ticket["signal"] or {}).get("closes", ()):
        click.echo(f"trade {left['trade']}: {left['units_closed']} units are being left")
    for order in ticket["orders"]:
        click.echo(f"{order['status']}: {order['side']} {order['quantity']} {order['symbol']}")
    click.echo(f"ticket {ticket['id']}: {ticket['status']}")


def _fields(trade: dict[str, Any]) -> dict[str, Any]:
    of_structures = {"structure", "reason", "ladder", "largest_gain", "break_evens"}
    hidden = {"legs", "tickets", "payoff"} | (set() if trade["structure"] else of_structures)
    names = [name for name in trade if name not in hidden]
    if trade["structure"]:
        return {name: _told(name, trade[name]) for name in names}
    return {"side": _side(trade)} | {PRICES.get(name, name): _shown(name, trade[name]) for name in names}


def _row(trade: dict[str, Any]) -> tuple[Any, ...]:
    left = "mark_net" if trade["closed_at"] is None else "exit_net"
    told = _told if trade["structure"] else _shown
    is_short = not trade["structure"] and _side(trade) == "short"
    return (
        *(trade[name] for name in ("number", "bot", "broker")),
        f"{trade['symbol']} {trade['structure']}" if trade["structure"] else trade["symbol"],
        f"{'-' if is_short else ''}{trade['units']}",
        *(told(name, trade[name]) for name in ("entry_net", left, "profit_loss")),
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


def _told(name: str, value: Any) -> Any:
    """Show a figure of a structure: a net price says in words whether it is received or paid."""
    if name not in PRICES or value is None:
        return _shown(name, value)
    return f"{rounded(value.removeprefix('-'))} {'credit' if value.startswith('-') else 'debit'}"


def _or_unknown(price: str | None) -> str:
    return "unknown" if price is None else str(rounded(price))
