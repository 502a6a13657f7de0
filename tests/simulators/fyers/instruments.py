"""What can be traded or asked for, under its ticker."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.master import Contract, Master, master_of
from tests.simulators.fyers.underlyings import Underlying

INDEX, EQUITY, FUTURE, OPTION = "index", "equity", "future", "option"
EQUITY_TICK = Decimal("0.05")
VOLATILITY_INDEX = "NSE:INDIAVIX-INDEX"
NO_FREEZE = 2_147_483_647
KINDS = {11: FUTURE, 13: FUTURE, 14: OPTION, 15: OPTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One thing with a price; `base` of the underlying is what all first prices come from."""

    symbol: str
    kind: str
    description: str
    fy_token: str
    lot: int = 1
    tick: Decimal = EQUITY_TICK
    freeze: int = NO_FREEZE
    expiry: date | None = None
    expiry_epoch: int | None = None
    strike: float = -1.0
    option_type: str = ""
    code: int = 0
    underlying: Underlying | None = None

    @property
    def short(self) -> str:
        return self.symbol.partition(":")[2]

    @property
    def segment(self) -> int:
        return 11 if self.kind in {FUTURE, OPTION} else 10

    @property
    def is_option(self) -> bool:
        return self.kind == OPTION

    @property
    def is_tradable(self) -> bool:
        return self.kind != INDEX


class Listing:
    """Finds instruments; the contracts are those of the clock's day."""

    def __init__(self, clock: Clock, stocks: int | None = None) -> None:
        self._clock, self._stocks = clock, stocks
        self._spots = {each.symbol: spot(each) for each in self.master.underlyings.values()}
        self._spots[VOLATILITY_INDEX] = Instrument(
            symbol=VOLATILITY_INDEX, kind=INDEX, description="INDIA VIX", fy_token="101000000026017"
        )

    @property
    def master(self) -> Master:
        return master_of(self._clock.today, self._stocks)

    def find(self, symbol: str) -> Instrument | None:
        """Return what a ticker names; None when nothing does."""
        if symbol in self._spots:
            return self._spots[symbol]
        contract = self.master.find(symbol)
        return None if contract is None else derivative(contract)

    def options(self, underlying: Underlying) -> dict[date, list[Instrument]]:
        """Return the options on an underlying by expiry, each of these by strike."""
        return options_of(self.master, underlying.name)


def spot(of: Underlying) -> Instrument:
    kind = INDEX if of.is_index else EQUITY
    return Instrument(symbol=of.symbol, kind=kind, description=of.name, fy_token=of.fy_token, underlying=of)


@lru_cache(maxsize=8)
def options_of(master: Master, name: str) -> dict[date, list[Instrument]]:
    """Return the options on an underlying: the chain is asked for often, and has thousands."""
    days: dict[date, list[Instrument]] = {}
    for contract in master.contracts(name).values():
        if KINDS[contract.kind] == OPTION:
            days.setdefault(contract.day, []).append(derivative(contract))
    return days


def derivative(contract: Contract) -> Instrument:
    return Instrument(
        symbol=contract.ticker,
        kind=KINDS[contract.kind],
        description=contract.details,
        fy_token=contract.fy_token,
        lot=contract.underlying.lot,
        tick=Decimal(contract.tick),
        freeze=contract.underlying.freeze,
        expiry=contract.day,
        expiry_epoch=contract.expiry,
        strike=contract.strike,
        option_type=contract.option_type.replace("XX", ""),
        code=contract.kind,
        underlying=contract.underlying,
    )
