"""A PostgreSQL server that is killed, and whose disk is believed: what it has confirmed must be there."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.storage.postgres_server import PostgresServer

SETTINGS = {
    "shared_buffers": "32MB",
    "max_wal_senders": "6",
    "wal_keep_size": "256MB",
    # A standby comes back soon after its primary does: until then every commit waits.
    "wal_retrieve_retry_interval": "500ms",
}
START_SECONDS = 30.0


class Node(PostgresServer):
    """One server; whatever it is told, it is done when the call returns."""

    def __init__(self) -> None:
        super().__init__(durable=True, **SETTINGS)

    def follow(self, primary: PostgresServer) -> None:
        """Make a standby of a primary, in place of whatever was here."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run(
            "pg_basebackup", "-d", primary.url(), "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-N"
        )

    def start_again(self) -> None:
        """Start, again and again while what a killed server has left still lives."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.start()
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill the postmaster; its children notice and end by themselves."""
        pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        while self.answers():
            time.sleep(0.005)

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        try:
            with self.session():
                return True
        except psycopg.OperationalError:
            return False

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect as the superuser, past every line."""
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as session:
            yield session
