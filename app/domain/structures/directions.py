"""What a signal means to a bot that trades a structure: to enter it, to leave it, or nothing."""

from enum import StrEnum

from app.dataclass import dataclass
from app.domain.opinions import Direction
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.signals import COMMANDS, Intent, Signal
from app.domain.structures.kinds import StructureKind

BULLISH = frozenset(
    {
        StructureKind.LONG_CALL,
        StructureKind.COVERED_CALL,
        StructureKind.CASH_SECURED_PUT,
        StructureKind.BULL_CALL_SPREAD,
        StructureKind.BULL_PUT_SPREAD,
        StructureKind.JADE_LIZARD,
        StructureKind.COLLAR,
    }
)
BEARISH = frozenset({StructureKind.LONG_PUT, StructureKind.BEAR_PUT_SPREAD, StructureKind.BEAR_CALL_SPREAD})


class Move(StrEnum):
    """What a bot does with its structure."""

    ENTER = "enter"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class StructureWish:
    """A move, or why there is none."""

    move: Move | None
    skip: Reason | None = None
    refusal: Reason | None = None


# What wants the other side leaves what is open; an exit that finds nothing is skipped when it is carried out.
ENTER, EXIT = StructureWish(Move.ENTER), StructureWish(Move.EXIT)
NOTHING_TO_EXIT = StructureWish(None, skip=Reason.POSITION_NONE)
ALREADY_THERE = StructureWish(None, skip=Reason.POSITION_REACHED)
NEUTRAL_IDEA = StructureWish(None, skip=Reason.IDEA_NEUTRAL)
REFUSED_COMMAND = StructureWish(None, refusal=Reason.ORDER_OF_LADDER)


def direction_of(kind: StructureKind) -> Direction:
    """Return what a structure hopes for; a custom one can be anything, so it has no side."""
    if kind in BULLISH:
        return Direction.BULLISH
    return Direction.BEARISH if kind in BEARISH else Direction.NEUTRAL


def side_of(kind: StructureKind) -> Side:
    """Return the side of an order that hopes for what a structure hopes for; of no side counts as bought."""
    return Side.SELL if kind in BEARISH else Side.BUY


def meaning_of(signal: Signal, kind: StructureKind, *, cover_only: bool = True) -> StructureWish:
    """Tell what a signal of any dialect means to a bot of this structure.

    A sell never leaves what hopes for a fall by being late, nor does a buy leave what hopes for a rise.
    `cover_only`: what says that it covers may do nothing else.
    """
    if signal.intent in COMMANDS:
        return REFUSED_COMMAND
    if signal.terms.only_adds:
        # How many structures there are is the bot's to settle.
        return REFUSED_COMMAND
    if signal.intent is Intent.CLOSE or signal.terms.reaches == 0:
        return EXIT
    is_neutral = direction_of(kind) is Direction.NEUTRAL
    if signal.idea is not None and signal.idea.direction is Direction.NEUTRAL:
        return ENTER if is_neutral else NEUTRAL_IDEA
    if is_neutral:
        return _to_neutral(signal, cover_only=cover_only)
    hoped = side_of(kind)
    if signal.contract is not None and signal.contract.kind == "put":
        # Whoever sells a put hopes for a rise: the alert's side is that of its contract.
        hoped = hoped.opposite
    return _to_side(signal, hoped, cover_only=cover_only)


def _to_side(signal: Signal, hoped: Side, *, cover_only: bool) -> StructureWish:
    if signal.intent in {Intent.EXIT_LONG, Intent.EXIT_SHORT}:
        leaves = Side.BUY if signal.intent is Intent.EXIT_LONG else Side.SELL
        return EXIT if leaves is hoped else NOTHING_TO_EXIT
    if signal.intent is Intent.TARGET and signal.target is not None:
        return _to_target(signal, signal.target.now, hoped)
    if signal.intent is Intent.COVER and cover_only:
        return EXIT if hoped is Side.SELL else NOTHING_TO_EXIT
    return ENTER if _wanted(signal) is hoped else EXIT


def may_enter_structure(signal: Signal, kind: StructureKind, *, cover_only: bool) -> bool:
    """Tell whether a signal can open a structure; False: it leaves one, or does nothing."""
    if signal.intent is Intent.ENTER_STRUCTURE:
        return True
    if signal.intent is Intent.EXIT_STRUCTURE:
        return False
    return meaning_of(signal, kind, cover_only=cover_only).move is Move.ENTER


def leaves_structure(signal: Signal, kind: StructureKind, *, cover_only: bool) -> bool:
    """Tell whether a signal wants out of a structure, and nothing else."""
    return meaning_of(signal, kind, cover_only=cover_only).move is Move.EXIT


def _wanted(signal: Signal) -> Side:
    """Return the side that an entry wants: what its intent says, of a plain order its own."""
    if signal.terms.reaches:
        return Side.BUY if signal.terms.reaches > 0 else Side.SELL
    if signal.intent is Intent.ENTER_LONG:
        return Side.BUY
    return Side.SELL if signal.intent is Intent.ENTER_SHORT else signal.side


def _to_target(signal: Signal, now: int, hoped: Side) -> StructureWish:
    if now == 0:
        # Flat by a sell was long before, by a buy it was short.
        return EXIT if signal.side is not hoped else NOTHING_TO_EXIT
    if signal.side.sign != now:
        # A part was closed, and the strategy is where it was: what is held stays.
        return ALREADY_THERE
    return ENTER if now == hoped.sign else EXIT


def _to_neutral(signal: Signal, *, cover_only: bool) -> StructureWish:
    """Any entry enters what has no side, and any exit leaves it; a plain sell is taken for an exit.

    Were it an entry, a sell that comes after a stop would open what was just left.
    """
    if signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT}:
        return ENTER
    if signal.intent is Intent.TARGET and signal.target is not None:
        if signal.target.now == 0:
            return EXIT
        return ENTER if signal.side.sign == signal.target.now else ALREADY_THERE
    if signal.intent is Intent.ORDER:
        # Where options are sold to open, it is the buy that leaves.
        enters = Side.SELL if signal.dialect.may_sell_options else Side.BUY
        return ENTER if signal.side is enters else EXIT
    if signal.intent is Intent.COVER and not cover_only:
        return ENTER
    return EXIT
