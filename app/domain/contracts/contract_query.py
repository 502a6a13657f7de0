"""The contract that an alert means, in the words that alerts use."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.contracts.expiries import choose_expiry
from app.domain.contracts.index import ContractIndex
from app.domain.contracts.listed import ContractKind, ContractRefused, ListedContract
from app.domain.contracts.strikes import NEIGHBOURS, nearest, read_strike
from app.domain.contracts.underlyings import find_underlying
from app.domain.reasons import Reason

# What an underlying costs now, or None.
Spot = Callable[[str], Decimal | None]

_KINDS = {
    **dict.fromkeys(("CE", "CALL", "C"), ContractKind.CALL),
    **dict.fromkeys(("PE", "PUT", "P"), ContractKind.PUT),
}


@dataclass(frozen=True, slots=True)
class WantedContract:
    """An option as an alert writes it: `NSE:NIFTY`, `weekly`, `ATM+1`, `CE`."""

    underlying: str
    expiry: str
    strike: str | int | float | Decimal
    option_type: str


@dataclass(frozen=True, slots=True)
class Shorts:
    """Contracts that were sold short: those of the expiry that is meant, and all of their type."""

    of_expiry: tuple[ListedContract, ...] = ()
    alike: tuple[ListedContract, ...] = ()


def find_contract(index: ContractIndex, wanted: WantedContract, now: datetime, spot: Spot) -> ListedContract:
    """Return the one listed option that is meant at `now` (aware).

    `spot` is asked only where the strike is counted from the money. Raise ContractRefused with
    CONTRACT_MALFORMED, CONTRACT_UNKNOWN or PRICE_UNKNOWN; its message names what is listed instead.
    """
    underlying = find_underlying(index, wanted.underlying)
    kind = read_kind(wanted.option_type)
    asked = read_strike(wanted.strike)
    expiry = choose_expiry(index, underlying, wanted.expiry, now)
    listed = index.strikes(underlying, expiry, kind)
    strike = asked.among(listed, kind, lambda: spot(underlying))
    found = None if strike is None else index.find(underlying, expiry, strike, kind)
    if found is None:
        raise ContractRefused(
            Reason.CONTRACT_UNKNOWN, _no_strike(underlying, expiry, wanted.strike, kind, strike, listed)
        )
    return found


def shorts_meant(
    index: ContractIndex, wanted: WantedContract, now: datetime, shorts: Iterable[str]
) -> Shorts | None:
    """Return which of a bot's shorts (canonical names) a cover may mean: any of its expiry.

    None: the strike is a number, which means what it says. Raise ContractRefused with CONTRACT_MALFORMED or
    CONTRACT_UNKNOWN.
    """
    if read_strike(wanted.strike).value is not None:
        return None
    underlying, kind = find_underlying(index, wanted.underlying), read_kind(wanted.option_type)
    known = filter(None, map(index.find_canonical, shorts))
    alike = [item for item in known if (item.underlying, item.kind) == (underlying, kind)]
    if not alike:
        return Shorts()
    expiry = choose_expiry(index, underlying, wanted.expiry, now)
    return Shorts(tuple(item for item in alike if item.expiry == expiry), tuple(alike))


def read_kind(text: Any) -> ContractKind:
    """Read CE, CALL or C, and PE, PUT or P."""
    kind = _KINDS.get(text.strip().upper()) if isinstance(text, str) else None
    if kind is None:
        raise ContractRefused(Reason.CONTRACT_MALFORMED, f"{text!r:.40} is not an option type: CE or PE.")
    return kind


def _no_strike(
    underlying: str,
    expiry: date,
    asked: Any,
    kind: ContractKind,
    strike: Decimal | None,
    listed: list[Decimal],
) -> str:
    start = f"{underlying} has no {kind.value} of {expiry} at {asked}"
    if not listed:
        return f"{start}: none is listed."
    if strike is None:
        return f"{start}: {listed[0]} to {listed[-1]} are listed."
    names = ", ".join(map(str, nearest(listed, strike)[:NEIGHBOURS]))
    return f"{start}; the nearest are {names}."
