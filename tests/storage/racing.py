"""A process that races its own fork, and others like it, for keys; it prints those it won.

`python -m tests.storage.racing sqlite data.db key…` says `ready`, waits for a line, then starts.
"""

import os
import sys
from pathlib import Path

from app.errors import AlreadyExists
from app.storage.base import Store
from app.storage.gcs import GcsStore
from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore


def open_store(kind: str, where: str, *, timeout_seconds: float = 60) -> Store:
    if kind == "gcs":
        return GcsStore(where, timeout_seconds=timeout_seconds)
    if kind == "postgres":
        return PostgresStore(where, timeout_seconds=timeout_seconds)
    return SqliteStore(Path(where), timeout_seconds=timeout_seconds)


def main() -> None:
    kind, where, *keys = sys.argv[1:]
    store = open_store(kind, where)
    store.ping()
    tell("ready")
    sys.stdin.readline()
    child = os.fork()
    for key in keys:
        try:
            store.create(key, {"winner": os.getpid()})
        except AlreadyExists:
            continue
        tell(key)
    if child:
        sys.exit(os.waitpid(child, 0)[1])


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # one write, so that lines of two processes do not mix


if __name__ == "__main__":
    main()
