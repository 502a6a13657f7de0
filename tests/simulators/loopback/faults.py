"""Faults on demand: a list of them, each with its own dice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(slots=True)
class Dice:
    """A fault with its luck so far."""

    fault: Any
    seen: int = 0
    struck: int = 0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.fault.seed)

    def strikes(self, *about: Any) -> bool:
        if not self.fault.concerns(*about):
            return False
        self.seen += 1
        lucky = self.random.random() < self.fault.probability
        if self.seen <= self.fault.skip or self.struck == self.fault.times or not lucky:
            return False
        self.struck += 1
        return True


class AllFaults:
    """All faults in force; `kind` is the simulator's class of them."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.dice: list[Dice] = []

    def add(self, fault: Any) -> None:
        self.dice = [*self.dice, Dice(fault)]

    def clear(self) -> None:
        self.dice = []

    def struck(self, *about: Any) -> Iterator[Any]:
        """Throw every dice and yield what strikes; the caller holds a lock."""
        return (dice.fault for dice in self.dice if dice.strikes(*about))

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {"kind": dice.fault.kind, "seen": dice.seen, "struck": dice.struck} for dice in list(self.dice)
        ]
