"""Leaves structures for those who stand above their bots: the operator and the circuit breaker."""

from contextlib import suppress
from uuid import UUID

from app.dataclass import dataclass
from app.domain.orders import OrderRole
from app.domain.reasons import Reason
from app.domain.structures.commands import units_trimmed
from app.domain.structures.trades import ExitCause, StructureTrade
from app.domain.tickets import Ticket, TicketStatus
from app.errors import BrokerUnavailable, Conflict, RequestRefused, TradeUnknown
from app.repositories.open_orders import OPERATOR
from app.repositories.structure_trades import StructureTrades
from app.repositories.tickets import Ledger
from app.services.base import Runtime
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.portfolio.closers import ClosedBy
from app.services.structures.exits import StructureExits
from app.services.structures.ladders import Ladders


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureClosings:
    """Leave a trade by its ladder, whole or in part, under a ticket of its own."""

    runtime: Runtime
    ledger: Ledger
    trades: StructureTrades
    gateway: StructureGateway
    exits: StructureExits
    ladders: Ladders

    def leave(self, trade: StructureTrade, by: ClosedBy, *, ticket: UUID, trim: int | None = None) -> Ticket:
        """Begin to leave a trade; raise TradeUnknown where it is over, RequestRefused where it is being left.

        The ladder goes on by the clock until the trade is left, in any trading state.
        """
        broker, is_operator = self.runtime.registry.get(trade.broker), by.dialect == OPERATOR
        cause = ExitCause.OPERATOR if is_operator else ExitCause.CIRCUIT_BREAKER
        with self.gateway.gateway.hold(broker, trade.symbol, by_operator=is_operator) as held:
            known = self.trades.find(trade.bot, trade.id)
            if known is None:
                raise TradeUnknown(f"There is no open trade {trade.number}.")
            _require_open(known.trade, trim)
            filed = self._ticket(known.trade, by, ticket, trim)
            # The wish first: a ticket without it would tell of an exit that nobody pursues.
            self.exits.begin_held(known, ticket, cause, trim)
            # Before the first order: how the ladder ends is written into it.
            self.runtime.store.apply([self.ledger.writing(filed)])
            with suppress(BrokerUnavailable, Conflict), broker.urgently():
                self.ladders.step_held(held, trade.bot, trade.id)
        self.runtime.journal.activity(f"{by.name}: leaves trade {trade.number}, {trade.symbol}")
        return filed

    def _ticket(self, trade: StructureTrade, by: ClosedBy, number: UUID, trim: int | None) -> Ticket:
        request = {"close": trade.number, "trim": trim, "broker": trade.broker, "by": by.name}
        # The operator's, whoever closes, as with positions: no bot has asked for it.
        ticket = Ticket(number, OPERATOR, by.dialect, self.runtime.clock(), request)
        ticket.note(by.stage, ticket.created_at, by.reason)
        ticket.signal = {
            "closes": [{"trade": trade.number, "units_closed": units_trimmed(trade.units, trim)}]
        }
        ticket.end(TicketStatus.ORDERED)
        return ticket


def _require_open(trade: StructureTrade, trim: int | None) -> None:
    if trim is not None and not trade.is_whole:
        raise RequestRefused(f"Trade {trade.number} is broken: what is left of it is closed whole.")
    if trim is not None and not trade.units:
        raise RequestRefused(f"Trade {trade.number} holds nothing yet that could be trimmed.")
    if _is_going(trade) and (trim is not None or _goes_whole(trade)):
        raise RequestRefused(f"{Reason.TRADE_CLOSING.meaning} Its ladder goes on until it is left.")


def _is_going(trade: StructureTrade) -> bool:
    """Tell whether it is left for a reason that does not give up; a profit target does."""
    work = trade.work
    exits = work is not None and work.role is OrderRole.EXIT and work.cause is not ExitCause.PROFIT_TARGET
    return exits or trade.wanted_exit is not None


def _goes_whole(trade: StructureTrade) -> bool:
    if trade.wanted_exit is not None:
        return trade.wanted_exit.units is None
    return trade.work is None or trade.work.units >= trade.units
