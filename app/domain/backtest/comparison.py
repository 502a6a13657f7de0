"""Somebody's list of trades beside ours, trade by trade, and what makes the difference."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.backtest.listed_trades import ListedTrade
from app.domain.backtest.result import BacktestTrade, TradeDifference
from app.domain.backtest.together import held_together
from app.domain.json_codec import to_json
from app.domain.money import ZERO, plain

CENT = Decimal("0.01")
# Averages have more digits than a price; a difference beyond these is none.
FINEST = Decimal("1E-16")
SAME = "the same"
STILL_OPEN = f"{SAME}, and still open"
NOT_TRADED = "Not traded here: it was refused, or is a part of another trade of the same symbol."


def compared(
    theirs: Iterable[ListedTrade],
    ours: Sequence[BacktestTrade],
    tolerance: timedelta,
    refused: Mapping[str, str] | None = None,
) -> tuple[TradeDifference, ...]:
    """Put each of their trades beside ours that began with it: same symbol and side, nearest in time.

    Those that were held together are one. Ours may begin and end up to `tolerance` later or earlier; each of
    ours is used once. `refused` are the reasons for which alerts were refused, by their names.
    """
    left, reasons = list(ours), refused or {}
    return tuple(
        _beside(trade, _taken(trade, left, tolerance), reasons.get(trade.entry_name))
        for trade in held_together(theirs)
    )


def _taken(trade: ListedTrade, left: list[BacktestTrade], tolerance: timedelta) -> BacktestTrade | None:
    def apart(candidate: BacktestTrade) -> timedelta:
        return abs(candidate.entry_time - trade.entry_time)

    fitting = [
        candidate
        for candidate in left
        if candidate.symbol == trade.symbol and candidate.side is trade.side and apart(candidate) <= tolerance
    ]
    if not fitting:
        return None
    found = min(fitting, key=lambda each: (apart(each), _apart_at_the_end(each, trade)))
    left.remove(found)
    return found


def _apart_at_the_end(ours: BacktestTrade, trade: ListedTrade) -> timedelta:
    if ours.exit_time is None or trade.exit_time is None:
        return timedelta() if ours.exit_time is trade.exit_time else timedelta.max
    return abs(ours.exit_time - trade.exit_time)


def _beside(theirs: ListedTrade, ours: BacktestTrade | None, refused: str | None) -> TradeDifference:
    shown = {
        "side": theirs.side,
        "quantity": theirs.quantity,
        "entry_time": theirs.entry_time,
        "entry_price": _fine(theirs.entry_price),
        "exit_time": theirs.exit_time,
        "exit_price": _fine(theirs.exit_price),
        "gain": theirs.profit,
    }
    if ours is None:
        why = NOT_TRADED if refused is None else f"Not traded here: {refused}."
        return TradeDifference(
            trade=theirs.number, theirs=to_json(shown), ours=None, difference=None, why=why
        )
    own = {name: getattr(ours, name) for name in shown} | {"fees": ours.fees, "reason": ours.reason}
    known = ours.gain is not None and theirs.profit is not None
    difference = _fine(ours.gain - theirs.profit) if known else None  # type: ignore[operator]
    return TradeDifference(
        trade=theirs.number,
        theirs=to_json(shown),
        ours=to_json(own),
        difference=difference,
        why=_why(theirs, ours),
    )


def _why(theirs: ListedTrade, ours: BacktestTrade) -> str:
    """Take a difference apart: size, prices and fees, each in money, which add up to it."""
    reasons: list[str] = []
    sign, same = theirs.side.sign, SAME
    if ours.exit_time is None and theirs.exit_price is None:
        same = STILL_OPEN
        for name, own, listed in (
            ("size", ours.quantity, theirs.quantity),
            ("entry price", ours.entry_price or ZERO, theirs.entry_price),
        ):
            reasons += _part(name, own, listed)
    elif ours.exit_time is None or theirs.exit_price is None:
        whose = "here" if ours.exit_time is None else "there"
        reasons.append(f"still open {whose}")
    elif ours.entry_price is None or ours.exit_price is None:
        reasons.append("a price of ours is not known")
    else:
        per_unit = (theirs.exit_price - theirs.entry_price) * sign
        size = (ours.quantity - theirs.quantity) * per_unit * ours.multiplier
        entry = (theirs.entry_price - ours.entry_price) * sign * ours.quantity * ours.multiplier
        leave = (ours.exit_price - theirs.exit_price) * sign * ours.quantity * ours.multiplier
        reasons += _part("size", ours.quantity, theirs.quantity, size)
        reasons += _part("entry price", ours.entry_price, theirs.entry_price, entry)
        reasons += _part("exit price", ours.exit_price, theirs.exit_price, leave)
    reasons += _part("fees", ours.fees, theirs.fees or ZERO, (theirs.fees or ZERO) - ours.fees)
    if ours.reason not in {"alert", "open"} and _is_elsewhen(ours.exit_time, theirs.exit_time):
        reasons.append(f"left by its {ours.reason.replace('_', '-')} at another time")
    return "; ".join(reasons) or same


def _is_elsewhen(ours: datetime | None, theirs: datetime | None) -> bool:
    return ours is not None and theirs is not None and ours.date() != theirs.date()


def _part(name: str, ours: Decimal, theirs: Decimal, money: Decimal | None = None) -> list[str]:
    own, listed = _fine(ours), _fine(theirs)
    if own == listed:
        return []
    amount = "" if money is None else f": {plain(money.quantize(CENT)) if money else ZERO:+f}"
    return [f"{name} {own:f} here, {listed:f} there{amount}"]


def _fine(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else plain(figure.quantize(FINEST))
