"""Exit orders on their way: written down before they are sent, and looked up before they are sent again."""

import logging
from dataclasses import field, replace
from datetime import datetime, timedelta

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.exit_levels import Levels
from app.domain.exit_plan import CloseAtMarket, ExitPlan, Holding, PlaceExits, Sending, Step
from app.domain.instruments import Instrument
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderClass,
    OrderRole,
    OrderStatus,
    OrderType,
    TimeInForce,
    placed_order_id,
)
from app.domain.trades import Place
from app.repositories.exit_plans import ExitPlans, StoredExitPlan
from app.repositories.open_orders import OpenOrders, open_exit
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Outcome, Placed, Rejected, Unknown
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy
from app.services.observability.events import EventKind

SHORTEST_PAUSE = timedelta(seconds=5)
# What a broker does not show so long after it was sent has not arrived.
ARRIVAL_TIME = timedelta(seconds=10)
# Exits that rest can wait, since the price is watched meanwhile; one that is due cannot.
LONGEST_PAUSE, LONGEST_PAUSE_TO_LEAVE = timedelta(minutes=5), timedelta(seconds=20)

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class ExitPlacement:
    """Send the orders of exit plans, each once."""

    runtime: Runtime
    open_orders: OpenOrders
    plans: ExitPlans
    gateway: Gateway
    resubmission: ResubmissionPolicy
    # In memory alone: what a restart forgets costs one more refused order.
    _pauses: dict[tuple[Place, bool], tuple[datetime, timedelta]] = field(default_factory=dict, init=False)
    _taken: dict[Place, Sending] = field(default_factory=dict, init=False)

    def is_pausing(self, position: Place, *, leaves: bool) -> bool:
        """Tell whether the broker refused a protection's last order of this kind a short time ago."""
        until, pause = self._pauses.get((position, leaves), (None, timedelta(0)))
        # A clock that was set back must not make a pause longer than it was meant to be.
        return until is not None and timedelta(0) < until - self.runtime.clock() <= pause

    def heard(self, broker: Broker, known: StoredExitPlan) -> StoredExitPlan:
        """Learn whether the broker has refused what it had taken: some say so in their book alone.

        What follows a refusal waits, as after one that is answered. Raise BrokerUnavailable.
        """
        sending = self._taken.get(known.position)
        seen = [] if sending is None else [item for name in sending.names if (item := broker.find(name))]
        if sending is None or not seen:
            return known
        del self._taken[known.position]
        refused = [item for item in seen if item.status is OrderStatus.REJECTED]
        if not refused:
            self._pauses.pop((known.position, sending.leaves), None)
            return known
        what = f"{known.plan.bot}: {refused[0].client_order_id} at {known.plan.broker}"
        self._tell(known.plan, what, refused[0].message or "The broker refused it after it had taken it.")
        is_stop_refused = any(item.client_order_id.endswith(STOP_LOSS_SUFFIX) for item in refused)
        if len(sending.names) > 1 and not broker.capabilities.oco and not is_stop_refused:
            return self._settled(known, replace(known.plan, lone_stop=True))
        self._pause(known.position, sending)
        return known

    def resolved(
        self, held: HeldSymbol, known: StoredExitPlan, step: Step | None, instrument: Instrument
    ) -> StoredExitPlan | None:
        """Find out what became of an order that was being sent; None while that is in doubt.

        What the broker does not know is sent again if `step` still wants just this and the id can be taken
        only once; otherwise it counts as never sent after a while.
        """
        exit_plan = known.plan
        sending = exit_plan.sending
        if sending is None:
            return known
        may_appear = self._may_appear(held.broker, sending)
        verdict = self.resubmission.judge(
            held.broker.capabilities,
            is_shown=any(held.broker.find(name) is not None for name in sending.names),
            may_appear=may_appear,
            is_wanted=_asks_for(step, sending),
        )
        if verdict is Resubmission.SEND:
            return self._submit(held, known, exit_plan, instrument, is_doubted=may_appear)
        return None if verdict is Resubmission.WAIT else self._settled(known, exit_plan)

    def _may_appear(self, broker: Broker, sending: Sending) -> bool:
        """Where an id could be taken twice, an exit is in doubt until whoever follows it has given it up."""
        if broker.capabilities.unique_client_order_ids:
            # A clock that was set back must not leave a position without exits for hours.
            return abs(self.runtime.clock() - sending.at) <= ARRIVAL_TIME
        return any(self.open_orders.find(name) is not None for name in sending.names)

    def send(
        self,
        held: HeldSymbol,
        known: StoredExitPlan,
        holding: Holding,
        step: PlaceExits | CloseAtMarket,
        instrument: Instrument,
    ) -> StoredExitPlan | None:
        """Send an exit; None when the outcome is in doubt."""
        exit_plan = known.plan
        # An exchange refuses more than its freeze quantity as a whole; what is left over stays watched.
        step = replace(step, quantity=instrument.in_one_order(step.quantity))
        sending = _sending(exit_plan, holding, step, self.runtime.clock())
        exit_plan = replace(exit_plan, place=exit_plan.place + 1, sending=sending)
        # The name and the next place are stored before the send: after a crash there is an id to ask for, and
        # no later exit can come by the same one.
        known = self.plans.rewrite(known, exit_plan)
        return self._submit(held, known, exit_plan, instrument)

    def _submit(
        self,
        held: HeldSymbol,
        known: StoredExitPlan,
        exit_plan: ExitPlan,
        instrument: Instrument,
        *,
        is_doubted: bool = False,
    ) -> StoredExitPlan | None:
        sending = exit_plan.sending
        assert sending is not None  # noqa: S101  # both callers have seen to it
        # Tracked first: a fill that nobody counts would leave its units in the books, to be sold again.
        self._track(exit_plan, sending, instrument)
        orders = _orders(sending, instrument, together=held.broker.capabilities.oco)
        for order in orders:
            outcome = self.gateway.submit(held, order, ticket=exit_plan.ticket)
            if is_doubted and isinstance(outcome, Rejected):
                # It proves nothing about the first send, which the broker may show yet.
                return None
            self._report(exit_plan, order, outcome)
            # `sending` stays written: the exit may rest there, and another would sell the units twice.
            if isinstance(outcome, Unknown):
                return None
            if isinstance(outcome, Placed):
                continue
            # Nothing rests under these names; if still tracked, their units would count as on their way out.
            self._forget(order)
            if order is not orders[0]:
                # The stop is there; a broker may want money for a second order on the same units.
                return self._settled(known, replace(exit_plan, lone_stop=True))
            self._pause(known.position, sending)
            return self._settled(known, exit_plan)
        self._taken[known.position] = sending
        return self._settled(known, exit_plan)

    def _track(self, exit_plan: ExitPlan, sending: Sending, instrument: Instrument) -> None:
        self.runtime.store.apply(
            [
                open_exit(
                    exit_plan,
                    name,
                    multiplier=instrument.multiplier,
                    at=self.runtime.clock(),
                    at_market=sending.leaves,
                ).opening()
                for name in sending.names
            ]
        )

    def _settled(self, known: StoredExitPlan, exit_plan: ExitPlan) -> StoredExitPlan:
        return self.plans.rewrite(known, replace(exit_plan, sending=None))

    def _forget(self, order: Order) -> None:
        names = [order.client_order_id]
        if order.order_class is OrderClass.OCO:
            names = [order.client_order_id + suffix for suffix in (TAKE_PROFIT_SUFFIX, STOP_LOSS_SUFFIX)]
        self.open_orders.forget(names)

    def _pause(self, position: Place, sending: Sending) -> None:
        key = position, sending.leaves
        _, last = self._pauses.get(key, (None, SHORTEST_PAUSE / 2))
        # Doubled, so that an exit that is refused for hours leaves requests for those that are not.
        pause = min(last * 2, LONGEST_PAUSE_TO_LEAVE if sending.leaves else LONGEST_PAUSE)
        self._pauses[key] = (self.runtime.clock() + pause, pause)

    def _report(self, exit_plan: ExitPlan, order: Order, outcome: Outcome) -> None:
        what = f"{exit_plan.bot}: {_describe(order)} at {exit_plan.broker}"
        self.runtime.journal.activity(f"exits: {what}: {_described(outcome)}")
        if isinstance(outcome, Rejected):
            self._tell(exit_plan, what, outcome.error.message)

    def _tell(self, exit_plan: ExitPlan, what: str, failure: str) -> None:
        _logger.warning("The broker refused exits of %s: %s", exit_plan.symbol, failure)
        message = f"{what}: {failure} Gatehouse watches the price itself and tries again."
        key = f"{exit_plan.bot} {exit_plan.symbol}"
        self.runtime.notifier.notify(EventKind.EXIT_REJECTED, message, key=key, about=exit_plan.symbol)


def _asks_for(step: Step | None, sending: Sending) -> bool:
    if isinstance(step, CloseAtMarket):
        return sending.leaves and (step.quantity, step.suffix) == (sending.quantity, sending.suffix)
    wanted = Levels(sending.stop, sending.target)
    return isinstance(step, PlaceExits) and (step.quantity, step.levels) == (sending.quantity, wanted)


def _sending(
    exit_plan: ExitPlan, holding: Holding, step: PlaceExits | CloseAtMarket, now: datetime
) -> Sending:
    name = placed_order_id(exit_plan.bot, exit_plan.ticket, exit_plan.place)
    side = holding.side.opposite
    if isinstance(step, CloseAtMarket):
        return Sending(name, side, step.quantity, now, suffix=step.suffix)
    return Sending(name, side, step.quantity, now, *step.levels, suffix=_suffix(step.levels))


def _suffix(levels: Levels) -> str:
    if levels.stop is not None and levels.target is not None:
        return ""
    return STOP_LOSS_SUFFIX if levels.stop is not None else TAKE_PROFIT_SUFFIX


def _orders(sending: Sending, instrument: Instrument, *, together: bool) -> list[Order]:
    """Write a pair as one order where the broker knows such, else as two that are canceled for each other."""
    if sending.suffix:
        return [_single(sending, instrument)]
    if not together:
        # The stop comes first: where the broker takes only one of the two, it is the one that limits a loss.
        stop = replace(sending, target=None, suffix=STOP_LOSS_SUFFIX)
        target = replace(sending, stop=None, suffix=TAKE_PROFIT_SUFFIX)
        return [_single(stop, instrument), _single(target, instrument)]
    pair = replace(
        _single(sending, instrument),
        order_class=OrderClass.OCO,
        stop_price=None,
        take_profit=sending.target,
        stop_loss=sending.stop,
    )
    return [pair]


def _single(sending: Sending, instrument: Instrument) -> Order:
    # Not a stop-limit: the price may jump over its limit, and the position would be left without a way out.
    kind = OrderType.STOP if sending.stop is not None else OrderType.MARKET
    if sending.target is not None:
        kind = OrderType.LIMIT
    return Order(
        client_order_id=sending.name + sending.suffix,
        instrument=instrument,
        side=sending.side,
        role=OrderRole.EXIT,
        type=kind,
        # What rests must outlive the day, or the position is bare overnight. A close is for the day: Alpaca
        # takes fractions in no other form.
        time_in_force=TimeInForce.DAY if kind is OrderType.MARKET else TimeInForce.GTC,
        quantity=sending.quantity,
        limit_price=sending.target,
        stop_price=sending.stop,
    )


def _described(outcome: Outcome) -> str:
    if isinstance(outcome, Rejected | Unknown):
        return outcome.error.message
    return "placed" if isinstance(outcome, Placed) else "not sent in a dry run"


def _describe(order: Order) -> str:
    levels = [
        f"{name} {price:f}"
        for name, price in (
            ("stop", order.stop_loss or order.stop_price),
            ("target", order.limit_price),
        )
        if price is not None
    ]
    where = ", ".join(levels) or "at the market"
    return f"{order.side.value} {order.quantity:f} {order.instrument.symbol} {where}"
