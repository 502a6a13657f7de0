"""Past prices as data.alpaca.markets tells them: any timeframe, adjusted on demand, page by page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.simulators.alpaca.assets import CRYPTO, EQUITY, Asset, Catalogue
from tests.simulators.alpaca.data import MOST_ROWS, bar, paged
from tests.simulators.alpaca.figures import NEW_YORK, SECOND, nanoseconds
from tests.simulators.alpaca.market import MINUTE, Bar, Market
from tests.simulators.alpaca.refusals import Refused

TIMEFRAME = re.compile(r"(?:([1-9]|[1-5]\d)(?:Min|T)|([1-9]|1\d|2[0-3])(?:Hour|H)|1(Day|D))")
COMMON = {"symbols", "timeframe", "start", "end", "limit", "page_token", "sort"}
OF_SHARES = COMMON | {"adjustment", "asof", "feed", "currency"}
FEEDS = {"sip", "iex", "boats", "otc"}
ADJUSTMENTS = {"raw", "split", "dividend", "spin-off", "all"}
# Who has no subscription is told nothing of the last fifteen minutes.
RECENT = 15 * MINUTE
RECENT_REFUSED = "subscription does not permit querying recent SIP data"


@dataclass(frozen=True, slots=True)
class Split:
    """From a moment on there are `ratio` shares for one."""

    at: int
    ratio: Decimal


class History:
    """Minutes that were written down or moved; `most_rows` is as much as one page ever has."""

    def __init__(self, market: Market, catalogue: Catalogue) -> None:
        self.most_rows, self.is_subscribed = MOST_ROWS, True
        self._market, self._catalogue = market, catalogue
        self._recorded: dict[str, list[Bar]] = {}
        self._splits: dict[str, list[Split]] = {}

    def record(self, symbol: str, rows: Iterable[tuple[datetime, Decimal]]) -> None:
        """Let a symbol have traded at a price for a minute, listing it if it is new."""
        asset = self._catalogue.find_or_list(symbol)
        bars = self._recorded.setdefault(asset.symbol, [])
        bars += [Bar(int(at.timestamp()) * SECOND, *[price] * 4) for at, price in rows]
        bars.sort(key=lambda bar: bar.begins)

    def split(self, symbol: str, at: datetime, ratio: int) -> None:
        """Let there be so many shares for one from a moment on."""
        self._splits.setdefault(symbol, []).append(Split(int(at.timestamp()) * SECOND, Decimal(ratio)))

    def bars(self, asset_class: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer …/bars?symbols=…; raise Refused."""
        self._check(asset_class, query)
        found = [
            (asset.symbol, one)
            for asset in self._asked(asset_class, query)
            for one in self._between(asset, query)
        ]
        if query.get("sort") == "desc":
            found.reverse()
        page, following = paged(found, self._cut(query))
        shown: dict[str, list[dict[str, Any]]] = {}
        for symbol, one in page:
            shown.setdefault(symbol, []).append(bar(one))
        return {"bars": shown, "next_page_token": following}

    def bars_of(self, symbol: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer …/{symbol}/bars; raise Refused."""
        answer = self.bars(EQUITY, {**query, "symbols": symbol})
        token = answer["next_page_token"]
        return {"symbol": symbol, "bars": answer["bars"].get(symbol, []), "next_page_token": token}

    def _check(self, asset_class: str, query: Mapping[str, str]) -> None:
        if "timeframe" not in query:
            raise Refused(400, "timeframe is required")
        if TIMEFRAME.fullmatch(query["timeframe"]) is None:
            raise Refused(400, f"invalid timeframe: {query['timeframe']}")
        if unknown := set(query) - (OF_SHARES if asset_class == EQUITY else COMMON):
            raise Refused(400, f"unexpected parameter(s): {', '.join(sorted(unknown))}")
        if query.get("feed", "sip") not in FEEDS:
            raise Refused(400, f"invalid feed: {query['feed']}")
        if not set(query.get("adjustment", "raw").split(",")) <= ADJUSTMENTS:
            raise Refused(400, f"invalid adjustment: {query['adjustment']}")
        if query.get("sort", "asc") not in {"asc", "desc"}:
            raise Refused(400, f"invalid sort: {query['sort']}")
        if asset_class == EQUITY and query.get("feed", "sip") == "sip" and not self.is_subscribed:
            end = query.get("end")
            if end is not None and times(query)[1] > self._market.now() - RECENT:
                raise Refused(403, RECENT_REFUSED)

    def _cut(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """Let a page be shorter than was asked for, as Alpaca says that it may be."""
        limit = query.get("limit", "1000")
        is_long = limit.isdecimal() and self.most_rows < int(limit) <= MOST_ROWS
        return {**query, "limit": str(self.most_rows)} if is_long else query

    def _asked(self, asset_class: str, query: Mapping[str, str]) -> list[Asset]:
        if not query.get("symbols"):
            raise Refused(400, "symbols is required")
        found = [self._catalogue.find(symbol) for symbol in query["symbols"].split(",")]
        return [asset for asset in found if asset is not None and asset.asset_class == asset_class]

    def _between(self, asset: Asset, query: Mapping[str, str]) -> Iterator[Bar]:
        start, end = times(query)
        minutes = [*self._recorded.get(asset.symbol, ()), *self._market.bars(asset)]
        if not {"split", "all"}.isdisjoint(query.get("adjustment", "raw").split(",")):
            minutes = [self._adjusted(asset, bar) for bar in minutes]
        for begins, group in groupby(minutes, lambda bar: begin(bar.begins, asset, query["timeframe"])):
            if start <= begins <= end:
                yield merged(begins, list(group))

    def _adjusted(self, asset: Asset, bar: Bar) -> Bar:
        ratio = Decimal(1)
        for split in self._splits.get(asset.symbol, ()):
            ratio *= split.ratio if bar.begins < split.at else 1
        prices = {name: getattr(bar, name) / ratio for name in ("open", "high", "low", "close")}
        return replace(bar, **prices)


def times(query: Mapping[str, str]) -> tuple[int, int]:
    """Return the first and the last beginning that are asked for; raise Refused."""
    try:
        return nanoseconds(query.get("start", "1970-01-01")), nanoseconds(query.get("end") or "2200-01-01")
    except ValueError:
        raise Refused(400, "invalid start or end") from None


def begin(at: int, asset: Asset, timeframe: str) -> int:
    """Return when the bar began that a minute belongs to; days are the exchange's, coins' are UTC's."""
    found = TIMEFRAME.fullmatch(timeframe)
    assert found is not None
    minutes, hours = found[1], found[2]
    if minutes or hours:
        length = int(minutes or 60 * int(hours)) * MINUTE
        return at - at % length
    zone = UTC if asset.asset_class == CRYPTO else NEW_YORK
    day = datetime.fromtimestamp(at / SECOND, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp()) * SECOND


def merged(begins: int, bars: list[Bar]) -> Bar:
    high, low = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return Bar(begins, bars[0].open, high, low, bars[-1].close, sum(bar.count for bar in bars))
