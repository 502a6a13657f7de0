"""What Alpaca refuses because of what the account holds: funds, quantities, opposite orders."""

from dataclasses import dataclass
from decimal import Decimal

from tests.simulators.alpaca.account import Account
from tests.simulators.alpaca.assets import CRYPTO, EQUITY, OPTION, Asset, Catalogue, Contract
from tests.simulators.alpaca.book import Book
from tests.simulators.alpaca.drafts import Draft
from tests.simulators.alpaca.figures import is_whole, plain
from tests.simulators.alpaca.market import Clock, Market, Tick
from tests.simulators.alpaca.option_limits import refuse_index, refuse_limits
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.refusals import Refused, forbidden, invalid, unprocessable
from tests.simulators.alpaca.spread_rules import refuse_contract, refuse_uncovering

SHORT_MARKUP = Decimal("1.03")
LEAST_VALUE = {CRYPTO: 10}
ZERO = Decimal(0)
BUY, SELL = "long buy", "short sell"


@dataclass(frozen=True, slots=True)
class Vetting:
    """Judges one draft against the account and its orders."""

    account: Account
    book: Book
    catalogue: Catalogue
    market: Market
    clock: Clock
    draft: Draft
    asset: Asset

    @property
    def tick(self) -> Tick | None:
        return self.market.tick(self.asset)

    @property
    def intent(self) -> str:
        held = self.account.quantity(self.asset)
        closes = held * self.draft.sign < 0
        return f"{self.draft.side}_to_{'close' if closes else 'open'}"

    @property
    def price(self) -> Decimal:
        """What a unit may cost: the far side of the quote, and for a short sale 3 % more."""
        named = self.draft.limit_price or self.draft.take_profit if self.draft.type == "limit" else None
        named = named or self.draft.stop_price
        market = ZERO if self.tick is None else self.tick.against(self.draft.side)
        if self.intent == "sell_to_open" and self.asset.asset_class == EQUITY and self.tick is not None:
            return max(named or ZERO, self.tick.ask * SHORT_MARKUP)
        return named or market

    @property
    def cost(self) -> Decimal:
        if self.draft.notional is not None:
            return self.draft.notional
        return (self.draft.quantity or ZERO) * self.price * self.asset.multiplier

    def admit(self, *, closing: bool = False) -> Decimal:
        """Return the margin to reserve; raise Refused. `closing` is DELETE /v2/positions: no least value."""
        named = self.draft.position_intent
        if named not in {None, self.intent}:
            raise invalid(f"position intent mismatch, inferred: {self.intent}, specified: {named}")
        self.refuse_wash_trade()
        least = LEAST_VALUE.get(self.asset.asset_class, 1)
        if not closing and self.price and self.cost < least:
            raise forbidden(f"cost basis must be >= minimal amount of order {least}")
        if self.asset.asset_class == OPTION:
            self.refuse_option()
        if self.intent.endswith("close"):
            self.refuse_more_than_available()
            return ZERO
        self.refuse_both_ways()
        return self.refuse_unaffordable()

    def refuse_option(self) -> None:
        """Refuse a contract that cannot be traded now, or that still covers another."""
        if self.draft.type == "market" and self.clock.session != "open":
            raise unprocessable("options market orders are only allowed during market hours")
        if self.market.has_days:
            opens = self.intent.endswith("open")
            refuse_contract(self.asset, opens=opens, now=self.market.now())
        quantity = (self.draft.quantity or ZERO) * self.draft.sign
        wanted = [(Contract.of(self.asset), quantity, self.intent.endswith("open"))]
        refuse_index(self.account, wanted, self.market.now())
        refuse_limits(self.account, wanted, self.price, abs(quantity), self.market.now())
        if self.intent == "sell_to_close":
            refuse_uncovering(self.account, {self.asset.symbol: quantity})
            self.refuse_unsecured(quantity)

    def refuse_unsecured(self, quantity: Decimal) -> None:
        """Demand the cash that a put ties up which loses its cover."""
        changes = {self.asset.symbol: quantity}
        more = self.account.option_margin(changes) - self.account.option_margin()
        own = self.account.own_power(self.book.reserved())
        if more > own:
            amounts = f"(required: {plain(more)}, available: {plain(own)})"
            raise forbidden(f"insufficient options buying power for cash-secured put {amounts}")

    def refuse_wash_trade(self) -> None:
        if self.asset.asset_class != EQUITY or not self.draft.is_simple:
            return
        for order in self.book.open(self.asset):
            if order.side != self.draft.side and order.is_live and meets(self.draft, order):
                kind = "limit" if order.type == "limit" else "market/stop"
                raise forbidden(
                    "potential wash trade detected. use complex orders",
                    existing_order_id=order.id,
                    reject_reason=f"opposite side {kind} order exists",
                )

    def refuse_both_ways(self) -> None:
        """Refuse to open long and short at once: https://github.com/alpacahq/Alpaca-API/issues/82."""
        if self.asset.asset_class != EQUITY:
            return
        for order in self.book.open(self.asset):
            if order.side != self.draft.side and not order.closes:
                mine, other = (SELL, BUY) if self.draft.side == "sell" else (BUY, SELL)
                raise forbidden(f"cannot open a {mine} while a {other} order is open")

    def refuse_more_than_available(self) -> None:
        existing = abs(self.account.quantity(self.asset))
        held, orders = self.book.held_for(self.asset, self.draft.side)
        wanted = self.draft.quantity or (self.draft.notional or ZERO) / (self.price or 1)
        if wanted > existing - held:
            raise self.short_of(wanted, existing, held, orders)

    def short_of(self, wanted: Decimal, existing: Decimal, held: Decimal, orders: list[str]) -> Refused:
        available = plain(existing - held)
        amounts = f"(requested: {plain(wanted)}, available: {available})"
        if self.asset.asset_class == CRYPTO:
            coin = self.asset.symbol.split("/")[0]
            return forbidden(
                f"insufficient balance for {coin} {amounts}",
                available=available,
                balance=plain(existing),
                symbol=coin,
            )
        return forbidden(
            f"insufficient qty available for order {amounts}",
            available=available,
            existing_qty=plain(existing),
            held_for_orders=plain(held),
            related_orders=orders,
            symbol=self.asset.symbol,
        )

    def refuse_unaffordable(self) -> Decimal:
        if self.asset.asset_class == OPTION:
            return self.option_margin()
        if self.asset.asset_class == CRYPTO:
            return self.crypto_margin()
        if self.draft.side == "sell":
            self.refuse_short()
        power = self.account.buying_power(self.book.reserved())
        if self.cost > power:
            raise forbidden(
                "insufficient buying power", buying_power=plain(power), cost_basis=plain(self.cost)
            )
        return self.cost * self.account.margin_rate(self.asset)

    def refuse_short(self) -> None:
        if self.draft.quantity is None or not is_whole(self.draft.quantity):
            raise unprocessable("fractional orders cannot be sold short")
        if not self.account.shorting_enabled:
            raise forbidden("account is not allowed to short")
        if not self.asset.shortable:
            raise unprocessable(f'asset "{self.asset.symbol}" cannot be sold short')

    def crypto_margin(self) -> Decimal:
        if self.draft.side == "sell":
            wanted = self.draft.quantity or (self.draft.notional or ZERO) / (self.price or 1)
            raise self.short_of(wanted, ZERO, ZERO, [])
        own = self.account.own_power(self.book.reserved())
        if self.cost > own:
            amounts = f"(requested: {plain(self.cost)}, available: {plain(own)})"
            raise forbidden(f"insufficient balance for USD {amounts}", available=plain(own), symbol="USD")
        return self.cost

    def option_margin(self) -> Decimal:
        needed = 2 if self.draft.side == "buy" else 1
        if self.account.options_level < needed:
            raise forbidden(f"account not eligible for level{needed} options trading")
        own = self.account.own_power(self.book.reserved())
        if self.draft.side == "sell":
            return self.written_margin(own)
        if self.cost > own:
            raise forbidden(
                "insufficient options buying power",
                options_buying_power=plain(own),
                cost_basis=plain(self.cost),
            )
        return self.cost

    def written_margin(self, own: Decimal) -> Decimal:
        """Demand the shares behind a covered call, the cash behind a secured put."""
        contract = Contract.of(self.asset)
        units = (self.draft.quantity or ZERO) * 100
        if contract.is_call:
            shares = self.shares_behind(contract)
            if units > shares:
                amounts = f"(required: {plain(units)}, available: {plain(shares)})"
                raise forbidden(f"insufficient underlying qty available for covered call {amounts}")
            return ZERO
        secured = units * contract.strike
        if secured > own:
            amounts = f"(required: {plain(secured)}, available: {plain(own)})"
            raise forbidden(f"insufficient options buying power for cash-secured put {amounts}")
        return secured

    def shares_behind(self, contract: Contract) -> Decimal:
        underlying = self.catalogue.find_or_list(contract.root)
        held, _ = self.book.held_for(underlying, "sell")
        return max(ZERO, self.account.quantity(underlying) - held)


def meets(draft: Draft, order: Order) -> bool:
    """True when a new simple order could trade with a resting one."""
    if draft.type != "limit" or order.type != "limit":
        return True
    if draft.limit_price is None or order.limit_price is None:
        return True
    return (draft.limit_price - order.limit_price) * draft.sign >= 0
