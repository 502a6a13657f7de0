"""The time, as something that can be handed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the aware time in UTC."""
    return datetime.now(UTC)
