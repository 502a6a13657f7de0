"""An entry before the gates: its price, then where it is left, then its size, which may depend on that."""

from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.accounts import Account, AssetTerms, MarketSnapshot
from app.domain.alert_terms import BY_THE_BOT
from app.domain.instruments import Instrument
from app.domain.money import ONE, ZERO
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderRole, Side
from app.domain.planning import Plan
from app.domain.pricing import entry_price, market_price
from app.domain.refusals import money, units
from app.domain.sizing import (
    Size,
    at_most,
    least_risk,
    shrunk,
    size_by_risk,
    size_entry,
    sized_by_alert,
)
from app.services.trading.context import OrderContext
from app.services.trading.order_building import EntryTerms, plan_exits

NO_TERMS = AssetTerms()


def entry_terms(
    context: OrderContext, instrument: Instrument, view: MarketSnapshot, decided: Plan, side: Side
) -> EntryTerms:
    """Price an entry, place its exits, size it."""
    signal, configuration = context.signal, context.bot.configuration
    reference_price = context.reference_price
    market = market_price(view.quote, reference_price, simulated=context.capabilities.simulated)
    kind, price = entry_price(signal, configuration, instrument, side, market)
    # Exits come before the size: what a unit loses at its stop may say how many there are.
    exits = plan_exits(context, instrument, side, price)
    risk = least_risk(signal.terms, configuration, view.account)
    # Without a price nothing is guessed: the gates refuse what has no size.
    size = value = None
    if price is not None and price > ZERO and view.account is not None:
        sizing = _sizing(context, instrument, view, side, price)
        size = sizing.size(decided.entry_quantity, side, exits.levels.stop, risk)
        value = size.quantity * sizing.unit_value
    order = ProposedOrder(
        OrderRole.ENTRY,
        side,
        size.quantity if size is not None else None,
        price,
        asked=context.asked,
        own_exits=exits.own,
        stop=exits.levels.stop,
        risk=risk,
        budget=size.budget if size is not None else None,
    )
    return EntryTerms(order, kind, exits, size, value, reference_price)


def shown_size(size: Size, price: Decimal, instrument: Instrument) -> str:
    """Tell a size in one line of the timeline."""
    return f"{units(size.quantity, instrument)} at {money(price, instrument.currency)}, by {size.source}"


@dataclass(frozen=True, slots=True)
class _Sizing:
    """What a size follows from.

    `class_increment` is the step of the instrument's kind: what an alert names beyond it is not rounded in
    silence. `increment` is that of this very instrument.
    """

    context: OrderContext
    instrument: Instrument
    price: Decimal
    unit_value: Decimal
    account: Account | None
    asset: AssetTerms
    whole: bool
    class_increment: Decimal
    increment: Decimal
    value_limits: dict[str, Decimal]

    def size(self, contracts: Decimal | None, side: Side, stop: Decimal | None, risk: Decimal | None) -> Size:
        size = self._wanted(contracts)
        if risk is not None:
            size = self._within_risk(size, side, stop, risk, is_most=self._is_asked(contracts))
        approved = self.context.advice.most(self.unit_value)
        # Opinion and approval come last: whatever set the size, nothing is larger than what was agreed to.
        for source, most in self.value_limits.items():
            size = self._within(size, most, source)
        if approved is not None:
            size = self._within(size, approved, "approval")
        return size if contracts is not None else self._at_least(size)

    def _at_least(self, size: Size) -> Size:
        """Make nothing of a size of our own that the broker would not take, so that the gates say why."""
        asset = self.asset
        is_enough = size.quantity >= (asset.minimum_quantity or ZERO)
        is_enough = is_enough and size.quantity * self.unit_value >= self._least_value(size)
        return size if is_enough else replace(size, quantity=ZERO, notional=None)

    def _least_value(self, size: Size) -> Decimal:
        # An amount of money is what it says; in units it was rounded down.
        least = self.asset.minimum_value or ZERO
        return ZERO if size.notional is not None and size.notional >= least else least

    def _within(self, size: Size, value: Decimal, source: str) -> Size:
        return shrunk(size, value, self.unit_value, self.increment, whole=self.whole, source=source)

    def _is_asked(self, contracts: Decimal | None) -> bool:
        """Tell whether the alert itself says how much: its own size, or an idea's amount."""
        signal = self.context.signal
        return contracts is not None or signal.idea is not None or signal.terms.is_by_money

    def _wanted(self, contracts: Decimal | None) -> Size:
        limits = dict[str, Decimal]()
        configuration, signal = self.context.bot.configuration, self.context.signal
        if signal.terms is not BY_THE_BOT:
            configuration = sized_by_alert(configuration, signal.terms)
        if signal.idea is not None:
            # An idea is worth what the analyst would spend, whatever the bot spends on other alerts.
            limits = self.value_limits
            configuration = replace(configuration, notional=min(limits.values(), default=None))
        size = size_entry(
            configuration,
            self.instrument,
            contracts=contracts,
            price=self.price,
            account=self.account,
            increment=self.increment if contracts is None else self.class_increment,
            whole=self.whole,
        )
        # The bot's own amount is not what such a size came from.
        is_limit = contracts is None and limits
        return replace(size, source=min(limits, key=limits.__getitem__)) if is_limit else size

    def _within_risk(
        self, size: Size, side: Side, stop: Decimal | None, risk: Decimal, *, is_most: bool
    ) -> Size:
        """Size by what may be lost at the stop; what the alert itself asks for is only ever brought down."""
        step = max(self.increment, ONE) if self.whole else self.increment
        unit_loss = ZERO if stop is None else (self.price - stop) * side.sign * self.instrument.multiplier
        # No stop, or one on the wrong side, makes a size of nothing: `risk_at_stop` says why.
        by_risk = size_by_risk(risk, unit_loss, step)
        if is_most and size.quantity <= by_risk.quantity:
            return size
        # A size of our own making keeps to the limits, where one that was asked for would be refused.
        limits = self.context.limits
        if limits.max_order_notional is not None:
            by_risk = self._within(by_risk, limits.max_order_notional, "max_order_notional")
        return at_most(by_risk, limits.max_order_quantity, step, source="max_order_quantity")


def _sizing(
    context: OrderContext, instrument: Instrument, view: MarketSnapshot, side: Side, price: Decimal
) -> _Sizing:
    """Put together what a size follows from."""
    asset, capabilities = view.asset or NO_TERMS, context.capabilities
    step, class_step = asset.quantity_increment or ZERO, capabilities.increment(instrument)
    return _Sizing(
        context,
        instrument,
        price,
        price * instrument.multiplier,
        view.account,
        asset,
        whole=(side is Side.SELL and capabilities.whole_shorts) or step >= ONE,
        class_increment=class_step,
        increment=max(class_step, step),
        value_limits=context.value_limits,
    )
