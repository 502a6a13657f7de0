"""What is planned for an alert, in the words of a ticket."""

from decimal import Decimal

from app.domain.instruments import Instrument
from app.domain.planning import Plan, left_unused
from app.domain.reasons import Reason
from app.domain.refusals import units
from app.domain.signals import Signal, Target
from app.services.trading.context import OrderContext

DIRECTIONS = {1: "long", 0: "flat", -1: "short"}


def plan_told(decided: Plan, held: Decimal, context: OrderContext) -> str:
    """Tell a plan in one line of the timeline, and what of the alert has no part in it."""
    has = f"{context.symbol}, the bot holds {units(held, context.instrument)}"
    unused = left_unused(context.signal, decided)
    apart = f"; not used, since nothing is entered: {', '.join(unused)}" if unused else ""
    if context.overtaken_by is not None:
        has += f"; a later alert came first and says {_position(context.overtaken_by)}"
    reason = decided.refusal or decided.skip
    if reason is not None:
        return f"{has}: {reason.value}{apart}"
    steps = [f"close {units(decided.close, context.instrument)}"] if decided.close else []
    steps += [f"enter {decided.entry_side.value}"] if decided.entry_side is not None else []
    return f"{has}: {', then '.join(steps)}{apart}"


def _position(target: Target) -> str:
    size = "" if target.now_size is None or target.now == 0 else f" {target.now_size:f}"
    return f"{DIRECTIONS[target.now]}{size}"


def room_told(decided: Plan, room: Decimal, context: OrderContext) -> str:
    """Tell why less is closed than was planned."""
    instrument = context.instrument
    told = f"other orders at the broker close the rest of what is held: close {units(room, instrument)}"
    if room and decided.entry_side is not None:
        # It would stand beside them, or be taken for one more that closes.
        told += f", and do not enter {decided.entry_side.value}"
    return told


def refusal_told(reason: Reason, signal: Signal, held: Decimal, instrument: Instrument) -> str:
    """Tell what a plan was refused for: what was asked, what is held."""
    has = f"the bot holds {units(held, instrument)}"
    if reason is Reason.POSITION_CLOSING:
        return f"{has}; cancel what rests at the broker, or let it close the position"
    return has if signal.quantity is None else f"asked {units(signal.quantity, instrument)}, {has}"
