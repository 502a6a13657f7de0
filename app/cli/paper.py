"""`flask paper`: the simulated market."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.cli.commands import Group, show_fields, show_table
from app.domain.audit import Actor
from app.domain.orders import Receipt
from app.errors import InvalidRequest
from app.schemas.operator import PRICES, PaperClockSchema, PaperSwitchesSchema, load
from app.schemas.price_rows import read_price_rows
from app.wiring.container import brokers, operations

CLOCK, SWITCHES = PaperClockSchema(), PaperSwitchesSchema()

paper = Group("paper", help="Read and move the simulated market; start its account anew.")


@paper.command("prices")
@click.argument("prices", metavar="[SYMBOL=PRICE]...", nargs=-1)
@click.option(
    "--csv", "file", type=click.Path(path_type=Path), help="Rows of `symbol,price`, played in order."
)
def set_prices(prices: tuple[str, ...], file: Path | None) -> None:
    """Pin prices and show them all, with what became of waiting orders.

    A pinned price stays until SYMBOL=null (or SYMBOL=) lets the symbol follow its alerts again.
    """
    changed: list[str] = []
    if prices:
        changed += operations().prices.move(_read(prices), by=Actor.COMMAND_LINE)["changed"]
    if file is not None:
        changed += operations().prices.play(_rows(file), by=Actor.COMMAND_LINE)["changed"]
    show_table(("SYMBOL", "PRICE"), sorted(operations().prices.show().items()))
    for line in _outcomes(list(dict.fromkeys(changed))):
        click.echo(line)


@paper.command("clock")
@click.argument("now", required=False)
def set_clock(now: str | None) -> None:
    """Show the simulated time, or move it forward to NOW, an ISO 8601 time; `real` lets it go again."""
    time = operations().simulated_time
    if now is not None:
        wanted = load(CLOCK, {"now": None if now in {"real", "null"} else now})
        time.move(wanted["now"], by=Actor.COMMAND_LINE)
    seen = time.show()
    click.echo(f"{seen['now']}, {'standing still' if seen['is_set'] else 'going with the real time'}")


@paper.command("switches")
@click.option("--assign", multiple=True, help="A contract that is assigned early; once for each.")
@click.option("--assign-none", is_flag=True, help="Assign none early any more.")
@click.option(
    "--close-shorts/--keep-shorts", default=None, help="Whether sold legs are bought back at 15:30."
)
def set_switches(assign: tuple[str, ...], close_shorts: bool | None, *, assign_none: bool) -> None:  # noqa: FBT001  # click's
    """Show or set what the simulated exchange does beside trading."""
    wanted: dict[str, Any] = {} if close_shorts is None else {"close_short_legs_at_expiry": close_shorts}
    if assign or assign_none:
        wanted["early_assignment"] = list(assign)
    if wanted:
        asked = load(SWITCHES, wanted)
        operations().simulated_time.throw(
            asked.get("early_assignment"),
            closes_shorts=asked.get("close_short_legs_at_expiry"),
            by=Actor.COMMAND_LINE,
        )
    show_fields(operations().simulated_time.switches())


@paper.command("reset")
@click.option("--yes", is_flag=True, help="Do it; without this only what would end is shown.")
def reset(*, yes: bool) -> None:
    """Start the paper account anew with PAPER_CASH, while nothing serves.

    Its orders are canceled, its trades closed without a gain; bots, tickets and switches stay.
    """
    ends = operations().paper_reset.preview()
    told = f"{ends.orders} open orders, {ends.trades} trades, {ends.exit_plans} exit plans"
    if not yes:
        click.echo(f"This would end at the paper broker: {told}, all positions and pinned prices.")
        click.echo("Nothing has changed. `flask paper reset --yes` does it, while the service is stopped.")
        return
    account = operations().paper_reset.run(by=Actor.COMMAND_LINE)
    click.echo(f"The paper account starts anew with {account.cash:f} {account.currency}; ended: {told}.")


def _read(pairs: tuple[str, ...]) -> dict[str, Decimal | None]:
    written = dict(_pair(pair) for pair in pairs)
    moves: dict[str, Decimal | None] = load(PRICES, written)
    return moves


def _pair(pair: str) -> tuple[str, str | None]:
    symbol, equals, price = pair.rpartition("=")
    if not equals or not symbol:
        raise InvalidRequest(f"{pair} is not written as SYMBOL=PRICE.")
    return symbol, None if price in {"", "null"} else price


def _outcomes(names: list[str]) -> list[str]:
    """Tell of each order; a pair of exits is told by its legs, or what one sold would be told twice."""
    found = {name: _found(name) for name in names}
    sides = {name: order.side for name, order in found.items() if order is not None}

    def is_pair(name: str) -> bool:
        legs = [side for other, side in sides.items() if other.startswith(f"{name}-")]
        return sides.get(name) in legs

    return [_told(name, order) for name, order in found.items() if not is_pair(name)]


def _found(name: str) -> Receipt | None:
    simulated = (broker for broker in brokers().registry.all() if broker.capabilities.simulated)
    return next((found for broker in simulated if (found := broker.find(name)) is not None), None)


def _told(name: str, order: Receipt | None) -> str:
    if order is None:
        return name
    amount = order.filled_quantity or order.quantity
    price = f" at {order.average_fill_price:f}" if order.average_fill_price is not None else ""
    return f"{order.status.value}: {order.side.value} {amount} {order.symbol}{price}, {name}"


def _rows(file: Path) -> list[tuple[str, Decimal]]:
    try:
        return list(read_price_rows(file.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InvalidRequest(f"{file} cannot be read: {reason}.") from error
