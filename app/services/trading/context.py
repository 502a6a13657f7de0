"""One signal while it is decided on, and the rules of the house."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import MarketSnapshot
from app.domain.alert_terms import BY_THE_BOT, terms_record
from app.domain.bots import AnalystUse, Approval, Bot, BotConfiguration, IdeaExits
from app.domain.capabilities import Capabilities
from app.domain.exit_levels import Levels
from app.domain.exit_plan import ExitPlan
from app.domain.instruments import Instrument
from app.domain.json_codec import timestamp
from app.domain.limits import Limits, effective_limits
from app.domain.money import ZERO, round_down, text
from app.domain.opinions import Decision
from app.domain.order_check import NO_LEVELS
from app.domain.orders import Order, OrderRole
from app.domain.planning import only_exits
from app.domain.pursuits import ExitWish, WantedEntry
from app.domain.reasons import Reason
from app.domain.review import NO_ADVICE, Advice, Review
from app.domain.signals import COMMANDS, SIZED, Signal, Target
from app.domain.strategy_positions import StrategyState
from app.domain.structures.proposals import ProposedStructure
from app.domain.tickets import Ticket
from app.domain.trading_state import TradingState
from app.logs import mask
from app.repositories.strategy_positions import StoredStrategy
from app.services.broker_access.gateway import HeldSymbol
from app.services.orders.working import ClosingOrders, Working

CENT = Decimal("0.01")
# Whoever has its turn sooner has waited for nothing but its symbol.
AT_ONCE = timedelta(seconds=1)


class EntryMustWait(Exception):
    """What goes on must be done first: an exit of the same position, or alerts that were interrupted.

    `behind` are the tickets of those; whoever meets them may finish them.
    """

    def __init__(self, message: str, behind: Sequence[UUID] = ()) -> None:
        super().__init__(message)
        self.behind = behind


@dataclass(frozen=True, slots=True)
class TradingRules:
    """What the environment says about trading; `ceiling` holds for every bot.

    `idea_notional` is the largest order of a trade idea, `min_confidence` the least of an opinion.
    """

    ceiling: Limits
    default_broker: str = "paper"
    allow_live: bool = False
    idea_notional: Decimal = Decimal(250)
    min_confidence: Decimal = ZERO
    _limits: dict[str, tuple[BotConfiguration, Limits]] = field(default_factory=dict, init=False, repr=False)

    def limits_of(self, bot: Bot) -> Limits:
        """Return the limits that hold for a bot; they are combined once for each version of it."""
        known = self._limits.get(bot.id)
        if known is not None and known[0] is bot.configuration:
            return known[1]
        limits = effective_limits(self.ceiling, bot.configuration)
        self._limits[bot.id] = bot.configuration, limits
        return limits


@dataclass(frozen=True, slots=True)
class ResumedExit:
    """An exit that is tried again: what it wants, if that is known, and the id of the order for it.

    `filled` is what its earlier orders have closed; `in_doubt` are the units of an order of that very id
    whose outcome is not known: sent again, it is still one order.
    """

    order_id: str
    wish: ExitWish | None = None
    filled: Decimal = ZERO
    in_doubt: Decimal = ZERO


@dataclass(slots=True)
class OrderContext:
    """One signal while it is decided on.

    `capabilities` are those of its broker, configured or not; `broker_needs` are the settings it
    needs. `counts_entries`: something is limited by how
    much the bot enters. `global_state` and `bot_state` are those of the moment of the decision; until then
    nothing may trade. `exit_plan` is what its entry shall be protected by; `lost_exits` says that exits
    were cancelled for it; `rivals` are other bots' orders that wait in the symbol,
    `closing` what at the broker closes, or may, what is held; None: not asked for.
    `idea_cap` is what a trade idea's entry may be worth, `entry_value` what the decided entry is, and
    `min_confidence` what an opinion must have. `may_sell_options`: by its dialect, or by that of the alert
    whose order a command changes. `held` is the proof that the symbol is this signal's alone; without it
    nothing can be sent. `spares_orders`: nothing that waits at the broker is cancelled unless an order is
    sent for it. `overtaken_by` is where the alert's strategy stands by a later alert that came first,
    `strategy` what was known of that and what is known from now on. `wish` is what an exit shall
    leave, as soon as that is known; `resumes` is the exit that is pursued, where one is tried again;
    `entry` is what a reversal enters after its exit, `follows` the same once that exit is done. `is_blocked`:
    what is in an exit's way is slow to go, so that the broker may refuse it for that alone.
    `structure` is what would be entered in the place of orders.

    What follows from signal and bot alone is worked out once: `only_exits` for an alert that can open
    nothing, whatever is held, `is_sized` for one that names an amount and not the position; `asked` is
    the size that it names in lots, which is never rounded in silence, `levels` are its own stop-loss and
    take-profit, unless the bot leaves an idea's alone; `needs_opinion`: an entry without an opinion in favour
    must not be.
    """

    ticket: Ticket
    signal: Signal
    bot: Bot
    limits: Limits
    broker_name: str
    capabilities: Capabilities
    broker: Broker | None = None
    broker_needs: str = ""
    instrument: Instrument | None = None
    counts_entries: bool = False
    symbol_refusal: tuple[Reason, str] | None = None
    view: MarketSnapshot | None = None
    global_state: TradingState = TradingState.HALTED
    bot_state: TradingState = TradingState.HALTED
    orders: list[Order] = field(default_factory=list)
    is_preview: bool = False
    exit_plan: ExitPlan | None = None
    lost_exits: bool = False
    rivals: list[Working] = field(default_factory=list)
    closing: ClosingOrders | None = None
    advice: Advice = NO_ADVICE
    idea_cap: Decimal | None = None
    min_confidence: Decimal = ZERO
    entry_value: Decimal | None = None
    may_sell_options: bool = False
    held: HeldSymbol | None = None
    spares_orders: bool = False
    overtaken_by: Target | None = None
    strategy: tuple[StoredStrategy, StrategyState] | None = None
    wish: ExitWish | None = None
    structure: ProposedStructure | None = None
    resumes: ResumedExit | None = None
    entry: WantedEntry | None = None
    follows: WantedEntry | None = None
    is_blocked: bool = False
    only_exits: bool = field(init=False)
    is_sized: bool = field(init=False)
    asked: Decimal | None = field(init=False)
    levels: Levels = field(init=False)
    needs_opinion: bool = field(init=False)

    def __post_init__(self) -> None:
        """Work out what follows from signal and bot."""
        signal, configuration = self.signal, self.bot.configuration
        self.only_exits = only_exits(signal, cover_only=configuration.cover_only)
        self.is_sized = signal.intent in SIZED
        self.asked = signal.quantity if signal.contract is not None else None
        leaves_levels = signal.idea is not None and configuration.exits is IdeaExits.OFF
        self.levels = NO_LEVELS if leaves_levels else Levels(signal.stop_loss, signal.take_profit)
        self.needs_opinion = signal.idea is not None or configuration.analyst is AnalystUse.REQUIRED

    def has_waited(self, now: datetime) -> bool:
        """Tell whether the alert came so long ago that others may have acted since."""
        return now - self.ticket.created_at >= AT_ONCE

    @property
    def symbol(self) -> str:
        """The canonical symbol, or the alert's own where it has none."""
        return self.instrument.symbol if self.instrument is not None else self.signal.symbol

    @property
    def quote(self) -> Decimal | None:
        """The market's price, where the broker gave one."""
        if self.view is None or self.view.quote is None:
            return None
        return self.view.quote.price

    @property
    def reference_price(self) -> Decimal | None:
        """What the alert says the market's price is; an idea's entry is that only where there is no other."""
        if self.signal.idea is not None and self.quote is not None:
            return None
        return self.signal.reference_price

    @property
    def enters(self) -> bool:
        """Tell whether what was decided opens anything."""
        return self.structure is not None or any(order.role is OrderRole.ENTRY for order in self.orders)

    @property
    def review(self) -> Review:
        """What analyst and person have said, and must."""
        configuration = self.bot.configuration
        is_above = configuration.approval is Approval.ABOVE_NOTIONAL
        return Review(
            self.advice,
            is_required=self.needs_opinion,
            min_confidence=self.min_confidence,
            notional_cap=self.idea_cap,
            approval=configuration.approval,
            approval_above=configuration.approval_above_notional if is_above else None,
        )

    @property
    def decision(self) -> Decision | None:
        """What the analyst decided, if anything."""
        return self.advice.decision

    @property
    def value_limits(self) -> dict[str, Decimal]:
        """What the entry may be worth, by what says so: the cap of ideas, and the opinion."""
        decision = self.decision if self.needs_opinion else None
        asked = None if decision is None else decision.notional_usd
        limits = {"the cap of ideas": self.idea_cap, "opinion": asked}
        # Down, so that no order is worth a fraction of a cent more than was agreed to.
        return {source: round_down(limit, CENT) for source, limit in limits.items() if limit is not None}

    @property
    def largest_value(self) -> Decimal | None:
        """What the opinion, and the cap of an idea, let the entry be worth; None is no limit."""
        return min(self.value_limits.values(), default=None)


def signal_record(signal: Signal) -> dict[str, Any]:
    """Show a signal the way tickets do, leaving out what the alert did not say."""
    return {
        name: format(value, "f") if isinstance(value, Decimal) else value
        for name, value in (
            ("symbol", signal.symbol or None),
            ("exchange", signal.exchange),
            ("intent", signal.intent.value),
            ("order", signal.order and mask(signal.order)),
            ("side", None if signal.intent in COMMANDS else signal.side.value),
            ("quantity", signal.quantity),
            ("target", _target_record(signal)),
            ("order_type", signal.order_type and signal.order_type.value),
            ("limit_price", signal.limit_price),
            ("stop_price", signal.stop_price),
            ("stop_loss", signal.stop_loss),
            ("take_profit", signal.take_profit),
            ("time_in_force", None if signal.intent in COMMANDS else signal.time_in_force.value),
            ("reference_price", signal.reference_price),
            ("terms", None if signal.terms is BY_THE_BOT else terms_record(signal.terms) or None),
            ("sent_at", timestamp(signal.sent_at) if signal.sent_at is not None else None),
            # Texts that people write freely may hold a secret, as they may in the alert itself.
            ("strategy", signal.strategy and mask(signal.strategy)),
            ("note", signal.note and mask(signal.note)),
        )
        if value is not None
    }


def _target_record(signal: Signal) -> dict[str, Any] | None:
    if signal.target is None:
        return None
    target = signal.target
    return {
        "now": target.now,
        "before": target.before,
        "now_size": text(target.now_size),
        "before_size": text(target.before_size),
    }
