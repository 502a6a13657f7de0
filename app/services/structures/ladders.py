"""Climbs ladders: one step a call, each written before it is sent, so that any process can go on from it."""

import logging
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

from app.dataclass import dataclass
from app.domain.orders import OrderRole, OrderStatus
from app.domain.reasons import Reason
from app.domain.structures.beginnings import followed_by, leaving, placed
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.domain.structures.trades import (
    ExitCause,
    LadderWork,
    StructureTrade,
    TradeState,
    count_receipt,
    without_work,
)
from app.errors import BrokerUnavailable, Conflict
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.services.base import Runtime
from app.services.broker_access.gateway import HeldSymbol
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.runtime.turns import Apart, in_time
from app.services.structures.closing_prices import ClosingPrices
from app.services.structures.entry_switches import EntrySwitches
from app.services.structures.ladder_times import PAUSES, begins, broker_time, is_over
from app.services.structures.pacing import LadderPacing
from app.services.structures.progress import StructureProgress

# What is not at a broker whose ids are not unique after so long was not placed.
LOOKED_FOR = timedelta(seconds=60)
# What a broker does not show so long after it was sent, and refuses now, has not arrived.
ARRIVES = timedelta(seconds=10)
# The first order of a ladder follows on its writing; later only what was interrupted is sent first.
AT_ONCE = timedelta(seconds=2)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladders:
    """Take the ladder of a trade one step further."""

    runtime: Runtime
    trades: StructureTrades
    gateway: StructureGateway
    closing: ClosingPrices
    progress: StructureProgress
    pacing: LadderPacing
    switches: EntrySwitches

    def run(self) -> int:
        """Go on with trades that are worked on, as long as the clock can wait; return how many changed."""
        self.progress.catch_up()
        waiting = [stored for stored in self.trades.readable() if stored.trade.work is not None]
        now = self.runtime.clock()
        self.closing.ahead.read(stored.trade for stored in waiting if begins(stored.trade, now))
        moved, waits = 0, {stored.key for stored in waiting}
        # One trade's trouble is not the others'.
        with Apart() as steps:
            for stored in in_time(self.pacing.in_turn(waiting)):
                with steps.one():
                    moved += self._attempt(stored)
                waits.discard(stored.key)
            self.pacing.leave(waits, (stored.trade.work for stored in waiting))
        return moved

    def step(self, bot: str, trade_id: str) -> StructureTrade | None:
        """Go on with one trade, its underlying held; return it as it stands then, None where it is over."""
        known = self.trades.find(bot, trade_id)
        if known is None:
            return None
        broker, work = self.runtime.registry.get(known.trade.broker), known.trade.work
        leaves = work is not None and work.role is OrderRole.EXIT
        # Whoever wants out takes the requests that a broker keeps for that.
        urgently = broker.urgently() if leaves else nullcontext()
        # What the operator wants out leaves the house in a dry run too, at every step of the ladder.
        by_operator = work is not None and work.cause is ExitCause.OPERATOR
        hold = self.gateway.gateway.hold(broker, known.trade.symbol, by_operator=by_operator)
        with hold as held, urgently:
            return self.step_held(held, bot, trade_id)

    def step_held(self, held: HeldSymbol, bot: str, trade_id: str) -> StructureTrade | None:
        """Go on with one trade whose underlying is held already."""
        known = self.trades.find(bot, trade_id)
        if known is None or known.trade.work is None:
            return None if known is None else known.trade
        return self._step(held, known, known.trade.work)

    def _attempt(self, stored: StoredStructureTrade) -> int:
        before = stored.trade
        try:
            after = self.step(before.bot, before.id)
        except (BrokerUnavailable, BrokerNotConfigured, Conflict) as error:
            _logger.info("Trade %s waits: %s", before.number, error)
            return 0
        return int(after != before)

    def _step(self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork) -> StructureTrade | None:
        now = self.runtime.clock()
        desk = self.gateway.desk(held)
        # A simulated clock that was moved takes the ladder along; one that stands still does not hold it.
        is_due = work.due_at is not None and broker_time(held.broker, now) >= work.due_at
        if work.resume_at is not None:
            goes_on = (is_due or is_over(work.resume_at, now)) and self.pacing.has_room(held.broker, work)
            return self._begin_again(held, known, work, now) if goes_on else known.trade
        receipt = desk.find(work.client_order_id)
        if receipt is None:
            return self._unplaced(held, known, work, now)
        known = self._count(known, receipt, now)
        rest = timedelta(seconds=work.rung.seconds)
        # Before its beginning only a clock is that was set back: nothing rests for longer because of that.
        is_resting = work.began_at <= now < work.began_at + rest
        rests = known.trade.wanted_exit is None and not is_due and is_resting
        # What trades at once or not at all is gone before its time: a ladder is no quicker for it.
        if rests and (not receipt.status.is_final or (not desk.capabilities.rests and _is_gone(receipt))):
            return known.trade
        if not receipt.status.is_final:
            if not self.pacing.has_room(held.broker, work):
                return known.trade
            self.pacing.sent(held.broker)
            # It may fill before the cancel arrives: what it came to is counted when it is final.
            self.gateway.cancel(held, receipt, ticket=work.ticket)
            found = self.gateway.desk(held).find(work.client_order_id)
            if found is None or not found.status.is_final:
                return known.trade
            receipt, known = found, self._count(known, found, now)
        return self._after(held, known, receipt, now)

    def _count(
        self, known: StoredStructureTrade, receipt: StructureReceipt, now: datetime
    ) -> StoredStructureTrade:
        after = count_receipt(known.trade, receipt, now)
        return known if after == known.trade else self.trades.rewrite(known, after)

    def _unplaced(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade | None:
        if work.role is OrderRole.ENTRY and self._is_unwanted(known.trade, now - work.began_at):
            # It is not sent for whoever wants out by now; what may be on its way is waited for.
            waits = work.is_sent and now - work.began_at < LOOKED_FOR
            return known.trade if waits else self._end(known, self.switches.refusal(known.trade), now)
        if not work.is_sent:
            return self._send(held, known, work, now)
        if held.broker.capabilities.unique_client_order_ids:
            if self.pacing.is_doubted(work) and now - work.began_at < ARRIVES:
                # To send it every second would use up the requests of all other ladders.
                return known.trade
            # The broker knows its id: sent again it is the same order, never a second one.
            return self._submit(held, known, work, now, again=True)
        if now - work.began_at < LOOKED_FOR:
            return known.trade
        return self._next(held, known, work, now)

    def _is_unwanted(self, trade: StructureTrade, age: timedelta) -> bool:
        return trade.wanted_exit is not None or (age >= AT_ONCE and self.switches.refusal(trade) is not None)

    def _send(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade | None:
        """Write that the order may be at the broker, and then send it: never the other way round."""
        due_at = broker_time(held.broker, now) + timedelta(seconds=work.rung.seconds)
        work = replace(work, is_sent=True, began_at=now, due_at=due_at)
        known = self.trades.rewrite(known, replace(known.trade, work=work))
        return self._submit(held, known, work, now)

    def _submit(
        self,
        held: HeldSymbol,
        known: StoredStructureTrade,
        work: LadderWork,
        now: datetime,
        *,
        again: bool = False,
    ) -> StructureTrade | None:
        order = StructureOrder(work.client_order_id, work.structure, work.units, work.rung.price, work.role)
        self.pacing.sent(held.broker)
        receipt = self.gateway.submit(held, order, ticket=work.ticket)
        if receipt is None:
            # Nothing goes outside in a dry run: the trade ends without a unit.
            return self._end(known, None, now)
        # A second send that is refused proves nothing about the first: that one may be on its way, and an
        # order beside it would find nothing left to trade, with what the first one filled in no book.
        is_proof = not again or now - work.began_at >= ARRIVES
        if receipt.status is OrderStatus.UNKNOWN:
            return known.trade
        if receipt.status is OrderStatus.REJECTED and not is_proof:
            self.pacing.doubt(work)
            return known.trade
        known = self._count(known, receipt, now)
        return self._after(held, known, receipt, now) if receipt.status.is_final else known.trade

    def _after(
        self, held: HeldSymbol, known: StoredStructureTrade, receipt: StructureReceipt, now: datetime
    ) -> StructureTrade | None:
        """Go on after an order that is over: done, refused, or one price further."""
        work = known.trade.work
        if work is None or known.trade.wanted_exit is not None:
            return self._end(known, None, now)
        if work.units == 0:
            return self._next_part(held, known, work, now)
        if receipt.status is OrderStatus.REJECTED:
            self.progress.rejected(known.trade, receipt)
            if work.role is OrderRole.ENTRY:
                # A refusal is an answer: nothing is ever sent again after it.
                return self._end(known, receipt.reason or Reason.BROKER_REJECTED, now)
            return self._pause(held, known, work, now)
        return self._next(held, known, work, now)

    def _next_part(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade | None:
        """Go on with the other pair, at prices of its own that stood when the first began."""
        if not work.rest:
            return self._end(known, None, now)
        part, *later = work.rest
        begun = replace(
            work,
            structure=part.structure,
            rungs=part.rungs,
            units=work.rest_units,
            rest=tuple(later),
            step=0,
        )
        after = placed(begun, known.trade, now)
        known = self.trades.rewrite(known, replace(known.trade, work=after))
        return self._send(held, known, after, now)

    def _next(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade | None:
        enters = work.role is OrderRole.ENTRY
        refusal = self.switches.refusal(known.trade) if enters else None
        if work.is_last or refusal is not None:
            if enters:
                return self._end(known, refusal or Reason.LADDER_EXHAUSTED, now)
            if work.cause is ExitCause.PROFIT_TARGET:
                # The target is not there any more: the trade is watched again, its stop above all.
                return self._end(known, None, now)
            return self._pause(held, known, work, now)
        after = placed(replace(work, step=work.step + 1), known.trade, now)
        known = self.trades.rewrite(known, replace(known.trade, work=after))
        return self._send(held, known, after, now)

    def _pause(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade:
        pause = timedelta(seconds=PAUSES[min(work.attempts, len(PAUSES) - 1)])
        due_at = broker_time(held.broker, now) + pause
        after = replace(work, attempts=work.attempts + 1, resume_at=now + pause, due_at=due_at)
        self.progress.pursued(known.trade, after)
        return self.trades.rewrite(known, replace(known.trade, work=after)).trade

    def _begin_again(
        self, held: HeldSymbol, known: StoredStructureTrade, work: LadderWork, now: datetime
    ) -> StructureTrade | None:
        plan = self.closing.plan(held, known.trade, work)
        again = replace(
            work, structure=plan.structure, units=plan.units, rungs=plan.rungs, step=0, resume_at=None
        )
        again = followed_by(again, plan.rest) if plan.rest else again
        after = placed(again, known.trade, now)
        known = self.trades.rewrite(known, replace(known.trade, work=after))
        return self._send(held, known, after, now)

    def _end(
        self, known: StoredStructureTrade, reason: Reason | None, now: datetime
    ) -> StructureTrade | None:
        closed_at = broker_time(self.runtime.registry.get(known.trade.broker), now)
        trade = without_work(known.trade, closed_at, reason)
        self.progress.write_down(known.trade, trade)
        if trade.state is TradeState.CLOSED:
            self.runtime.store.apply(self.trades.ending(known, trade, self.runtime.clock()))
        else:
            trade = leaving(trade, trade.wanted_exit, now) if trade.wanted_exit is not None else trade
            trade = self.trades.rewrite(known, trade).trade
        self.progress.ended(known.trade, trade)
        return None if trade.state is TradeState.CLOSED else trade


def _is_gone(receipt: StructureReceipt) -> bool:
    return receipt.status in {OrderStatus.CANCELED, OrderStatus.EXPIRED}
