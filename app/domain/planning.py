"""From an intent and what the bot holds to what must be closed and what must be opened.

`held` is signed (short is negative) and is the bot's own share of the account's position.
"""

from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.signals import COMMANDS, STRUCTURES, Dialect, Intent, Signal, Target


@dataclass(frozen=True, slots=True)
class Plan:
    """What an alert comes to: units to close, then a side to enter.

    `entry_quantity` None leaves the size to the bot's sizing. `skip` says why there is nothing to do,
    `refusal` why it cannot be told what to do.
    """

    close: Decimal = ZERO
    entry_side: Side | None = None
    entry_quantity: Decimal | None = None
    skip: Reason | None = None
    refusal: Reason | None = None


NOTHING_TO_EXIT = Plan(skip=Reason.POSITION_NONE)
NOTHING_TO_ADD_TO = Plan(refusal=Reason.POSITION_MISSING)
ALREADY_THERE = Plan(skip=Reason.POSITION_REACHED)


OVERTAKEN = Plan(skip=Reason.ALERT_OVERTAKEN)


def plan(
    signal: Signal,
    held: Decimal,
    *,
    by_contracts: bool,
    cover_only: bool = True,
    overtaken_by: Target | None = None,
) -> Plan:
    """Decide what takes the bot from what it holds to what the alert asks for.

    `by_contracts`: the bot trades TradingView's own sizes rather than a size of its own. `cover_only`: what
    says that it covers may do nothing else. `overtaken_by`: where the strategy stands by a later alert that
    came before this one.
    """
    if overtaken_by is not None:
        return _catch_up(overtaken_by, signal, held, by_contracts=by_contracts)
    if signal.intent is Intent.ORDER:
        return _plain_order(signal, held)
    if signal.intent is Intent.COVER:
        return _cover(signal, held, cover_only=cover_only)
    return _by_strategy(signal, held, by_contracts=by_contracts or signal.terms.sizes)


def _by_strategy(signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    if signal.intent is Intent.TARGET and signal.target is not None:
        return _towards(signal.target, signal, held, by_contracts=by_contracts)
    if signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT}:
        side = Side.BUY if signal.intent is Intent.ENTER_LONG else Side.SELL
        return _enter(side, signal, held, by_contracts=by_contracts)
    return _exit(signal, held, by_contracts=by_contracts)


def _exit(signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    is_long, is_short = held > ZERO, held < ZERO
    matches = {Intent.EXIT_LONG: is_long, Intent.EXIT_SHORT: is_short, Intent.CLOSE: is_long or is_short}
    if not matches[signal.intent]:
        return NOTHING_TO_EXIT
    if signal.terms.closes is not None:
        return Plan(close=abs(held) * signal.terms.closes)
    # TradingView puts its own size into every alert; under another name it is a wish to close no more.
    is_own = by_contracts or signal.dialect is Dialect.BOT_COMMAND
    is_part = is_own and signal.size_field is not None and signal.quantity
    return Plan(close=min(signal.quantity or ZERO, abs(held)) if is_part else abs(held))


def _enter(side: Side, signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    wanted = signal.quantity if by_contracts else None
    if held * side.sign > ZERO and not signal.terms.adds:
        return ALREADY_THERE
    if held * side.sign >= ZERO:
        return Plan(entry_side=side, entry_quantity=wanted)
    # TradingView's size of a reversing order contains the units that it closes.
    if wanted is not None and wanted > abs(held) and not signal.terms.opens_all:
        wanted -= abs(held)
    return Plan(close=abs(held), entry_side=side, entry_quantity=wanted)


def _plain_order(signal: Signal, held: Decimal) -> Plan:
    quantity, terms = signal.quantity or ZERO, signal.terms
    if terms.reaches is not None and (terms.reaches or held):
        return _reach(terms.reaches, held)
    if terms.only_adds:
        return _add(signal, held)
    if held * signal.side.sign > ZERO and not terms.adds:
        return ALREADY_THERE
    if held * signal.side.sign >= ZERO:
        return Plan(entry_side=signal.side, entry_quantity=quantity)
    if quantity <= abs(held):
        return Plan(close=quantity)
    return Plan(close=abs(held), entry_side=signal.side, entry_quantity=quantity - abs(held))


def _reach(wanted: Decimal, held: Decimal) -> Plan:
    if wanted == held:
        return ALREADY_THERE
    if wanted * held > ZERO and abs(wanted) < abs(held):
        return Plan(close=abs(held) - abs(wanted))
    kept = held if wanted * held > ZERO else ZERO
    opened, side = abs(wanted - kept), Side.BUY if wanted > ZERO else Side.SELL
    closed = abs(held - kept)
    return Plan(closed, side, opened) if opened else Plan(close=closed)


def _add(signal: Signal, held: Decimal) -> Plan:
    if held == ZERO:
        return NOTHING_TO_ADD_TO
    return Plan(entry_side=Side.BUY if held > ZERO else Side.SELL, entry_quantity=signal.quantity)


def _cover(signal: Signal, held: Decimal, *, cover_only: bool) -> Plan:
    if not cover_only:
        return _plain_order(signal, held)
    quantity = signal.quantity or ZERO
    if held >= ZERO:
        return Plan(refusal=Reason.COVER_WITHOUT_SHORT)
    return Plan(close=quantity) if quantity <= -held else Plan(refusal=Reason.COVER_EXCEEDS_SHORT)


def _towards(target: Target, signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    if target.now == 0:
        return Plan(close=abs(held)) if _can_close(signal, held) else NOTHING_TO_EXIT
    if by_contracts and target.now_size is not None:
        return _to_size(target.now, target.now_size, signal, held)
    if held * target.now > ZERO:
        return _resize(target, signal, held, by_contracts=by_contracts)
    return _enter_towards(target, signal, held, by_contracts=by_contracts)


def _catch_up(goal: Target, signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    """Do, of what a late alert could do, only what leads to where its strategy stands by now."""
    if goal.now != 0 and by_contracts and goal.now_size is not None:
        wanted = _to_size(goal.now, goal.now_size, signal, held)
    elif goal.now != 0 and held * goal.now > ZERO:
        wanted = ALREADY_THERE
    else:
        wanted = _towards(goal, signal, held, by_contracts=by_contracts)
    if wanted.entry_side is not None and signal.target is not None:
        # One that was to leave or trim opens nothing for the later one, which had its own gates to pass.
        wanted = wanted if signal.target.now == signal.side.sign else Plan(close=wanted.close)
    if wanted.close or wanted.entry_side is not None:
        return wanted
    wanted_in = signal.target is not None and signal.target.now == signal.side.sign
    return OVERTAKEN if wanted_in or _can_close(signal, held) else NOTHING_TO_EXIT


def _can_close(signal: Signal, held: Decimal) -> bool:
    """A sell closes longs, a buy shorts: a close that comes late must not buy back the short after it."""
    return held * signal.side.sign < ZERO


def _to_size(direction: int, size: Decimal, signal: Signal, held: Decimal) -> Plan:
    side = Side.BUY if direction > 0 else Side.SELL
    same_side = max(held * direction, ZERO)
    opposite = max(-held * direction, ZERO)
    if same_side > size and _can_close(signal, held):
        return Plan(close=same_side - size)
    if same_side >= size:
        return ALREADY_THERE
    return _never_against(signal, Plan(opposite, side, size - same_side))


def _resize(target: Target, signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    """Add to or trim a position that is on the wanted side, by the ratio of TradingView's two sizes."""
    now, before = target.now_size, target.before_size
    if target.before is not None and target.before != target.now:
        return ALREADY_THERE
    if now is not None and before:
        if now < before:
            trimmed = Plan(close=min(abs(held) * (before - now) / before, abs(held)))
            return trimmed if _can_close(signal, held) else NOTHING_TO_EXIT
        return (
            ALREADY_THERE
            if now == before
            else _enter_towards(target, signal, held, by_contracts=by_contracts)
        )
    if signal.side.sign == target.now:
        return _enter_towards(target, signal, held, by_contracts=by_contracts)
    if by_contracts and signal.quantity is not None:
        return Plan(close=min(signal.quantity, abs(held)))
    return Plan(refusal=Reason.TARGET_SIZE_UNKNOWN)


def _enter_towards(target: Target, signal: Signal, held: Decimal, *, by_contracts: bool) -> Plan:
    side = Side.BUY if target.now > 0 else Side.SELL
    return _never_against(signal, _enter(side, signal, held, by_contracts=by_contracts))


def _never_against(signal: Signal, wanted: Plan) -> Plan:
    """A sell alert never makes us buy, whether into a position that we missed or out of a short."""
    return wanted if wanted.entry_side is signal.side else NOTHING_TO_EXIT


def may_enter(signal: Signal, *, cover_only: bool) -> bool:
    """Tell whether an alert can open anything at all, whatever is held; False: it only exits."""
    if signal.intent is Intent.COVER:
        return not cover_only
    if signal.intent is Intent.TARGET and signal.target is not None:
        # What sells while its strategy stays long only trims: no alert enters against its own side.
        return signal.target.now == signal.side.sign
    return signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT, Intent.ORDER}


def only_exits(signal: Signal, *, cover_only: bool) -> bool:
    """Tell whether an alert wants out of a position and nothing else; a command is about an order."""
    is_about_position = signal.intent not in COMMANDS | STRUCTURES
    return is_about_position and not may_enter(signal, cover_only=cover_only)


def only_buys(signal: Signal) -> bool:
    """Tell whether an alert means to buy and hold more, so that nothing it may sell depends on what is held.

    A plain buy may buy back what was sold short; how much, only the position says.
    """
    if signal.side is not Side.BUY:
        return False
    if signal.intent is Intent.TARGET and signal.target is not None:
        return signal.target.now > 0
    return signal.intent is Intent.ENTER_LONG


def wants_entry_after(signal: Signal, side: Side, closed: Decimal) -> bool:
    """Tell whether an alert whose exit of this side and size was placed wanted an entry after it."""
    if signal.intent in {Intent.ORDER, Intent.COVER}:
        if signal.terms.reaches:
            return signal.terms.reaches * side.sign > ZERO
        return signal.quantity is not None and signal.quantity > closed
    if signal.intent is Intent.TARGET and signal.target is not None:
        return signal.target.now == side.sign
    return signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT}


def leaving_room(decided: Plan, room: Decimal) -> Plan:
    """Return a plan that closes no more than `room`: the rest is closed by orders that rest already.

    What would be entered after it would stand beside those orders, on the same side.
    """
    if decided.close <= room:
        return decided
    return Plan(close=room) if room > ZERO else Plan(refusal=Reason.POSITION_CLOSING)


def left_unused(signal: Signal, decided: Plan) -> list[str]:
    """Name what an alert says that has no part in what comes of it, as nothing is entered."""
    if decided.entry_side is not None:
        return []
    levels = {"stop-loss": signal.stop_loss, "take-profit": signal.take_profit}
    unused = [*signal.unused, *(name for name, price in levels.items() if price is not None)]
    is_used = signal.size_field is None or decided.close == signal.quantity
    return unused if is_used else [*unused, str(signal.size_field)]


def without_closing(held: Decimal, closing: Decimal) -> Decimal:
    """Return what is left of a signed position once orders that are closing it already have filled."""
    left = max(abs(held) - closing, ZERO)
    return left if held > ZERO else -left
