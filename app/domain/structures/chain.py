"""What a broker lists of one underlying: contracts with quotes and figures, as they were at one moment."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import Instrument, OptionContract
from app.domain.structures.kinds import Kind
from app.domain.structures.net_quotes import LegQuote


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainContract:
    """One listed contract; what the broker does not say is None.

    `delta` has its sign (puts are negative), `implied_volatility` is a yearly fraction; both are per unit of
    the underlying. `is_computed` marks them as ours, from the mid of the quote.
    """

    instrument: Instrument
    quote: LegQuote
    delta: Decimal | None = None
    implied_volatility: Decimal | None = None
    is_computed: bool = False
    open_interest: int | None = None
    volume: int | None = None
    is_tradable: bool = True
    is_standard: bool = True

    @property
    def terms(self) -> OptionContract:
        """The contract's terms; a chain holds nothing but options."""
        option = self.instrument.option
        if option is None:
            raise ValueError(f"{self.instrument.symbol} is no option")
        return option

    @property
    def strike(self) -> Decimal:
        """The strike, per unit of the underlying."""
        return self.terms.strike

    @property
    def mid(self) -> Decimal | None:
        """The middle of a two-sided quote, else None."""
        if not self.quote.is_two_sided or self.quote.bid is None or self.quote.ask is None:
            return None
        return (self.quote.bid + self.quote.ask) / 2


@dataclass(frozen=True, slots=True)
class Chain:
    """The contracts of an underlying; `price` is what the underlying costs, `at` when all this was had."""

    underlying: str
    price: Decimal
    contracts: tuple[ChainContract, ...]
    at: datetime

    def of(self, kind: Kind, expiry: date) -> list[ChainContract]:
        """Return the contracts of one kind and day by rising strike."""
        found = (one for one in self.contracts if one.terms.kind == kind and one.terms.expiry == expiry)
        return sorted(found, key=lambda contract: contract.strike)

    def quotes(self, symbols: Iterable[str]) -> dict[str, LegQuote]:
        """Return the quotes of contracts by their names, of those that are listed."""
        wanted = set(symbols)
        return {one.instrument.symbol: one.quote for one in self.contracts if one.instrument.symbol in wanted}
