"""Two alerts for one account and symbol never run at once, in this process or in another one.

On one machine a byte of one file is locked for each name, and a locked file tells that its process lives.
With state in a bucket the lock holds within the process; the deployment runs one instance. Where a database
has the state, it has the locks as well: `database_locks.py`.
"""

import errno
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zlib import crc32

SLOTS = 1 << 20
BOT = "bot:"
RETRY_SECONDS = 0.001
NONCE_BYTES = 8


class Grip(Protocol):
    """What holds a name."""

    def assure(self) -> None:
        """Raise StoreUnavailable where others may have the name by now; nothing is asked for that."""


class Firm:
    """The grip of a lock that nothing but the end of its process takes away."""

    def assure(self) -> None:
        """Nothing can have happened."""


FIRM = Firm()


class Locks(Protocol):
    """Mutual exclusion by name, and whether the holder of an inbox entry still lives."""

    owner: str

    def hold(self, name: str) -> AbstractContextManager[Grip]:
        """Wait for the name and hold it while the block runs."""

    def hold_symbol(self, broker: str, symbol: str) -> AbstractContextManager[Grip]:
        """Hold a symbol at a broker: whoever sends, cancels or counts orders there does."""
        return self.hold(f"{broker}:{symbol}")

    def hold_bot(self, bot: str) -> AbstractContextManager[Grip]:
        """Hold a bot, always before a symbol: whoever counts its entries does."""
        return self.hold(f"{BOT}{bot}")

    def is_alive(self, owner: str) -> bool | None:
        """Tell whether a process still runs; None: it cannot be told from here."""

    def may_have_lost(self, owner: str, since: datetime) -> bool:  # noqa: ARG002  # known by few
        """Tell whether a process may have lost what it has locked since a moment, alive or not."""
        return self.is_alive(owner) is False

    def processes(self) -> int:
        """Return how many processes share the state, as far as that is seen here; at least this one."""
        return 1

    def life(self) -> object:
        """Return what is something else once this process may have been taken for dead."""
        return self.owner

    def has_lost_owners(self) -> bool | None:
        """Tell whether a process has died since the last call; None: it cannot be told from here."""

    def close(self) -> None:
        """Give up every lock; safe to call twice."""


class ThreadLocks(Locks):
    """Exclusion among the threads of this process."""

    def __init__(self, nonce: str | None = None) -> None:
        # A process number comes again; with the nonce it names one process for ever.
        self.owner = f"{os.getpid()}-{nonce or secrets.token_hex(NONCE_BYTES)}"
        self._guard = threading.Lock()
        self._held: dict[str, tuple[threading.Lock, int]] = {}

    def close(self) -> None:
        """Nothing is kept outside the process."""

    @contextmanager
    def hold(self, name: str) -> Iterator[Grip]:
        """Wait for the name and hold it while the block runs."""
        lock = self._enter(name)
        try:
            with lock:
                yield FIRM
        finally:
            self._leave(name)

    def has_lost_owners(self) -> bool | None:
        """Other processes cannot be seen from here."""
        return None

    def is_alive(self, owner: str) -> bool | None:
        """Tell for this process only."""
        return True if owner == self.owner else None

    def _enter(self, name: str) -> threading.Lock:
        with self._guard:
            lock, users = self._held.get(name) or (threading.Lock(), 0)
            self._held[name] = (lock, users + 1)
            return lock

    def _leave(self, name: str) -> None:
        with self._guard:
            lock, users = self._held[name]
            if users == 1:
                del self._held[name]
            else:
                self._held[name] = (lock, users - 1)


class MachineLocks(Locks):
    """Exclusion among the processes of this machine, by locks that die with their process."""

    def __init__(self, folder: Path, nonce: str | None = None) -> None:
        self._folder = folder
        self._threads = ThreadLocks(nonce)
        self.owner = self._threads.owner
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / "symbols.lock", os.O_RDWR | os.O_CREAT, 0o600)
        # It gets its name when it is locked: one that others find unlocked belongs to the dead.
        unborn = folder / f"{self.owner}.unborn"
        self._life = os.open(unborn, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._life, fcntl.LOCK_EX)
        unborn.rename(self._path(self.owner))
        self._open_files: tuple[int, ...] = (self._life, self._file)

    @contextmanager
    def hold(self, name: str) -> Iterator[Grip]:
        """Wait for the name and hold it while the block runs."""
        # A thread that holds a bot waits for a symbol: the two must never share a slot.
        slot = crc32(name.encode()) % SLOTS + (SLOTS if name.startswith(BOT) else 0)
        # Names of one slot share a thread lock too: a process is granted a byte that it holds already.
        with self._threads.hold(str(slot)):
            self._wait_for(slot)
            try:
                yield FIRM
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)

    def has_lost_owners(self) -> bool:
        """Tell whether an owner's file is no longer locked; such files are removed."""
        owners = [path.stem for path in self._folder.glob("*.alive")]
        lost = [owner for owner in owners if not self.is_alive(owner)]
        return bool(lost)

    def _wait_for(self, slot: int) -> None:
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX, 1, slot)
            except OSError as error:
                # The kernel counts by process: two whose threads wait for each other's names look deadlocked
                # to it, although threads wait in one order only: a bot first, then a symbol.
                if error.errno != errno.EDEADLK:
                    raise
                time.sleep(RETRY_SECONDS)
            else:
                return

    def is_alive(self, owner: str) -> bool | None:
        """Tell by whether the owner's file is still locked; a dead one's file is removed."""
        if owner == self.owner:
            return True
        path = self._path(owner)
        if _is_locked(path):
            return True
        path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        """Stop living; entries of this owner may be taken over."""
        self._path(self.owner).unlink(missing_ok=True)
        for file in self._open_files:
            os.close(file)
        self._open_files = ()

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.alive"


def is_anybody_alive(folder: Path) -> bool:
    """Tell whether any process of this machine works with these locks; the caller is none of them."""
    return any(map(_is_locked, folder.glob("*.alive")))


def _is_locked(path: Path) -> bool:
    """Tell whether a process holds a file; one that is missing nobody does."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared: whoever asks at the same moment must not be taken for its owner.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)
