"""Trades of a list that were held together: here they are one position, so they are compared as one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.domain.backtest.listed_trades import ListedTrade
from app.domain.money import ZERO, plain


def held_together(trades: Iterable[ListedTrade]) -> list[ListedTrade]:
    """Return trades by their beginning; units that were added, and exits in parts, are parts of one.

    Its prices are averages, and its number names all of them: `3, 4`.
    """
    found: list[list[ListedTrade]] = []
    latest: dict[str, list[ListedTrade]] = {}
    for trade in sorted(trades, key=lambda trade: trade.entry_time):
        group = latest.get(trade.symbol)
        if group is None or not _goes_on(group, trade):
            group = latest[trade.symbol] = []
            found.append(group)
        group.append(trade)
    return [_one(group) for group in found]


def _goes_on(group: Sequence[ListedTrade], trade: ListedTrade) -> bool:
    first, last = group[0], _last_exit(group)
    is_within = last is None or trade.entry_time < last
    # A part that is left in the very bar of its entry is still one of it.
    return trade.side is first.side and (is_within or _whole(trade) == _whole(first))


def _whole(trade: ListedTrade) -> str:
    """Return the number of the trade in the list: one that is left in parts has a number for each here."""
    return trade.number.partition(".")[0]


def _one(group: Sequence[ListedTrade]) -> ListedTrade:
    if len(group) == 1:
        return group[0]
    first, quantity = group[0], sum((trade.quantity for trade in group), ZERO)
    profits = [trade.profit for trade in group if trade.profit is not None]
    fees = [trade.fees for trade in group if trade.fees is not None]
    return replace(
        first,
        number=", ".join(dict.fromkeys(map(_whole, group))),
        quantity=plain(quantity),
        entry_price=_average(group, [trade.entry_price for trade in group]) or first.entry_price,
        exit_time=_last_exit(group),
        exit_price=_average(group, [trade.exit_price for trade in group]),
        profit=sum(profits, ZERO) if len(profits) == len(group) else None,
        fees=sum(fees, ZERO) if fees else None,
    )


def _last_exit(group: Sequence[ListedTrade]) -> datetime | None:
    times = [trade.exit_time for trade in group if trade.exit_time is not None]
    return max(times) if len(times) == len(group) else None


def _average(group: Sequence[ListedTrade], prices: Sequence[Decimal | None]) -> Decimal | None:
    known = [price for price in prices if price is not None]
    if len(known) < len(group):
        return None
    worth = sum((price * trade.quantity for price, trade in zip(known, group, strict=True)), ZERO)
    return worth / sum((trade.quantity for trade in group), ZERO)
