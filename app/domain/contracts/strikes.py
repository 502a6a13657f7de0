"""Strikes as alerts write them: a number, or a place counted from the money."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from app.dataclass import dataclass
from app.domain.contracts.listed import ContractKind, ContractRefused
from app.domain.money import plain
from app.domain.reasons import Reason

NEIGHBOURS = 4
_LONGEST = 20
_AT_THE_MONEY = re.compile(r"ATM(?: ?([+-]) ?(\d{1,3}))?", re.ASCII)
_FROM_THE_MONEY = re.compile(r"([OI])TM ?\+?(\d{1,3})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Strike:
    """A strike as it was asked for: `value`, or so many `steps` up from the money.

    Steps `outward` go up for a call and down for a put.
    """

    value: Decimal | None = None
    steps: int = 0
    outward: bool = False

    def among(
        self, listed: list[Decimal], kind: ContractKind, spot: Callable[[], Decimal | None]
    ) -> Decimal | None:
        """Return the strike that is meant, or None beyond the listed ones; raise ContractRefused."""
        if self.value is not None or not listed:
            return self.value
        price = spot()
        if price is None or not price > 0:
            raise ContractRefused(
                Reason.PRICE_UNKNOWN, "The underlying has no price, so no strike is at the money."
            )
        down = self.outward and kind is ContractKind.PUT
        place = listed.index(nearest(listed, price)[0]) + (-self.steps if down else self.steps)
        return listed[place] if 0 <= place < len(listed) else None


def read_strike(value: Any) -> Strike:
    """Read 29450, "29450.0", ATM, ATM+2, ATM-1, OTM1 or ITM2."""
    text = _text(value)
    if _NUMBER.fullmatch(text) and Decimal(text) > 0:
        return Strike(plain(Decimal(text)))
    at = _AT_THE_MONEY.fullmatch(text)
    if at is not None:
        return Strike(steps=int(f"{at[1] or ''}{at[2] or 0}"))
    away = _FROM_THE_MONEY.fullmatch(text)
    if away is not None and int(away[2]) > 0:
        return Strike(steps=int(away[2]) * (1 if away[1] == "O" else -1), outward=True)
    raise ContractRefused(
        Reason.CONTRACT_MALFORMED, f"{text[:_LONGEST]!a} is not a strike: a number, ATM, ATM+2, OTM1 or ITM1."
    )


def nearest(listed: list[Decimal], price: Decimal) -> list[Decimal]:
    """Return the strikes by their distance; of two that are as near, the lower comes first."""
    return sorted(listed, key=lambda strike: (abs(strike - price), strike))


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return type(value).__name__
    if isinstance(value, str):
        return value.strip().upper()
    try:
        number = Decimal(str(value))
        return format(number, "f") if number.is_finite() and abs(number) < 10**_LONGEST else str(number)
    except InvalidOperation:
        return "a number"
