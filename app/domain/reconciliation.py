"""What a broker holds against what the bots' trades say, and which trades lose what is not there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.trades import Trade


class DifferenceKind(StrEnum):
    """Which of the two sides says more."""

    UNMANAGED = "unmanaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A symbol of which a broker holds other units than trades know; both are signed."""

    broker: str
    symbol: str
    held: Decimal
    known: Decimal
    kind: DifferenceKind
    since: datetime

    def is_same(self, other: "Difference | None") -> bool:
        """True when the other one says the same, whenever it was seen."""
        return other is not None and replace(other, since=self.since) == self

    def first_seen(self, before: "Difference | None") -> "Difference":
        """Return what was seen before where it is the same, so that it has lasted since then."""
        return before if before is not None and self.is_same(before) else self

    def is_fee(self, entered: Decimal, kept_fee: Decimal) -> bool:
        """True when what is missing is no more than this part of all that was entered, held or sold since."""
        is_same_side = self.held * self.known >= ZERO and abs(self.held) < abs(self.known)
        return is_same_side and abs(self.known - self.held) <= entered * kept_fee


def kind_of(held: Decimal, known: Decimal) -> DifferenceKind | None:
    """Judge two signed quantities; trades on the other side than the holding are missing altogether."""
    if held == known:
        return None
    is_covered = known == ZERO or (held * known > ZERO and abs(held) > abs(known))
    return DifferenceKind.UNMANAGED if is_covered else DifferenceKind.MISSING


def differences(
    broker: str, held: Mapping[str, Decimal], known: Mapping[str, Decimal], now: datetime
) -> Iterator[Difference]:
    """Yield where holdings and trades differ, by symbol."""
    for symbol in sorted({*held, *known}):
        there, written = held.get(symbol, ZERO), known.get(symbol, ZERO)
        kind = kind_of(there, written)
        if kind is not None:
            yield Difference(broker, symbol, there, written, kind, now)


def losses(trades: Iterable[Trade], held: Decimal) -> list[tuple[Trade, Decimal]]:
    """Return the trades that must say less so that all of them say `held`, and by how many units each.

    The latest loses first. None goes beyond nothing, so that what is held on the other side remains unknown
    to them.
    """
    trades = sorted(trades, key=lambda trade: trade.opened_at, reverse=True)
    excess = sum((trade.quantity for trade in trades), ZERO) - held
    lost: list[tuple[Trade, Decimal]] = []
    for trade in trades:
        if excess * trade.quantity > ZERO:
            loss = min(abs(excess), abs(trade.quantity))
            lost.append((trade, loss))
            excess -= loss.copy_sign(excess)
    return lost
