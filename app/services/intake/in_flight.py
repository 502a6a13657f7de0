"""What this process is working on: inbox entries that a thread of it holds, has put off, or has left open."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.clock import Wait


class InFlight:
    """Entries by their key, as this process alone knows them; a crash forgets all of it."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._running: dict[str, threading.Event] = {}
        self._unfinished: set[str] = set()
        self._not_begun: set[str] = set()
        # Until somebody has looked, a process before this one may have left something.
        self._are_others_left = True

    @contextmanager
    def running(self, key: str) -> Iterator[None]:
        """Show the others of this process that a thread of it works on an entry."""
        done = self.begin(key)
        try:
            yield
        finally:
            self.end(key, done)

    def begin(self, key: str) -> threading.Event:
        """Take an entry on; the event is set when it is done with."""
        done = self._running[key] = threading.Event()
        return done

    def end(self, key: str, done: threading.Event) -> None:
        """Let an entry go, unless another thread has taken it on since."""
        if self._running.get(key) is done:
            del self._running[key]
        done.set()

    def is_running(self, key: str) -> bool:
        """True while a thread of this process works on an entry."""
        return key in self._running

    def await_end(self, key: str, seconds: float) -> None:
        """Wait until a thread of this process is done with an entry; where none works on it, all the time."""
        done = self._running.get(key)
        if done is None:
            self._wait(seconds)
        else:
            done.wait(seconds)

    def leave_open(self, key: str, *, is_begun: bool = True) -> None:
        """Take note that an alert was interrupted, or put off before it had begun: recovery finishes it."""
        self._unfinished.add(key)
        if not is_begun:
            self._not_begun.add(key)

    def finished(self, key: str) -> None:
        """Take note that an interrupted alert is finished."""
        self._unfinished.discard(key)

    def unfinished(self) -> frozenset[str]:
        """Return what was interrupted or put off in this process and is not known to be finished."""
        return frozenset(self._unfinished)

    def has_unfinished(self) -> bool:
        """True when an alert was interrupted in this process and nobody has closed its entry since."""
        return bool(self._unfinished)

    def is_left_open(self, key: str) -> bool:
        """True when an alert was put off or interrupted in this process and waits for its turn."""
        return key in self._unfinished

    def note_left(self, *, are_left: bool) -> None:
        """Take note whether anything was left that nobody has finished."""
        self._are_others_left = are_left

    @property
    def is_quiet(self) -> bool:
        """True when nothing is known to be left, here or by others."""
        return not self._unfinished and not self._are_others_left

    def was_interrupted(self, key: str) -> bool:
        """True when an alert was interrupted in this process after it had begun."""
        return key in self._unfinished and key not in self._not_begun

    def is_not_begun(self, key: str) -> bool:
        """True when an alert was put off in this process before anything of it was sent."""
        return key in self._not_begun

    def begins_with(self, key: str) -> bool:
        """Take note that an entry is worked on; tell whether it was put off and this is the first time."""
        is_new = key in self._not_begun
        self._not_begun.discard(key)
        return is_new
