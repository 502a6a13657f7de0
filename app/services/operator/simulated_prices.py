"""The simulated market, moved by hand."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from app.dataclass import dataclass
from app.domain.audit import Actor, Deed
from app.domain.json_codec import to_json
from app.domain.orders import Receipt
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import RequestRefused
from app.repositories.audit import AuditLog
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.market_moves import MarketMoves


class SimulatedMarket(Protocol):
    """A broker whose market can be moved by hand."""

    def set_prices(self, prices: Mapping[str, Decimal | None]) -> list[Receipt]:
        """Pin prices (None unpins) and let waiting orders trigger."""

    def prices(self) -> dict[str, Decimal]:
        """Return every known price."""

    @property
    def name(self) -> str:
        """The broker's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBoard:
    """Prices of the simulated broker; what they trigger is followed into its tickets at once."""

    registry: BrokerRegistry
    audit: AuditLog
    moves: MarketMoves

    def show(self) -> dict[str, str]:
        """Return the simulated market's prices."""
        return {symbol: format(price, "f") for symbol, price in self._market().prices().items()}

    def move(self, prices: dict[str, Decimal | None], *, by: str = Actor.OPERATOR) -> dict[str, Any]:
        """Move the simulated market; return all prices and the orders that this changed."""
        known = {_canonical(symbol): price for symbol, price in prices.items()}
        if len(known) < len(prices):
            raise RequestRefused("Two of the names are the same symbol.")
        self._record(known, by)
        changed = self._move(known)
        return {"prices": self.show(), "changed": changed}

    def play(self, rows: list[tuple[str, Decimal]], *, by: str = Actor.OPERATOR) -> dict[str, Any]:
        """Move the market row by row; return what `move` does for all of them."""
        known = [(_canonical(symbol), price) for symbol, price in rows]
        # One line for the whole file, with the price at which each symbol ends.
        self._record(dict(known), by)
        changed = [name for symbol, price in known for name in self._move({symbol: price})]
        return {"prices": self.show(), "changed": list(dict.fromkeys(changed))}

    def _move(self, prices: Mapping[str, Decimal | None]) -> list[str]:
        changed = self._market().set_prices(prices)
        self.moves.follow(self._market().name)
        return [receipt.client_order_id for receipt in changed]

    def _record(self, prices: Mapping[str, Decimal | None], by: str) -> None:
        market = self._market()
        known = market.prices()
        before = {symbol: known.get(symbol) for symbol in prices}
        self.audit.record(
            by, Deed.SET_PAPER_PRICES, market.name, before=to_json(before), after=to_json(dict(prices))
        )

    def _market(self) -> SimulatedMarket:
        for broker in self.registry.all():
            if broker.capabilities.simulated:
                return broker  # type: ignore[return-value]  # simulated brokers offer both
        raise RequestRefused("No simulated broker is configured.")


def _canonical(symbol: str) -> str:
    try:
        return parse_symbol(symbol).symbol
    except SymbolRefused as error:
        raise RequestRefused(error.message) from error
