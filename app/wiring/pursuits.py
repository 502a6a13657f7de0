"""How orders are sent and exits carried on with: who tries them again, and what they stand on."""

from app.repositories.closed_trades import ClosedTrades
from app.repositories.structure_trades import StructureTrades
from app.schemas.alerts import read_stored_signal
from app.services.orders.free_positions import FreePositions
from app.services.orders.tracking import OrderTracker
from app.services.pursuits.alert_exits import AlertExits
from app.services.pursuits.follow_up import FollowUp
from app.services.pursuits.gone import GonePositions
from app.services.pursuits.operator_exits import OperatorExits
from app.services.pursuits.orders import PursuitOrders
from app.services.pursuits.overtaking import Overtaking
from app.services.pursuits.service import PursuitService
from app.services.runtime.second_look import SecondLook
from app.services.runtime.supervisor import Task
from app.services.trading.assessment import Assessor
from app.services.trading.behind_exits import BehindExits
from app.services.trading.execution import EnsureExits, Trading
from app.services.trading.numbered_trades import NumberedTrades
from app.services.trading.submission import Submission
from app.wiring.foundation import Foundation

# The shortest pause between two tries: a tick must not make it longer.
PERIOD_SECONDS = 1.0


def pursuit_service(
    base: Foundation, trading: Trading, tracker: OrderTracker, ensure_exits: EnsureExits
) -> PursuitService:
    """Return what carries on with exits."""
    assessor, numbers = trading.assessor, numbered_trades(base)
    gone = GonePositions(trades=base.trades, looks=SecondLook(base.clock))
    orders = PursuitOrders(
        store=base.store,
        open_orders=base.open_orders,
        ledger=base.ledger,
        pursuits=base.pursuits,
        tracker=tracker,
        gateway=base.gateway,
        resubmission=base.resubmission,
        clock=base.clock,
    )
    return PursuitService(
        runtime=base.runtime,
        pursuits=base.pursuits,
        ledger=base.ledger,
        gateway=base.gateway,
        orders=orders,
        alert_exits=AlertExits(
            assessor=assessor,
            orders=orders,
            follow_up=_follow_up(base, trading),
            gone=gone,
            bots=base.bots,
            read_signal=lambda dialect, alert: numbers.understood(read_stored_signal(dialect, alert)),
        ),
        operator_exits=_operator_exits(base, assessor, orders),
        overtaking=Overtaking(ledger=base.ledger, pursuits=base.pursuits),
        ensure_exits=ensure_exits,
        ticket_messages=base.ticket_messages,
        metrics=base.metrics,
        gone=gone,
    )


def _follow_up(base: Foundation, trading: Trading) -> FollowUp:
    return FollowUp(
        store=base.store,
        pursuits=base.pursuits,
        trading=trading,
        resubmission=base.resubmission,
        clock=base.clock,
    )


def numbered_trades(base: Foundation) -> NumberedTrades:
    """Return what knows trades of shares, coins and contracts by their numbers."""
    return NumberedTrades(base.trades, ClosedTrades(base.store))


def _operator_exits(base: Foundation, assessor: Assessor, orders: PursuitOrders) -> OperatorExits:
    return OperatorExits(
        orders=orders,
        working_orders=assessor.planner.working_orders,
        trades=base.trades,
        free=FreePositions(StructureTrades(base.store)),
    )


def behind_exits(base: Foundation) -> BehindExits:
    """Return what holds entries back while exits go on."""
    return BehindExits(base.pursuits, base.clock)


def submission(base: Foundation, assessor: Assessor) -> Submission:
    """Return what sends orders for the first time."""
    return Submission(assessor=assessor, gateway=base.gateway, pursuits=base.pursuits, clock=base.clock)


def pursuit_task(service: PursuitService) -> Task:
    """Return what the clock does with them."""
    return Task("pursuits", PERIOD_SECONDS, service.run)
