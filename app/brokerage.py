"""Which brokers there are, and how each is built: only those whose settings are there, when first needed."""

from dataclasses import dataclass

from app.brokers.base import Broker
from app.brokers.paper import PaperBroker
from app.clock import Clock
from app.config import Settings
from app.policies import paper_settings
from app.services.broker_access.registry import BrokerFactory
from app.services.broker_login.access import FyersAccess
from app.services.instruments import SymbolMaster
from app.services.instruments.tickers import ListedTickers
from app.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokerage:
    """What brokers are built from; `fyers` and `symbols` are there where an app at Fyers is set up."""

    settings: Settings
    store: Store
    clock: Clock
    fyers: FyersAccess | None
    symbols: SymbolMaster | None

    def factories(self) -> dict[str, BrokerFactory]:
        """Return how to build the brokers that have what they need; the paper broker always has."""
        settings = self.settings
        factories: dict[str, BrokerFactory] = {"paper": self._paper}
        if settings.alpaca_api_key and settings.alpaca_secret_key:
            factories["alpaca"] = self._alpaca
        if self.fyers is not None and self.symbols is not None:
            fyers, symbols = self.fyers, self.symbols
            factories["fyers"] = lambda: self._fyers(fyers, symbols)
        return factories

    def _paper(self) -> Broker:
        return PaperBroker(self.store, self.clock, paper_settings(self.settings))

    def _alpaca(self) -> Broker:
        from app.brokers.alpaca import AlpacaBroker

        settings = self.settings
        return AlpacaBroker(
            settings.alpaca_api_key or "",
            settings.alpaca_secret_key or "",
            paper=settings.alpaca_paper,
            trading_url=settings.alpaca_trading_url,
            data_url=settings.alpaca_data_url,
            timeout_seconds=float(settings.broker_timeout_seconds),
            clock=self.clock,
        )

    def _fyers(self, access: FyersAccess, symbols: SymbolMaster) -> Broker:
        from app.brokers.fyers import FyersBroker, FyersSettings

        settings = self.settings
        return FyersBroker(
            FyersSettings(
                app_id=settings.fyers_app_id or "",
                api_url=settings.fyers_api_url,
                data_url=settings.fyers_data_url,
                timeout_seconds=float(settings.broker_timeout_seconds),
                processes=settings.web_concurrency,
            ),
            tokens=access.source,
            contracts=ListedTickers(symbols.index),
            known_names=self._known_names,
            clock=self.clock,
        )

    def _known_names(self) -> list[str]:
        """Return the client order ids of every order in sight: Fyers keeps a short form of them only."""
        return [document.value["client_order_id"] for document in self.store.list("orders/")]
