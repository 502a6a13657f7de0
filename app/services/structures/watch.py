"""Watches open structures: one look at all their quotes for each broker, and the rules of their bots."""

import logging
from collections import defaultdict
from dataclasses import field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.brokers.base import Broker
from app.brokers.structure_desk import StructureDesk
from app.dataclass import dataclass
from app.domain.hours import exchange_zone, opened_at
from app.domain.instruments import AssetClass, Instrument
from app.domain.structures.beginnings import waits_for_target
from app.domain.structures.exit_rules import ExitRules, Look, watch
from app.domain.structures.legs import Structure, StructureRefused
from app.domain.structures.net_quotes import LegQuote, check_fresh
from app.domain.structures.settlement import contract_of
from app.domain.structures.trades import ExitCause, StructureTrade, TradeState
from app.errors import BrokerUnavailable, Conflict
from app.repositories.bots import BotDirectory
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.services.base import Runtime
from app.services.portfolio.structure_marks import StructureMarks, instruments_of, net_of
from app.services.runtime.turns import Apart, Rounds
from app.services.structures.bot_rules import exit_rules
from app.services.structures.exits import StructureExits

# A quote that has not moved for longer says little about what a stop should do.
FRESH = timedelta(seconds=60)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a broker: the quotes of all legs, and the prices of the underlyings that rules go by."""

    broker: Broker
    desk: StructureDesk
    quotes: dict[str, LegQuote]
    _prices: dict[str, Decimal | None] = field(default_factory=dict)

    def price(self, underlying: Instrument) -> Decimal | None:
        """Return a price that is asked for once, however many trades are written on it."""
        if underlying.symbol not in self._prices:
            quote = self.broker.quote(underlying)
            self._prices[underlying.symbol] = None if quote is None else quote.price
        return self._prices[underlying.symbol]


@dataclass(slots=True, kw_only=True)
class StructureWatch:
    """Look, mark, and begin to leave what a rule, the time or a missing leg says to leave."""

    runtime: Runtime
    bots: BotDirectory
    trades: StructureTrades
    exits: StructureExits
    marks: StructureMarks
    _rounds: dict[str, Rounds] = field(default_factory=lambda: defaultdict(Rounds), init=False)

    def run(self, *, is_forced: bool = False) -> int:
        """Look at every trade that rests; return how many began to be left.

        `is_forced`: the operator moved the simulated market, which counts as a look of its own.
        """
        resting: dict[str, list[StoredStructureTrade]] = {}
        began = 0
        # A trade that cannot be read is told each time, and keeps no other's stop from being looked at.
        with Apart() as each:
            for stored in self.trades.every():
                with each.one():
                    if _rests(stored.trade):
                        resting.setdefault(stored.trade.broker, []).append(stored)
            self.marks.keep({stored.trade.id for found in resting.values() for stored in found})
            for name, found in resting.items():
                with each.one():
                    began += self._watch_at(name, found, is_forced=is_forced)
        return began

    def mark(self, trade: StructureTrade) -> Decimal | None:
        """Return what one unit was worth when this process looked last; None where it has not."""
        seen = self.marks.seen.get(trade.id)
        return None if seen is None else seen.value

    def _watch_at(self, name: str, found: list[StoredStructureTrade], *, is_forced: bool) -> int:
        began = 0
        try:
            broker = self.runtime.registry.get(name)
            desk = broker.structures
            if desk is None:
                return began
            sight = Sight(broker, desk, desk.quotes(instruments_of(stored.trade for stored in found)))
            is_forced = is_forced and broker.capabilities.simulated
            with Apart() as trades:
                for stored in self._rounds[name].in_time(found, lambda stored: stored.key):
                    with trades.one():
                        began += self._watch_one(sight, stored, is_forced=is_forced)
        except (BrokerUnavailable, LookupError) as error:
            _logger.info("Structures at %s are not watched now: %s", name, error)
        return began

    def _watch_one(self, sight: Sight, stored: StoredStructureTrade, *, is_forced: bool) -> int:
        trade = stored.trade
        if trade.state is TradeState.BROKEN:
            return self._leave(trade, ExitCause.BROKEN)
        bot = self.bots.find(trade.bot)
        rules = (
            ExitRules(let_expire=True)
            if bot is None or not bot.configuration.managed
            else exit_rules(bot.configuration)
        )
        look = replace(
            self._look(sight, trade, rules),
            is_forced=is_forced,
            seen_at=self.runtime.clock(),
        )
        self.marks.saw(trade, sight.quotes, look.at)
        waits = waits_for_target(trade)
        after, cause = watch(replace(trade, state=TradeState.OPEN) if waits else trade, look, rules)
        after = replace(after, state=trade.state)
        if cause is not None and not (waits and cause is ExitCause.PROFIT_TARGET):
            return self._leave(trade, cause)
        if after != trade:
            self._remember(stored, after)
        return 0

    def _look(self, sight: Sight, trade: StructureTrade, rules: ExitRules) -> Look:
        at, underlying = sight.desk.now(), _underlying(trade)
        opened = opened_at(underlying, at)
        since_open = None if opened is None else at - opened
        if sight.broker.capabilities.simulated:
            # The simulated market is open at any hour, and its quotes are never those of an opening.
            since_open = timedelta(hours=1)
        price = None if rules.stop_on_underlying is None else sight.price(underlying)
        return Look(
            at=at,
            local=at.astimezone(exchange_zone(underlying)),
            net=net_of(trade.structure, sight.quotes),
            is_fresh=_is_fresh(trade.structure, sight.quotes, at),
            underlying=price,
            since_open=since_open,
        )

    def _leave(self, trade: StructureTrade, cause: ExitCause) -> int:
        # Filed under the alert that entered it: its ticket tells the whole story.
        self.exits.begin(trade, trade.tickets[0], cause)
        return 1

    def _remember(self, stored: StoredStructureTrade, after: StructureTrade) -> None:
        try:
            self.trades.rewrite(stored, after)
        except Conflict:
            # Somebody began to leave it meanwhile: what was learnt is of no use any more.
            _logger.debug("Trade %s has moved on", after.number)


def _rests(trade: StructureTrade) -> bool:
    """Tell whether nothing of a trade is at work: none of its stops may wait for a target that is refused."""
    return (trade.work is None and not trade.state.is_over) or waits_for_target(trade)


def _underlying(trade: StructureTrade) -> Instrument:
    """Its hours and its day are those of the exchange of its contracts."""
    return Instrument(trade.symbol, AssetClass.EQUITY, contract_of(trade).venue)


def _is_fresh(structure: Structure, quotes: dict[str, LegQuote], now: datetime) -> bool:
    try:
        check_fresh(structure, quotes, now=now, longest=FRESH)
    except (StructureRefused, KeyError):
        return False
    return True
