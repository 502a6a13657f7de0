"""One trade as the API and the command line show it, open or closed, of shares or in a structure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from app.domain.closed_trades import ClosedTrade, StructureHistory
from app.domain.json_codec import timestamp
from app.domain.losses import gain_of_open
from app.domain.money import ZERO, plain, text
from app.domain.orders import Side
from app.domain.structures.gains import gain_of_structure
from app.domain.structures.legs import Structure
from app.domain.structures.profile import PayoffProfile, profile_of
from app.domain.structures.trades import LadderWork, StructureTrade
from app.domain.trades import Trade
from app.services.portfolio.structure_marks import Mark

Row: TypeAlias = dict[str, Any]
# More places than any price has; an average can have any number of them.
_FINEST, _CENT = Decimal("0.0001"), Decimal("0.01")


def open_row(trade: Trade, mark: Decimal | None, currency: str | None) -> Row:
    """Show a trade of shares or coins that is held."""
    sign = Decimal(1 if trade.quantity > ZERO else -1)
    found = gain_of_open(trade, mark)
    # Units that left at a price that nobody knows are in no figure: a gain without them would be wrong.
    gain = None if found.unknown else found.known
    side = Side.BUY if trade.quantity > ZERO else Side.SELL
    return _row(trade, side, trade.average_price, mark) | {
        "units": text(abs(trade.quantity)),
        "entry_net": text(sign * trade.average_price),
        "mark_net": None if mark is None else text(sign * mark),
        "exit_net": None,
        "profit_loss": None if gain is None else text(plain(gain)),
        "currency": currency,
        "fees": text(plain(trade.fees)),
        "state": "open",
        "closed_at": None,
    }


def closed_row(trade: ClosedTrade, currency: str | None) -> Row:
    """Show a trade of shares or coins that went flat."""
    sign, leaving = trade.side.sign, trade.exit_price
    return _row(trade, trade.side, trade.entry_price, None) | {
        "units": text(trade.quantity),
        "entry_net": None if trade.entry_price is None else text(sign * trade.entry_price),
        "mark_net": None,
        # What was paid is positive, what was received is negative: it leaves the other way round.
        "exit_net": None if leaving is None else text(-sign * leaving),
        "profit_loss": None if trade.gain is None else text(plain(trade.gain)),
        "currency": currency,
        "fees": text(plain(trade.fees)),
        "state": "closed",
        "closed_at": timestamp(trade.closed_at),
    }


def _row(trade: Trade | ClosedTrade, side: Side, entry_price: Decimal | None, mark: Decimal | None) -> Row:
    """Show what open and closed trades have in common; shares and coins are a structure of one leg."""
    leg = {
        "symbol": trade.symbol,
        "ratio": 1,
        "side": side.value,
        "entry_price": text(entry_price),
        "mark": text(mark),
    }
    return {
        "id": trade.id,
        "number": trade.number,
        "bot": trade.bot,
        "broker": trade.broker,
        "symbol": trade.symbol,
        "structure": None,
        "reason": None,
        "ladder": None,
        "legs": [leg],
        "largest_loss": None,
        "largest_gain": None,
        "break_evens": [],
        "entered_at": timestamp(trade.opened_at),
        "tickets": list(trade.tickets),
    }


def structure_row(trade: StructureTrade, mark: Mark | None) -> Row:
    """Show a trade in a structure that is not over."""
    gain, profile = _gain(trade, mark), open_profile(trade)
    return {
        "id": trade.id,
        "number": trade.number,
        "bot": trade.bot,
        "broker": trade.broker,
        "symbol": trade.symbol,
        "structure": trade.kind.value,
        "reason": None if trade.reason is None else trade.reason.value,
        "ladder": None if trade.work is None else _ladder(trade.work),
        "legs": _legs(trade.structure, trade.leg_prices, {} if mark is None else mark.legs),
        **_extremes(profile),
        "entered_at": timestamp(trade.entered_at or trade.created_at),
        "tickets": [str(ticket) for ticket in trade.tickets],
        "units": str(trade.units),
        "entry_net": _price(trade.entry_net),
        "mark_net": _price(None if mark is None else mark.value),
        "exit_net": None,
        "profit_loss": _money(gain),
        "currency": trade.structure.currency,
        "fees": text(plain(trade.fees)),
        "state": trade.state.value,
        "closed_at": None,
    }


def closed_structure_row(trade: ClosedTrade, was: StructureHistory) -> Row:
    """Show a trade in a structure that is over."""
    profile = closed_profile(trade, was)
    return {
        "id": trade.id,
        "number": trade.number,
        "bot": trade.bot,
        "broker": trade.broker,
        "symbol": trade.symbol,
        "structure": was.kind.value,
        "reason": None if was.reason is None else was.reason.value,
        "ladder": None,
        "legs": _legs(was.structure, was.leg_prices, {}),
        **_extremes(profile),
        "entered_at": timestamp(trade.opened_at),
        "tickets": list(trade.tickets),
        "units": text(trade.quantity),
        "entry_net": _price(was.entry_net),
        "mark_net": None,
        "exit_net": _price(was.exit_net),
        "profit_loss": _money(trade.gain),
        "currency": was.structure.currency,
        "fees": text(plain(trade.fees)),
        "state": was.state.value,
        "closed_at": timestamp(trade.closed_at),
    }


def open_profile(trade: StructureTrade) -> PayoffProfile | None:
    """Return what the units held can come to; None before anything has filled."""
    net = trade.entry_net
    return None if net is None else profile_of(trade.structure, net, Decimal(trade.units))


def closed_profile(trade: ClosedTrade, was: StructureHistory) -> PayoffProfile | None:
    """Return what all units could have come to; None where nothing was entered."""
    return None if was.entry_net is None else profile_of(was.structure, was.entry_net, trade.quantity)


def payoff_row(profile: PayoffProfile | None) -> Row | None:
    """Show what a plot is drawn from: gains of all units by the price of the underlying at expiry."""
    if profile is None:
        return None
    points = [{"price": _price(one.price), "profit_loss": _money(one.gain)} for one in profile.points]
    return {"points": points, **_extremes(profile)}


def _extremes(profile: PayoffProfile | None) -> Row:
    return {
        "largest_loss": _money(None if profile is None else profile.largest_loss),
        "largest_gain": _money(None if profile is None else profile.largest_gain),
        "break_evens": [] if profile is None else [_price(price) for price in profile.break_evens],
    }


def _gain(trade: StructureTrade, mark: Mark | None) -> Decimal | None:
    """What it has brought so far, after fees; None where a price is not known."""
    if trade.is_whole:
        value = None if mark is None else mark.value
        held = ZERO if not trade.units else None if value is None else trade.open_gain(value)
        return None if held is None else trade.realized + held - trade.fees
    found = gain_of_structure(trade, {} if mark is None else mark.legs)
    return None if found.unknown else found.known


def _ladder(work: LadderWork) -> Row:
    """Show the order that works: its price now, how far it may go, and why it is there."""
    return {
        "role": work.role.value,
        "cause": None if work.cause is None else work.cause.value,
        "units": str(work.units),
        "limit_net": _price(work.rung.price) if work.rungs else None,
        "last_net": _price(work.rungs[-1].price) if work.rungs else None,
        "step": work.step + 1,
        "steps": len(work.rungs),
        "attempts": work.attempts,
    }


def _legs(
    structure: Structure, prices: Mapping[str, Decimal], marks: Mapping[str, Decimal | None]
) -> list[Row]:
    return [
        {
            "symbol": leg.instrument.symbol,
            "ratio": abs(leg.ratio),
            "side": (Side.SELL if leg.is_short else Side.BUY).value,
            "entry_price": _price(prices.get(leg.instrument.symbol)),
            "mark": _price(marks.get(leg.instrument.symbol)),
        }
        for leg in structure.legs
    ]


def _price(value: Decimal | None) -> str | None:
    return None if value is None else text(plain(value.quantize(_FINEST)))


def _money(value: Decimal | None) -> str | None:
    return None if value is None else text(plain(value.quantize(_CENT)))
