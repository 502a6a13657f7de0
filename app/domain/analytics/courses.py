"""What prices did after opinions, whether anybody traded on them or not."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CourseDay:
    """By ticket, the fraction that the price moved an opinion's way; None: no bars tell."""

    gains: Mapping[str, Decimal | None]

    def to_json(self) -> dict[str, Any]:
        """Return the day as it is stored."""
        return {
            "gains": {name: None if gain is None else format(gain, "f") for name, gain in self.gains.items()}
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CourseDay":
        """Take up a day that was stored."""
        return cls({name: None if gain is None else Decimal(gain) for name, gain in data["gains"].items()})
