"""What Alpaca refuses of options beside levels and money: an account's limits, locks, options on an index."""

from collections.abc import Sequence
from decimal import Decimal

from tests.simulators.alpaca.account import Account
from tests.simulators.alpaca.assets import AM_SETTLED, Contract
from tests.simulators.alpaca.figures import local_time, plain
from tests.simulators.alpaca.refusals import forbidden, unprocessable

HUNDRED = Decimal(100)
# A contract, its signed quantity, and whether it opens.
Wanted = tuple[Contract, Decimal, bool]


def refuse_limits(
    account: Account, wanted: Sequence[Wanted], price: Decimal, units: Decimal, now: int
) -> None:
    """Refuse more than an account may have, or what it must keep; `price` is that of a unit."""
    notional = abs(price) * HUNDRED * units
    if account.most_notional is not None and notional > account.most_notional:
        told = f"is {plain(notional)} must be <= {plain(account.most_notional)}"
        raise unprocessable(f"options order notional {told}")
    today = local_time(now).date()
    expiring = sum(abs(quantity) for one, quantity, opens in wanted if opens and one.expires == today)
    if account.most_expiring_today is not None and expiring > account.most_expiring_today:
        raise forbidden("exceeded account limit for contracts expiring today")
    for contract, quantity, opens in wanted:
        if not opens and quantity < 0 and contract.root in account.assignment_locks:
            raise forbidden(f"active assignment lock on {contract.root}, cannot close all long options")


def refuse_index(account: Account, wanted: Sequence[Wanted], now: int) -> None:
    """Refuse options on an index where the account has none, of several expiries, and after their last day.

    https://docs.alpaca.markets/docs/index-options
    """
    european = [contract for contract, _, _ in wanted if contract.is_european]
    if not european:
        return
    if not account.index_enabled:
        raise forbidden("account not eligible to trade index option contracts")
    if len({contract.expires for contract in european}) > 1:
        raise unprocessable("european style legs must have the same expiration date")
    today = local_time(now).date()
    for contract in european:
        if contract.root in AM_SETTLED and today >= contract.expires:
            raise unprocessable(f"AM-settled index option {contract.asset.symbol} is past its cut-off")
