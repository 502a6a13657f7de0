"""Turns of tasks with much to do: as long as the others can wait, and as long as this process leads."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar

from app.errors import StoreUnavailable

# How long a task with much to do goes on: the lease, and the other tasks, must not wait for the end of it.
LONGEST_TURN_SECONDS = 5.0

Item = TypeVar("Item")

_leads: ContextVar[Callable[[], bool]] = ContextVar("leads", default=lambda: True)


@contextmanager
def as_leader(leads: Callable[[], bool]) -> Iterator[None]:
    """Let every turn within the block end where this process has lost the lead; nothing is asked for that."""
    before = _leads.set(leads)
    try:
        yield
    finally:
        _leads.reset(before)


def in_time(items: Iterable[Item], seconds: float = LONGEST_TURN_SECONDS) -> Iterator[Item]:
    """Yield one thing to do after another until so much time has passed, at least one; the rest waits.

    Of a task of the leader's the rest also waits where another process leads by now.
    """
    ends, leads = time.monotonic() + seconds, _leads.get()
    for item in items:
        yield item
        if time.monotonic() >= ends or not leads():
            return


class Apart:
    """Keeps unforeseen trouble with one thing from those after it; the first is raised at the end of all."""

    def __init__(self) -> None:
        self._failures: list[Exception] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        if failure is None and self._failures:
            raise self._failures[0]

    @contextmanager
    def one(self) -> Iterator[None]:
        """Do one of the things within the block."""
        try:
            yield
        except StoreUnavailable:
            # It is everybody's: going on would wait out one timeout for each.
            raise
        except Exception as error:  # noqa: BLE001  # raised once all have had their turn
            self._failures.append(error)


class Rounds:
    """Goes on, turn by turn, where the last one had to end: nothing waits for ever behind what is slow."""

    def __init__(self) -> None:
        self._next: Any = None

    def in_time(self, items: Iterable[Item], key: Callable[[Item], Any]) -> Iterator[Item]:
        """Yield, as `in_time` does, things in the order of their keys, beginning with what was left."""
        ordered = sorted(items, key=key)
        left = self._next
        ahead = [item for item in ordered if left is None or key(item) >= left]
        ordered = [*ahead, *ordered[: len(ordered) - len(ahead)]]
        for item, following in in_time(_with_next(ordered)):
            self._next = None if following is None else key(following)
            yield item


def _with_next(items: Sequence[Item]) -> Iterator[tuple[Item, Item | None]]:
    return zip(items, [*items[1:], None], strict=False)
