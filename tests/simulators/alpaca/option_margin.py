"""What options tie up: the largest loss of their payoff at expiry, premium ignored."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from tests.simulators.alpaca.assets import Asset, Contract

ZERO, HUNDRED = Decimal(0), Decimal(100)
# Signed contracts by symbol.
Positions: TypeAlias = dict[str, Decimal]


def margin(positions: Positions, shares: Mapping[str, Decimal]) -> Decimal:
    """Return the margin of all positions; calls that nothing covers tie up what their shares would cost."""
    written: dict[str, list[tuple[Contract, Decimal]]] = defaultdict(list)
    for symbol, quantity in positions.items():
        contract = Contract.of(Asset(symbol))
        written[contract.root].append((contract, quantity))
    return sum((of_one(held, shares.get(root, ZERO)) for root, held in written.items()), ZERO)


def of_one(held: list[tuple[Contract, Decimal]], shares: Decimal) -> Decimal:
    """Return the margin of the options on one underlying."""
    held = living(held)
    bare = uncovered_calls(held)
    by_shares = min(bare, shares // HUNDRED)
    # Calls that shares cover owe nothing but these; what is left is never covered by a payoff.
    held, naked = without_calls(held, bare), bare - by_shares
    dearest = max((contract.strike for contract, _ in held), default=ZERO)
    return (max(-least_worth(held), ZERO) + naked * dearest) * HUNDRED


def living(held: list[tuple[Contract, Decimal]]) -> list[tuple[Contract, Decimal]]:
    """Leave out what is bought and expires before something that is sold: it covers nothing."""
    last = max((contract.expires for contract, quantity in held if quantity < 0), default=None)
    return [one for one in held if one[1] < 0 or last is None or one[0].expires >= last]


def uncovered_calls(held: list[tuple[Contract, Decimal]]) -> Decimal:
    return max(ZERO, -sum((quantity for contract, quantity in held if contract.is_call), ZERO))


def without_calls(held: list[tuple[Contract, Decimal]], count: Decimal) -> list[tuple[Contract, Decimal]]:
    """Take so many sold calls away, the highest strikes first."""
    left = []
    for contract, quantity in sorted(held, key=lambda one: -one[0].strike):
        taken = min(count, -quantity) if contract.is_call and quantity < 0 else ZERO
        count -= taken
        left.append((contract, quantity + taken))
    return left


def least_worth(held: list[tuple[Contract, Decimal]]) -> Decimal:
    """Return the least they can be worth at expiry, per unit of the underlying: at nothing or at a strike.

    Between two strikes the worth is a straight line, which each contract bends by its quantity at its own.
    """
    puts = [(contract.strike, quantity) for contract, quantity in held if not contract.is_call]
    price, slope = ZERO, -sum((quantity for _, quantity in puts), ZERO)
    least = worth = sum((strike * quantity for strike, quantity in puts), ZERO)
    for strike, quantity in sorted((contract.strike, quantity) for contract, quantity in held):
        worth += slope * (strike - price)
        price, slope = strike, slope + quantity
        least = min(least, worth)
    return least


def bare_calls(positions: Positions, shares: Mapping[str, Decimal]) -> Decimal:
    """Count the sold calls that neither bought ones nor shares cover."""
    written: dict[str, list[tuple[Contract, Decimal]]] = defaultdict(list)
    for symbol, quantity in positions.items():
        contract = Contract.of(Asset(symbol))
        written[contract.root].append((contract, quantity))
    bare = (
        max(ZERO, uncovered_calls(living(held)) - shares.get(root, ZERO) // HUNDRED)
        for root, held in written.items()
    )
    return sum(bare, ZERO)
