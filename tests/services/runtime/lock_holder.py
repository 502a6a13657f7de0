"""Another process, as on another machine, that holds locks.

`python -m tests.services.runtime.lock_holder hold machine FOLDER` (or `hold database URL`) holds a symbol;
with `count` and a file behind it counts there.
"""

import sys
from pathlib import Path
from threading import Thread

from app.errors import StoreUnavailable
from app.services.runtime.database_locks import DatabaseLocks
from app.services.runtime.locks import Locks, MachineLocks, ThreadLocks
from app.storage import postgres_locks
from app.storage.postgres_connection import Connections
from app.storage.postgres_locks import BOTS, SYMBOLS, AdvisoryLocks

THREADS, TIMES = 3, 20


class Alone(AdvisoryLocks):
    """Locks whose connections nobody else uses."""

    def close(self) -> None:
        super().close()
        self._connections.close()


def open_locks(kind: str, where: str, connections: int = 4) -> Locks:
    """Return locks that processes share over one folder or database."""
    if kind == "database":
        lent = Connections(where, timeout_seconds=30, size=connections)
        return DatabaseLocks(lambda life: Alone(lent, life), bots=BOTS, symbols=SYMBOLS)
    return MachineLocks(Path(where)) if kind == "machine" else ThreadLocks()


def hold(locks: Locks) -> None:
    """Say our name once `paper:AAPL` is held, and hold it until a line comes."""
    with locks.hold_symbol("paper", "AAPL"):
        tell(locks.owner)
        sys.stdin.readline()


def stall(locks: Locks, longest_seconds: float) -> None:
    """Hold a symbol, and say after a line has come whether it is held still: so long may we stand still."""
    postgres_locks.STANDSTILL_SECONDS = longest_seconds
    with locks.hold_symbol("paper", "AAPL") as grip:
        tell(locks.owner)
        sys.stdin.readline()
        try:
            grip.assure()
            tell("held")
        except StoreUnavailable:
            tell("lost")


def tell(line: str) -> None:
    """Say a line to whoever began us."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def count(locks: Locks, file: Path) -> None:
    """Count in a file, from several threads, each time with a bot and a symbol held."""

    def count_up() -> None:
        for _ in range(TIMES):
            with locks.hold_bot("swing"), locks.hold_symbol("paper", "AAPL") as grip:
                grip.assure()
                file.write_text(str(int(file.read_text()) + 1))

    threads = [Thread(target=count_up) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Do what the first word says."""
    what, kind, where, *files = sys.argv[1:]
    locks = open_locks(kind, where)
    if what == "stall":
        stall(locks, float(files[0]))
    elif what == "count":
        count(locks, Path(files[0]))
    else:
        hold(locks)
    locks.close()


if __name__ == "__main__":
    main()
