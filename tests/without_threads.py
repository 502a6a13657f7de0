"""A moment in which the machine has no thread to give."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# More than any machine gives a thread.
HUGE_STACK = 1 << 46


@contextmanager
def no_threads() -> Iterator[None]:
    """Let no thread begin."""
    before = threading.stack_size(HUGE_STACK)
    try:
        yield
    finally:
        threading.stack_size(before)
