"""`flask options`: what brokers list."""

from datetime import datetime
from typing import Any

import click

from app.cli.commands import Group, rounded, show_table
from app.wiring.container import operations

HEADINGS = ("STRIKE", "TYPE", "BID", "ASK", "DELTA", "VOLATILITY", "OPEN INTEREST", "VOLUME", "SYMBOL")
# So many strikes below and above the price are what one looks at first.
AROUND = 10

options = Group("options", help="Look at contracts, their quotes and greeks.")


@options.command("chain")
@click.argument("underlying")
@click.argument("expiry", required=False, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--broker", help="Where; the default broker without it.")
@click.option("--all", "every", is_flag=True, help="Every strike, not those around the price alone.")
def show_chain(underlying: str, expiry: datetime | None, broker: str | None, *, every: bool) -> None:
    """Show the contracts of one day of expiry, the first one where none is named."""
    chain = operations().chains.show(broker, underlying, None if expiry is None else expiry.date())
    click.echo(f"{chain['underlying']} {chain['price']} at {chain['broker']}, expiry {chain['expiry']}")
    contracts = chain["contracts"] if every else _around(chain["contracts"], float(chain["price"]))
    show_table(HEADINGS, [_row(contract) for contract in contracts])
    click.echo(f"Expiries: {', '.join(chain['expiries'])}")


def _around(contracts: list[dict[str, Any]], price: float) -> list[dict[str, Any]]:
    strikes = sorted({float(contract["strike"]) for contract in contracts}, key=lambda one: abs(one - price))
    near = set(strikes[: 2 * AROUND])
    return [contract for contract in contracts if float(contract["strike"]) in near]


def _row(contract: dict[str, Any]) -> tuple[Any, ...]:
    figures = ("bid", "ask", "delta", "implied_volatility")
    return (
        contract["strike"],
        contract["type"],
        *(rounded(contract[name]) for name in figures),
        *(contract[name] for name in ("open_interest", "volume", "symbol")),
    )
