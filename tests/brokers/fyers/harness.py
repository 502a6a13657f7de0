"""What the tests of the Fyers adapter share: tokens, contracts, Fyers' own rows, a broker at a simulator."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest

from app.brokers.fyers.broker import FyersBroker
from app.brokers.fyers.limiter import Limiter, Window
from app.brokers.fyers.settings import FyersSettings
from app.domain.instruments import AssetClass, Instrument, OptionContract
from tests.brokers.builders import Clock
from tests.fyers_logins import simulated_fyers
from tests.simulators.fyers.driving import option

WIDE = (Window(1.0, 100_000, 0),)
SHARE = Instrument("360ONE", AssetClass.EQUITY, "nse")
SHARE_TICKER = "NSE:360ONE-EQ"
CALL_TICKER = "NSE:NIFTY2672129450CE"
CALL = Instrument(
    "NIFTY260721C29450000",
    AssetClass.OPTION,
    "nse",
    OptionContract("NIFTY", date(2026, 7, 21), Decimal(29450), "call", Decimal(1)),
    quantity_increment=Decimal(65),
    price_tick=Decimal("0.05"),
)


class Tokens:
    """Hands out one token, and another one after a refusal when it has one."""

    def __init__(self, token: str = "good", another: str | None = None) -> None:
        self.current, self.another = token, another
        self.refusals: list[str] = []

    def token(self) -> str:
        return self.current

    def refused(self, token: str) -> str | None:
        self.refusals.append(token)
        self.current = self.another or self.current
        return self.another


class Listed:
    """Contracts by ticker."""

    def __init__(self, contracts: dict[str, Instrument] | None = None) -> None:
        self._contracts = contracts or {}

    def by_ticker(self, ticker: str) -> Instrument | None:
        return self._contracts.get(ticker)

    def ticker_of(self, instrument: Instrument) -> str | None:
        found = (ticker for ticker, each in self._contracts.items() if each.symbol == instrument.symbol)
        return next(found, None)


def make_fyers(fake=None, *, tokens=None, contracts=None, known=(), limiter=None, clock=None, **changes):
    """Return a broker at a simulator, or at an address where nobody is."""
    pytest.importorskip("fyers_apiv3")
    settings = {"app_id": "SIMULATED-100", "timeout_seconds": 60.0, "book_age_seconds": 0.0}
    settings |= {"api_url": "http://127.0.0.1:1/api/v3", "data_url": "http://127.0.0.1:1/data"}
    if fake is not None:
        settings |= {"app_id": fake.app_id, "api_url": fake.api_url, "data_url": fake.data_url}
    return FyersBroker(
        FyersSettings(**(settings | changes)),
        tokens=tokens or Tokens(fake.tokens.login() if fake is not None else "good"),
        contracts=contracts or Listed(),
        known_names=lambda: known,
        clock=clock or Clock(),
        wait=lambda _: None,
        limiter=limiter or Limiter(WIDE),
    )


@contextmanager
def simulated(**settings):
    """A Fyers with one share and few contracts, on a trading day; its share trades at 1000."""
    with simulated_fyers(stocks=1, **settings) as fake:
        fake.market.move(SHARE_TICKER, "1000")
        yield fake


def listed_call(fake):
    """Return the simulator's call under our name, and the list that it stands in."""
    there = option(fake)
    fake.market.move(there.symbol, "100")
    call = Instrument(CALL.symbol, AssetClass.OPTION, "nse", CALL.option, Decimal(there.lot), there.tick)
    return call, Listed({there.symbol: call})


def row(tag: str = "2:Untagged", **changes) -> dict:
    """An order as Fyers' book shows it."""
    return {
        "id": "26112500000001",
        "parentId": "",
        "symbol": CALL_TICKER,
        "qty": 65,
        "filledQty": 0,
        "limitPrice": 100.0,
        "stopPrice": 0,
        "tradedPrice": 0,
        "type": 1,
        "side": 1,
        "status": 6,
        "message": "",
        "orderDateTime": "25-Nov-2026 10:00:05",
        "orderTag": tag,
        "takeProfit": 0,
        "stopLoss": 0,
        **changes,
    }


def held(net: int, product: str = "MARGIN", **changes) -> dict:
    """A position as Fyers shows it."""
    return {
        "symbol": CALL_TICKER,
        "productType": product,
        "netQty": net,
        "avgPrice": 100.0,
        "ltp": 101.0,
        "unrealized_profit": float(net),
        **changes,
    }
