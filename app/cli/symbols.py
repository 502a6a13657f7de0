"""`flask symbols`: the exchange's list of contracts."""

from decimal import Decimal

import click

from app.cli.commands import Group, show_fields
from app.domain.contracts import ContractIndex, ContractRefused, ListedContract, WantedContract, find_contract
from app.domain.contracts.underlyings import find_underlying
from app.domain.json_codec import to_json
from app.errors import InvalidRequest
from app.services.instruments import RefreshFailed, SymbolMaster
from app.wiring.container import brokers, services

symbols = Group("symbols", help="Look up Indian options, and renew the list of them.")


@symbols.command("refresh")
def refresh() -> None:
    """Download the list of contracts now."""
    try:
        record = _master().refresh()
    except RefreshFailed as error:
        raise InvalidRequest(f"{error} The last good list stays.") from error
    click.echo(f"{record.rows:,} contracts.")


@symbols.command("show")
@click.argument("underlying")
@click.argument("terms", metavar="[EXPIRY STRIKE CE|PE]", nargs=-1)
@click.option("--spot", type=Decimal, help="Price of the underlying, for ATM, OTM and ITM.")
def show(underlying: str, terms: tuple[str, ...], spot: Decimal | None) -> None:
    """Show the option that an alert with these words means, or the expiries of an underlying."""
    if len(terms) not in {0, 3}:
        raise InvalidRequest("Name the underlying alone, or with expiry, strike and CE or PE.")
    try:
        index = _master().index()
        if terms:
            expiry, strike, kind = terms
            wanted = WantedContract(underlying, expiry, strike, kind)
            _show_contract(find_contract(index, wanted, services().clock(), lambda _: spot))
        else:
            _show_expiries(index, underlying)
    except ContractRefused as error:
        raise InvalidRequest(f"{error.reason.value}: {error.message}") from error


def _master() -> SymbolMaster:
    master = brokers().symbols
    if master is None:
        raise InvalidRequest("There is no list of contracts without FYERS_APP_ID.")
    return master


def _show_contract(contract: ListedContract) -> None:
    show_fields({name: value for name, value in to_json(contract).items() if value is not None})


def _show_expiries(index: ContractIndex, text: str) -> None:
    underlying = find_underlying(index, text)
    for day in index.expiries(underlying):
        click.echo(f"{day}{' monthly' if index.is_monthly(underlying, day) else ''}")
