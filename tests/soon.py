"""Whether something is over soon, on a machine that may stand still at any moment."""

import time
from collections.abc import Callable

TRIES = 5


def is_soon(act: Callable[[], object], seconds: float) -> bool:
    """Tell whether something takes no longer than that; what it took once, it need never take longer.

    A machine with other work may stop any single try for seconds. What is slow by itself is so each time.
    """
    return any(took(act) < seconds for _ in range(TRIES))


def took(act: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began
