"""What Alpaca refuses of a spread because of its contracts, the account's level and what it holds."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from tests.simulators.alpaca.account import Account
from tests.simulators.alpaca.assets import CONTRACT, Asset, Catalogue, Contract
from tests.simulators.alpaca.book import Book
from tests.simulators.alpaca.figures import SECOND, plain
from tests.simulators.alpaca.market import NEW_YORK, Clock, Market
from tests.simulators.alpaca.option_limits import refuse_index, refuse_limits
from tests.simulators.alpaca.option_margin import bare_calls, living
from tests.simulators.alpaca.refusals import forbidden, unprocessable
from tests.simulators.alpaca.spreads import LegDraft, SpreadDraft

ZERO, HUNDRED = Decimal(0), Decimal(100)
SPREADS_FROM, COVERED_FROM = 3, 1
CLOSE, LAST_ENTRY = time(16), time(15, 30)


@dataclass(frozen=True, slots=True)
class SpreadVetting:
    """Judges one spread against contracts, account and orders."""

    account: Account
    book: Book
    catalogue: Catalogue
    market: Market
    clock: Clock
    draft: SpreadDraft

    def assets(self) -> list[Asset]:
        """Return the legs' contracts; raise Refused where one cannot be traded."""
        found = [self._asset(leg) for leg in self.draft.legs]
        if len({Contract.of(asset).root for asset in found}) > 1:
            raise unprocessable("underlying asset mismatch: all legs must have the same underlying")
        return found

    def admit(self, assets: list[Asset]) -> Decimal:
        """Return the money to reserve; raise Refused."""
        if not self.account.spreads_enabled:
            raise forbidden("submit mleg order is disabled")
        most = self.account.most_contracts
        if most is not None and self.draft.quantity > most:
            raise unprocessable(f"options order qty must be <= {most}")
        if self.draft.type == "market" and self.clock.session != "open":
            raise unprocessable("options market orders are only allowed during market hours")
        wanted = [
            (Contract.of(asset), leg.sign * leg.ratio * self.draft.quantity, leg.opens)
            for leg, asset in zip(self.draft.legs, assets, strict=True)
        ]
        refuse_index(self.account, wanted, self.market.now())
        for leg, asset in zip(self.draft.legs, assets, strict=True):
            self._refuse_mismatch(leg, asset)
        refuse_limits(self.account, wanted, self._net(assets), self.draft.quantity, self.market.now())
        opening = [(leg, asset) for leg, asset in zip(self.draft.legs, assets, strict=True) if leg.opens]
        if opening:
            self._refuse_level()
            refuse_uncovered(opening)
        return self._refuse_unaffordable(assets)

    def _asset(self, leg: LegDraft) -> Asset:
        asset = self.catalogue.find(leg.symbol)
        if not CONTRACT.fullmatch(leg.symbol):
            # Alpaca's table of errors knows legs of shares, its guide does not.
            raise unprocessable(f"leg symbol {leg.symbol} is not an option contract")
        if asset is None:
            raise unprocessable(f"option contract {leg.symbol} not found")
        refuse_contract(asset, opens=leg.opens, now=self.market.now())
        return asset

    def _refuse_mismatch(self, leg: LegDraft, asset: Asset) -> None:
        held = self.account.quantity(asset)
        inferred = f"{leg.side}_to_{'close' if held * leg.sign < 0 else 'open'}"
        if leg.intent != inferred:
            told = f"inferred: {inferred}, specified: {leg.intent}"
            raise unprocessable(f"position intent mismatch, {told}")
        if leg.opens:
            return
        wanted = leg.ratio * self.draft.quantity
        busy, orders = self.book.held_for(asset, leg.side)
        available = abs(held) - busy
        if wanted > available:
            raise forbidden(
                "insufficient qty available for order "
                f"(requested: {plain(wanted)}, available: {plain(available)})",
                available=plain(available),
                existing_qty=plain(abs(held)),
                held_for_orders=plain(busy),
                related_orders=orders,
                symbol=asset.symbol,
            )

    def _refuse_level(self) -> None:
        if self.account.options_level < COVERED_FROM:
            raise forbidden("account not authorized to trade options")
        if self.account.options_level < SPREADS_FROM:
            raise forbidden("account not eligible to trade spreads or uncovered contracts")

    def _refuse_unaffordable(self, assets: list[Asset]) -> Decimal:
        changes = {
            asset.symbol: leg.sign * leg.ratio * self.draft.quantity
            for leg, asset in zip(self.draft.legs, assets, strict=True)
        }
        refuse_uncovering(self.account, changes)
        more = self.account.option_margin(changes) - self.account.option_margin()
        needed = more + self._net(assets) * HUNDRED * self.draft.quantity
        own = self.account.own_power(self.book.reserved())
        if needed > own:
            raise forbidden(
                "insufficient options buying power",
                options_buying_power=plain(own),
                cost_basis=plain(needed),
            )
        return max(needed, ZERO)

    def _net(self, assets: list[Asset]) -> Decimal:
        if self.draft.limit_price is not None:
            return self.draft.limit_price
        net = ZERO
        for leg, asset in zip(self.draft.legs, assets, strict=True):
            tick = self.market.tick(asset)
            net += leg.sign * leg.ratio * (ZERO if tick is None else tick.against(leg.side))
        return net


def refuse_contract(asset: Asset, *, opens: bool, now: int) -> None:
    """Refuse what cannot be traded, or not any more; `now` in nanoseconds."""
    if not asset.active:
        raise unprocessable(f"option contract {asset.symbol} is not active")
    if not asset.tradable:
        raise unprocessable(f"option contract {asset.symbol} is not tradable")
    local = datetime.fromtimestamp(now / SECOND, UTC).astimezone(NEW_YORK)
    expires = Contract.of(asset).expires
    if local.date() > expires or (local.date() == expires and local.time() >= CLOSE):
        raise unprocessable(f"option contract {asset.symbol} is expired")
    if opens and local.date() == expires and local.time() >= LAST_ENTRY:
        raise unprocessable(f"option contract {asset.symbol} expires soon, unable to open new positions")


def refuse_uncovered(opening: list[tuple[LegDraft, Asset]]) -> None:
    """Refuse a sold leg that the order itself does not cover: what is held beside it does not help."""
    for is_call in (True, False):
        held = [
            (contract, Decimal(leg.sign * leg.ratio))
            for leg, asset in opening
            if (contract := Contract.of(asset)).is_call is is_call
        ]
        # A put is covered by puts as a call is by calls.
        if -sum((quantity for _, quantity in living(held)), ZERO) > 0:
            raise forbidden("account not eligible to trade uncovered option contracts")


def refuse_uncovering(account: Account, changes: dict[str, Decimal]) -> None:
    """Refuse whatever leaves a sold call without cover: the sold ones are bought back first."""
    before = account.options()
    after = dict(before)
    for symbol, change in changes.items():
        after[symbol] = after.get(symbol, ZERO) + change
    shares = {name: one.quantity for name, one in account.holdings.items() if one.quantity > 0}
    if bare_calls(after, shares) > bare_calls(before, shares):
        raise forbidden("account not eligible to trade uncovered option contracts")
