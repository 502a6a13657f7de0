"""Market data as data.alpaca.markets tells it: prices are numbers, unknown symbols are left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.alpaca.assets import CRYPTO, EQUITY, OPTION, Asset, Catalogue
from tests.simulators.alpaca.figures import moment
from tests.simulators.alpaca.market import Bar, Market, Tick
from tests.simulators.alpaca.refusals import Refused, invalid

SINGULAR = {"quotes": "quote", "trades": "trade", "bars": "bar"}
MOST_ROWS = 10_000
Show = Callable[[Asset], Any]


@dataclass(frozen=True, slots=True)
class Data:
    """Answers the data paths for one asset class each."""

    market: Market
    catalogue: Catalogue

    def latest(self, kind: str, asset_class: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer …/{kind}/latest?symbols=…; raise Refused."""
        show = self._shows(kind)
        found = {asset.symbol: show(asset) for asset in self._asked(asset_class, query)}
        return {kind: {symbol: shown for symbol, shown in found.items() if shown is not None}}

    def latest_of(self, kind: str, asset_class: str, symbol: str) -> dict[str, Any]:
        """Answer …/{symbol}/{kind}/latest; raise Refused."""
        found = self.latest(kind, asset_class, {"symbols": symbol})[kind]
        if symbol not in found:
            raise Refused(404, f"no {SINGULAR[kind]} found for {symbol}")
        return {"symbol": symbol, SINGULAR[kind]: found[symbol]}

    def _asked(self, asset_class: str, query: Mapping[str, str]) -> list[Asset]:
        if not query.get("symbols"):
            raise Refused(400, "symbols is required")
        found = [self.catalogue.find(symbol) for symbol in query["symbols"].split(",")]
        return [asset for asset in found if asset is not None and asset.asset_class == asset_class]

    def _shows(self, kind: str) -> Show:
        return {"quotes": self._quote, "trades": self._trade, "bars": self._bar}[kind]

    def _quote(self, asset: Asset) -> dict[str, Any] | None:
        tick = self.market.tick(asset)
        return None if tick is None else quote(asset, tick)

    def _trade(self, asset: Asset) -> dict[str, Any] | None:
        tick = self.market.tick(asset)
        return None if tick is None else trade(asset, tick)

    def _bar(self, asset: Asset) -> dict[str, Any] | None:
        bars = self.market.bars(asset)
        return bar(bars[-1]) if bars else None


def quote(asset: Asset, tick: Tick) -> dict[str, Any]:
    body = {"ap": float(tick.ask), "as": 100, "bp": float(tick.bid), "bs": 100, "t": moment(tick.at)}
    extras: dict[str, dict[str, Any]] = {
        EQUITY: {"ax": "Q", "bx": "Q", "c": ["R"], "z": "C"},
        OPTION: {"ax": "B", "bx": "C", "c": "A"},
        CRYPTO: {},
    }
    return {**body, **extras[asset.asset_class]}


def trade(asset: Asset, tick: Tick) -> dict[str, Any]:
    body = {"p": float(tick.price), "s": 100, "t": moment(tick.at)}
    extras: dict[str, dict[str, Any]] = {
        EQUITY: {"c": ["@"], "i": tick.number, "x": "Q", "z": "C"},
        OPTION: {"c": "I", "x": "A"},
        CRYPTO: {"i": tick.number, "tks": "S"},
    }
    return {**body, **extras[asset.asset_class]}


def bar(one: Bar) -> dict[str, Any]:
    prices = {"o": one.open, "h": one.high, "l": one.low, "c": one.close, "vw": one.close}
    return {
        **{name: float(price) for name, price in prices.items()},
        "t": moment(one.begins),
        "v": 100 * one.count,
        "n": one.count,
    }


def paged(
    rows: list[Any], query: Mapping[str, str], *, most: int = MOST_ROWS
) -> tuple[list[Any], str | None]:
    """Return one page of rows and the token of the next one; raise Refused."""
    try:
        limit, begin = int(query.get("limit", "1000")), int(query.get("page_token", "0"))
    except ValueError:
        raise Refused(400, "invalid limit or page_token") from None
    if not 1 <= limit <= most:
        raise Refused(400, f"limit must be between 1 and {most}")
    end = begin + limit
    return rows[begin:end], str(end) if end < len(rows) else None


def fits(contract: dict[str, Any], query: Mapping[str, str]) -> bool:
    """True when an option passes the filters; raise Refused."""
    try:
        strike = float(contract["strike_price"])
        bounds = float(query.get("strike_price_gte", 0)), float(query.get("strike_price_lte", "inf"))
    except ValueError:
        raise invalid("invalid strike_price") from None
    expires = contract["expiration_date"]
    roots = query.get("underlying_symbols", contract["underlying_symbol"]).split(",")
    return (
        contract["underlying_symbol"] in roots
        and contract["type"] == query.get("type", contract["type"])
        and contract.get("root_symbol") == query.get("root_symbol", contract.get("root_symbol"))
        and bounds[0] <= strike <= bounds[1]
        and query.get("expiration_date", expires) == expires
        and query.get("expiration_date_gte", expires) <= expires
        and query.get("expiration_date_lte", expires) >= expires
    )
