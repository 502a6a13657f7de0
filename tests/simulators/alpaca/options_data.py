"""What is listed and told of options: contracts, and snapshots of which every part may be missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.alpaca.assets import CONTRACT, Asset, Catalogue, Contract
from tests.simulators.alpaca.data import bar, fits, paged, quote, trade
from tests.simulators.alpaca.figures import SECOND, moment
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.refusals import Refused, invalid, not_found

WEEK = 7 * 86_400 * SECOND
FEEDS = ("opra", "indicative")
MOST_CONTRACTS, MOST_SNAPSHOTS, MOST_NAMES = 10_000, 1000, 100
BOUNDS = {"expiration_date", "expiration_date_gte", "expiration_date_lte", "type", "root_symbol"}
BOUNDS |= {"strike_price_gte", "strike_price_lte", "limit", "page_token"}
CONTRACT_QUERY = BOUNDS | {"underlying_symbols", "status", "style", "ppind", "show_deliverables"}
SNAPSHOT_QUERY = BOUNDS | {"feed", "updated_since"}


@dataclass(slots=True)
class OptionData:
    """`facts` change what a listing says, None leaves it out; `greeks` are told where there are any.

    `silent` parts of snapshots are left out; `has_opra`: the plan includes the exchanges' own quotes.
    """

    market: Market
    catalogue: Catalogue
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    greeks: dict[str, dict[str, float]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    has_opra: bool = False

    def contracts(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer GET /v2/options/contracts: without a last date, what expires by the next weekend."""
        refuse_unknown(query, CONTRACT_QUERY)
        if not {"expiration_date", "expiration_date_lte"} & set(query):
            query = {**query, "expiration_date_lte": str(moment(self.market.now() + WEEK))[:10]}
        found = [row for row in self._listed(query) if row["status"] == query.get("status", "active")]
        page, following = paged(found, {"limit": "100", **query}, most=MOST_CONTRACTS)
        return {"option_contracts": page, "next_page_token": following}

    def contract(self, name: str) -> dict[str, Any]:
        asset = self.catalogue.find(name)
        if asset is None or not CONTRACT.fullmatch(asset.symbol):
            raise not_found(f"option contract {name} not found")
        return self._shown(asset)

    def snapshots(self, underlying: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Answer /v1beta1/options/snapshots/{underlying}."""
        refuse_unknown(query, SNAPSHOT_QUERY)
        self.refuse_feed(query)
        rows = self._listed({**query, "underlying_symbols": underlying})
        page, following = paged(
            [row["symbol"] for row in rows], {"limit": "100", **query}, most=MOST_SNAPSHOTS
        )
        shown = {symbol: self._snapshot(self.catalogue.find_or_list(symbol)) for symbol in page}
        return {"snapshots": shown, "next_page_token": following}

    def refuse_latest(self, query: Mapping[str, str]) -> None:
        """Refuse more names than Alpaca takes, and feeds that the plan has not."""
        self.refuse_feed(query)
        if len(query.get("symbols", "").split(",")) > MOST_NAMES:
            raise Refused(400, f"too many symbols, at most {MOST_NAMES} are allowed")

    def refuse_feed(self, query: Mapping[str, str]) -> None:
        feed = query.get("feed", FEEDS[1])
        if feed not in FEEDS:
            raise Refused(400, f"invalid feed: {feed}")
        if feed == FEEDS[0] and not self.has_opra:
            raise Refused(403, "OPRA agreement is not signed")

    def _listed(self, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        for asset in self.catalogue:
            if CONTRACT.fullmatch(asset.symbol):
                row = self._shown(asset)
                if fits(row, query):
                    yield row

    def _shown(self, asset: Asset) -> dict[str, Any]:
        row = Contract.of(asset).as_json() | self.facts.get(asset.symbol, {})
        return {name: value for name, value in row.items() if value is not None}

    def _snapshot(self, asset: Asset) -> dict[str, Any]:
        tick, bars, greeks = self.market.tick(asset), self.market.bars(asset), self.greeks.get(asset.symbol)
        parts: dict[str, Any] = {}
        if tick is not None:
            parts |= {"latestQuote": quote(asset, tick), "latestTrade": trade(asset, tick)}
        if bars:
            parts["dailyBar"] = bar(bars[-1])
        if greeks is not None:
            parts |= {"greeks": greeks, "impliedVolatility": greeks.get("iv", 0.3)}
            parts["greeks"] = {name: value for name, value in greeks.items() if name != "iv"}
        return {name: part for name, part in parts.items() if name not in self.silent}


def refuse_unknown(query: Mapping[str, str], known: set[str]) -> None:
    if unknown := set(query) - known:
        raise invalid(f"unknown parameters: {', '.join(sorted(unknown))}")
