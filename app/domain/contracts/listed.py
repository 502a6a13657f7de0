"""One contract as the exchange lists it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.reasons import Reason
from app.domain.symbols import option_instrument

IST = ZoneInfo("Asia/Kolkata")
VENUE = "nse"
EXCHANGE = "NSE:"


class ContractKind(StrEnum):
    """What a contract is."""

    CALL = "call"
    PUT = "put"
    FUTURE = "future"


class ContractRefused(Exception):
    """No contract can be told for what was asked; `reason` says why, the message what there is instead."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Terms(NamedTuple):
    """What the exchange fixes for orders: quantities in units of the underlying, prices per unit.

    An order of more than `freeze_quantity` is not taken; None is unknown.
    """

    lot_size: Decimal
    tick: Decimal
    freeze_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListedContract:
    """A future or option of the NSE; `expiry` is a day in India, a future has no strike."""

    ticker: str
    underlying: str
    expiry: date
    strike: Decimal | None
    kind: ContractKind
    lot_size: Decimal
    tick: Decimal
    freeze_quantity: Decimal | None = None

    @property
    def instrument(self) -> Instrument:
        """The instrument under its canonical name; raise SymbolRefused for a strike that has none."""
        plain = self._future() if self.strike is None else self._option(self.strike)
        return replace(
            plain,
            quantity_increment=self.lot_size,
            price_tick=self.tick,
            freeze_quantity=self.freeze_quantity,
        )

    def _future(self) -> Instrument:
        return Instrument(self.ticker.removeprefix(EXCHANGE), AssetClass.FUTURE, VENUE)

    def _option(self, strike: Decimal) -> Instrument:
        kind: Literal["call", "put"] = "call" if self.kind is ContractKind.CALL else "put"
        contract = OptionContract(self.underlying, self.expiry, strike, kind, Decimal(1))
        return option_instrument(contract, VENUE)
