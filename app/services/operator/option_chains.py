"""What a broker lists of an underlying, for people to look at."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.domain.money import plain, text
from app.domain.reasons import Reason
from app.domain.structures.chain import ChainContract
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import NotFound, RequestRefused
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry

NEAREST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChains:
    """Ask for the days of expiry and for one day's contracts: two calls, and no more."""

    registry: BrokerRegistry
    default_broker: str

    def show(self, broker: str | None, underlying: str, expiry: date | None = None) -> dict[str, Any]:
        """Return the contracts of one day, the first one where none is named.

        Raise NotFound without the broker or a chain, RequestRefused for a day that is not listed.
        """
        name = broker or self.default_broker
        try:
            desk = self.registry.get(name).structures
        except BrokerNotConfigured as error:
            raise NotFound(f"There is no broker {name} here.") from error
        if desk is None:
            raise RequestRefused(f"{Reason.STRUCTURE_UNSUPPORTED.meaning} That is {name}.")
        symbol = _canonical(underlying)
        expiries = desk.expiries(symbol)
        if not expiries:
            raise NotFound(f"{name} lists nothing for {symbol}; at the paper broker it needs a price first.")
        day = expiries[0] if expiry is None else expiry
        if day not in expiries:
            near = sorted(expiries, key=lambda one: abs((one - day).days))[:NEAREST_TOLD]
            raise RequestRefused(f"{day} is not listed; near it are {', '.join(map(str, sorted(near)))}.")
        chain = desk.chain(symbol, [day])
        if chain is None:
            raise NotFound(f"{symbol} has no price at {name}.")
        ordered = sorted(chain.contracts, key=lambda one: (one.strike, one.terms.kind))
        return {
            "broker": name,
            "underlying": symbol,
            "price": text(plain(chain.price)),
            "at": timestamp(chain.at),
            "expiries": [one.isoformat() for one in expiries],
            "expiry": day.isoformat(),
            "contracts": [_row(contract) for contract in ordered],
        }


def _row(contract: ChainContract) -> dict[str, Any]:
    return {
        "symbol": contract.instrument.symbol,
        "type": contract.terms.kind,
        "strike": _figure(contract.strike),
        "bid": _figure(contract.quote.bid),
        "ask": _figure(contract.quote.ask),
        "delta": _figure(contract.delta),
        "implied_volatility": _figure(contract.implied_volatility),
        "is_computed": contract.is_computed,
        "open_interest": contract.open_interest,
        "volume": contract.volume,
    }


def _figure(value: Decimal | None) -> str | None:
    return None if value is None else text(plain(value))


def _canonical(underlying: str) -> str:
    try:
        return parse_symbol(underlying).symbol
    except SymbolRefused as error:
        raise RequestRefused(error.message) from error
