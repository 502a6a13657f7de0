"""How ladders begin: the work of one, and that of leaving a trade by what is held of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.domain.orders import OrderRole
from app.domain.structures.ladder import Rung
from app.domain.structures.legs import Leg, Structure, compose
from app.domain.structures.orders import structure_order_id
from app.domain.structures.parts import LadderPart
from app.domain.structures.trades import (
    Counted,
    ExitCause,
    LadderWork,
    StructureTrade,
    TradeState,
    WantedExit,
)


def followed_by(work: LadderWork, rest: tuple[LadderPart, ...]) -> LadderWork:
    """Return a work with what follows once all its units are traded."""
    return replace(work, rest=rest, rest_units=work.units if rest else 0)


def closing_structure(trade: StructureTrade) -> tuple[Structure, int]:
    """Return what is traded to leave, and how many units of it.

    It is the opposite, or of a broken trade one leg, all of it at once, what is sold first.
    """
    if trade.is_whole:
        return trade.structure.opposite(), trade.units or 1
    held = {leg.instrument.symbol: leg for leg in trade.structure.legs}
    symbol, quantity = min(trade.legs.items(), key=lambda item: (item[1] > 0, item[0]))
    leg = held[symbol]
    return compose([Leg(leg.instrument, -int(quantity / leg.lot))])


def beginning(
    role: OrderRole,
    structure: Structure,
    rungs: Sequence[Rung],
    *,
    trade: StructureTrade,
    ticket: UUID,
    units: int,
    now: datetime,
    cause: ExitCause | None = None,
) -> LadderWork:
    """Return a ladder before its first order, whose place stands behind those of earlier ladders."""
    work = LadderWork(
        role=role,
        structure=structure,
        ticket=ticket,
        units=units,
        rungs=tuple(rungs),
        place=trade.placed,
        client_order_id="",
        began_at=now,
        cause=cause,
    )
    return placed(work, trade, now)


def leaving(trade: StructureTrade, wanted: WantedExit, now: datetime) -> StructureTrade:
    """Return a trade that is being left: a ladder whose prices are found when it begins, which is now."""
    structure, whole = closing_structure(trade)
    work = beginning(
        OrderRole.EXIT,
        structure,
        (),
        trade=trade,
        ticket=wanted.ticket,
        units=whole if wanted.units is None else min(wanted.units, whole),
        now=now,
        cause=wanted.cause,
    )
    tickets = trade.tickets if wanted.ticket in trade.tickets else (*trade.tickets, wanted.ticket)
    return replace(
        trade,
        state=TradeState.CLOSING,
        tickets=tickets,
        work=replace(work, resume_at=now, due_at=None),
        wanted_exit=None,
    )


def going_on(trade: StructureTrade, now: datetime) -> StructureTrade:
    """Return a trade that lost a leg between two ladders: it is left by what is left of it."""
    work = trade.work
    if work is None or not trade.legs:
        return trade
    wanted = trade.wanted_exit or WantedExit(work.ticket, work.cause or ExitCause.BROKEN)
    return leaving(replace(trade, work=None, placed=work.place), replace(wanted, units=None), now)


def is_left_for(trade: StructureTrade, ticket: UUID) -> bool:
    """Tell whether a trade is being left, or is to be, because a ticket wants it."""
    wanted = trade.wanted_exit is not None and trade.wanted_exit.ticket == ticket
    work = trade.work
    return wanted or (work is not None and work.role is OrderRole.EXIT and work.ticket == ticket)


def waits_for_target(trade: StructureTrade) -> bool:
    """Tell whether a profit target was refused, and is tried again later: nothing of it is at the broker."""
    work = trade.work
    return work is not None and work.cause is ExitCause.PROFIT_TARGET and work.resume_at is not None


def placed(work: LadderWork, trade: StructureTrade, now: datetime) -> LadderWork:
    """Give the next order of a ladder a place of its own in its ticket, and with it its id."""
    place = work.place + 1
    return replace(
        work,
        place=place,
        client_order_id=structure_order_id(trade.bot, work.ticket, trade.id, place),
        began_at=now,
        is_sent=False,
        counted=Counted(),
    )
