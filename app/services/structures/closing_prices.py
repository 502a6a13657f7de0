"""At which prices a trade is left: from the mid to the market, within what its legs can be worth."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.structures.exit_rules import target_limit
from app.domain.structures.ladder import LadderTerms, Pace, Rung, rungs
from app.domain.structures.legs import Leg, Structure, StructureRefused, compose
from app.domain.structures.net_quotes import CENT, LegQuote, net_quote, towards_us
from app.domain.structures.parts import LadderPart, hedged_pairs, share_of_limit
from app.domain.structures.payoff import bounds
from app.domain.structures.trades import ExitCause, LadderWork, StructureTrade
from app.errors import BrokerUnavailable
from app.repositories.bots import BotDirectory
from app.services.broker_access.gateway import HeldSymbol
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.structures.bot_rules import exit_rules
from app.services.structures.quotes_ahead import QuotesAhead

# Beyond the natural price by so much for each ladder that came to nothing.
PAD = CENT * 2
MOST_PADS = 5


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """What is traded to leave, how many units of it, and at which prices in turn; `rest` follows on that."""

    structure: Structure
    units: int
    rungs: tuple[Rung, ...]
    rest: tuple[LadderPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingPrices:
    """Price the way out from fresh quotes."""

    gateway: StructureGateway
    bots: BotDirectory
    ahead: QuotesAhead

    def plan(self, held: HeldSymbol, trade: StructureTrade, work: LadderWork) -> ClosingPlan:
        """Return how a ladder that begins (again) leaves; raise BrokerUnavailable without quotes.

        Where a bought leg has no bid the sold ones are bought back alone: they are what can still lose.
        """
        quotes = self._quotes(held, work.structure)
        structure, units = work.structure, work.units
        try:
            net_quote(structure, quotes)
        except StructureRefused as refused:
            alone = _bought_back(structure)
            if alone is None:
                raise BrokerUnavailable(refused.message) from refused
            structure, times = alone
            units *= times
            quotes = _with_bids(quotes)
        most_legs = self.gateway.desk(held).capabilities.most_legs
        pairs = hedged_pairs(structure) if len(structure.options) > most_legs else ()
        if not pairs:
            return ClosingPlan(structure, units, self._rungs(trade, work, structure, quotes))
        # A pair is closed as a pair: what is sold of it never stands without what is bought.
        parts = [LadderPart(pair, self._rungs(trade, work, pair, quotes, structure)) for pair in pairs]
        return ClosingPlan(parts[0].structure, units, parts[0].rungs, tuple(parts[1:]))

    def first(
        self, held: HeldSymbol, trade: StructureTrade, structure: Structure, units: int, cause: ExitCause
    ) -> ClosingPlan:
        """Return how a ladder leaves that has not begun."""
        work = LadderWork(
            role=OrderRole.EXIT,
            structure=structure,
            ticket=trade.tickets[-1],
            units=units,
            rungs=(),
            place=0,
            client_order_id="",
            began_at=trade.created_at,
            cause=cause,
        )
        return self.plan(held, trade, work)

    def _rungs(
        self,
        trade: StructureTrade,
        work: LadderWork,
        structure: Structure,
        quotes: dict[str, LegQuote],
        whole: Structure | None = None,
    ) -> tuple[Rung, ...]:
        try:
            quote = net_quote(structure, quotes)
        except StructureRefused as refused:
            raise BrokerUnavailable(refused.message) from refused
        bot = self.bots.find(trade.bot)
        terms = _terms(trade, work, bot)
        if whole is not None:
            terms = replace(terms, limit=share_of_limit(net_quote(whole, quotes), quote, terms))
        pad = PAD * min(work.attempts, MOST_PADS) if work.cause is None or work.cause.is_urgent else ZERO
        found = [*rungs(quote, terms, tick=structure.tick)]
        if pad:
            found.append(Rung(quote.natural + pad, terms.pace.seconds * 2))
        if not found and terms.limit is not None:
            # The mark is there and the mid is not: the order waits at the target's own price.
            found = [Rung(terms.limit, terms.pace.seconds * 2)]
        return _possible(structure, found)

    def _quotes(self, held: HeldSymbol, structure: Structure) -> dict[str, LegQuote]:
        legs = [leg.instrument for leg in structure.legs]
        seen = self.ahead.take(held.broker.name, legs)
        return self.gateway.desk(held).quotes(legs) if seen is None else seen


def _terms(trade: StructureTrade, work: LadderWork, bot: Bot | None) -> LadderTerms:
    if work.cause is ExitCause.PROFIT_TARGET and bot is not None:
        limit = target_limit(trade, exit_rules(bot.configuration))
        return LadderTerms(Pace.NORMAL, Decimal(1), limit)
    return LadderTerms(Pace.FAST, Decimal(1))


def _possible(structure: Structure, found: Iterable[Rung]) -> tuple[Rung, ...]:
    """Keep prices within what the structure can be worth: nobody pays more than the width to be out."""
    possible = bounds(structure)
    prices: dict[Decimal, Rung] = {}
    for rung in found:
        # A target is a fraction of what was received: no broker takes a price between two ticks.
        price = possible.clamp(towards_us(rung.price, structure.tick))
        prices[price] = replace(rung, price=price)
    return tuple(prices[price] for price in sorted(prices))


def _with_bids(quotes: dict[str, LegQuote]) -> dict[str, LegQuote]:
    """Whoever buys back needs an ask alone: what nobody bids for is worth next to nothing."""
    return {name: quote if quote.bid else replace(quote, bid=ZERO) for name, quote in quotes.items()}


def _bought_back(structure: Structure) -> tuple[Structure, int] | None:
    """Return the legs of a closing order that buy back what is sold, and how many units of them a unit is."""
    legs: list[Leg] = [leg for leg in structure.legs if leg.ratio > 0 and leg.option is not None]
    return compose(legs) if legs else None
